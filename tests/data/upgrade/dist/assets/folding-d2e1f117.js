export default {
  "unseen": "\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud804\udcbd\ud804\udccd\ud80d\udc30-\ud80d\udc38\ud82f\udca0-\ud82f\udca3\ud834\udd73-\ud834\udd7a\udb40\udc00-\udb43\udfff",
  "signs": {
    "-": "\u02d7\u058a\u05be\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u208b\u2212\u2796\u2e3a\u2e3b\ufe58\ufe63\uff0d",
    "'": "\u00b4\u02b9\u02bb\u02bc\u02c8\u0384\u055a\u1fbd\u1fbf\u1ffd\u2018\u2019\u201a\u201b\u2032\u2035\uff07"
  },
  "brackets": ["\\[({<［（｛＜", "\\])}>］）｝＞"],
  "words": { "@": ["at", "παπάκι", "παπακι"], ".": ["dot", "τελεία", "τελεια"] },
  "looks": ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϳαβγεηικνορτυχωАВЕКМНОРСТХУЅІЈаеорсухѕіјһԛԝ", "ABEZHIKMNOPTYXjabyenikvoptuxwABEKMHOPCTXYSIJaeopcyxsijhqw"],
  "keys": ["αβγδεζηθικλμνξοπρστυφχψωςΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ", "abgdezhuiklmnjoprstyfxcvwABGDEZHUIKLMNJOPRSTYFXCV"]
}
