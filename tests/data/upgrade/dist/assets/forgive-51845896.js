// The addresses that may have been meant: contacts type them on phones, paste them from documents, forget the Greek
// layout. The last look before publishing goes by the same table, so that it finds whatever opens a letter here.

import TABLE from "./folding-d2e1f117.js";

export const TRIES_MAX = 100; // each is PBKDF2 with 1,000 rounds: together a second on a slow phone

const [OPENING, CLOSING] = TABLE.brackets;
const WORDS = pairs(TABLE.words);
const SIGNS = pairs(TABLE.signs);
const [LOOKS, KEYS] = [TABLE.looks, TABLE.keys].map(([from, to]) => new Map([...from].map((each, index) => [each, to[index]])));

const UNSEEN = new RegExp(`[${TABLE.unseen}]`, "gu");
const WORD = new RegExp(`[${OPENING}]\\s*(${[...WORDS.keys()].join("|")})\\s*[${CLOSING}]`, "giu");
const SEPARATORS = /[;,/|]/u;
const ADDRESS = /[\p{L}\p{M}\p{N}.!#$%&'*+=?^_`~-]+@[\p{L}\p{M}\p{N}._-]+/gu;
const EDGES = /^[^\p{L}\p{N}_]+|[^\p{L}\p{M}\p{N}]+$/gu; // quotation marks, brackets, bullets, the end of a sentence

/** Every form of `typed` worth trying, likeliest first, each once; none where nothing was typed. */
export function formsOf(typed) {
  const meant = addressesMeant(typed);
  if (!meant.length) return [];
  const forms = new Set([typed]);
  for (const spell of [(text) => text, latinByLook, latinByKey]) {
    for (const inCase of CASES) meant.forEach((address) => forms.add(inCase(spell(address))));
  }
  return [...forms].slice(0, TRIES_MAX);
}

/** As typed and with plain signs; with and without a hyphen that may only have ended a line. */
function addressesMeant(typed) {
  const plain = legible(typed);
  const texts = [typed.replace(UNSEEN, ""), plain, plain.replace(/-\s+/gu, "")];
  return [...new Set(texts.flatMap(addressesIn))];
}

/** The addresses in a text; where it has none, all of it. */
function addressesIn(text) {
  const found = text.split(SEPARATORS).flatMap(addressesInPart);
  const all = found.length ? found : [text.replace(/\s/gu, "")];
  return all.map((address) => address.replace(EDGES, "")).filter(Boolean);
}

/** Several stand apart by blanks; in a single one blanks may stand anywhere, as phones put them behind a dot. */
function addressesInPart(part) {
  const apart = part.replace(/\s*@\s*/gu, "@").match(ADDRESS) ?? [];
  const joined = part.replace(/\s/gu, "").match(ADDRESS) ?? [];
  return joined.length > 1 ? apart : [...joined, ...apart];
}

/** With the signs of the keyboard, of which word processors make others, and without what cannot be seen. */
function legible(text) {
  const seen = text.replace(UNSEEN, "").replace(/./gu, (sign) => SIGNS.get(sign) ?? sign);
  return seen.normalize("NFKC").replace(WORD, (_, word) => WORDS.get(word.toLowerCase()));
}

const first = (change, text) => change(text.charAt(0)) + text.slice(1);
const lower = (text) => text.toLowerCase();
const upper = (text) => text.toUpperCase();
const CASES = [
  (text) => text,
  lower,
  (text) => first(lower, text),
  (text) => first(upper, text),
  (text) => first(upper, lower(text)),
  upper,
];

const latinByLook = (text) => bare(text).replace(/./gu, (letter) => LOOKS.get(letter) ?? letter);
const latinByKey = (text) => bare(text).replace(/./gu, (letter) => KEYS.get(letter) ?? letter);
const bare = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").normalize("NFC");

/** Each of several spellings with the sign that it stands for. */
function pairs(table) {
  return new Map(Object.entries(table).flatMap(([sign, spellings]) => [...spellings].map((each) => [each, sign])));
}
