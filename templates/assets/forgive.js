// The forms that an address may have meant: contacts type it on phones, paste it from documents, forget the Greek layout.

/** Every form of `typed` worth trying, likeliest first, each once; none where nothing was typed. */
export function formsOf(typed) {
  const tidied = tidy(typed);
  if (!tidied) return [];
  const compatible = plainSigns(tidy(tidied.normalize("NFKC")));
  const spellings = [typed, tidied, compatible, latinByLook(compatible), latinByKey(compatible)];
  return [...new Set(spellings.flatMap(letterCases))].filter(Boolean);
}

/** Without what cannot be seen, and without what pasting brings along: mailto:, <…>, a comma at the end. */
function tidy(text) {
  const seen = text.replace(/[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu, "");
  return seen.replace(/^.*<(.+)>.*$/u, "$1").replace(/^mailto:/iu, "").replace(/[,;.]+$/u, "");
}

/** With the keyboard's own hyphen and apostrophe, of which word processors make others. */
function plainSigns(text) {
  return text.replace(/\p{Pd}/gu, "-").replace(/[‘’]/gu, "'");
}

function letterCases(text) {
  const lower = text.toLowerCase();
  return [text, lower, lowerFirst(text), capitalFirst(text), capitalFirst(lower), text.toUpperCase()];
}

const lowerFirst = (text) => text.charAt(0).toLowerCase() + text.slice(1);
const capitalFirst = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const BY_LOOK = pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ αβγεηικνορτυχω", "ABEZHIKMNOPTYX abyenikvoptuxw");

// What the key of a Greek keyboard gives with the Latin layout.
const BY_KEY = pairs("αβψδεφγηιξκλμνοπρστθωςχυζ", "abcdefghijklmnoprstuvwxyz");

function pairs(from, to) {
  return new Map([...from].map((letter, index) => [letter, to[index]]));
}

function latinByLook(text) {
  return bare(text).replace(/./gu, (letter) => BY_LOOK.get(letter) ?? letter);
}

function latinByKey(text) {
  const lower = bare(text).toLowerCase();
  return lower.replace(/./gu, (letter) => BY_KEY.get(letter) ?? letter);
}

const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");
