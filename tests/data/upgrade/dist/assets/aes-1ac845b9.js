// AES (FIPS 197) in counter mode with WinZip's counter, for what WebCrypto cannot do in time. WebCrypto counts big-endian,
// WinZip little-endian, so WebCrypto needs one call for each 16 bytes: 10 MB are 655,360 calls, which took 4.0 s in one
// thread and 3.3 s on two cores' workers where this takes a fifth of a second. Words are little-endian throughout.
//
// Tables leak their use through the processor's cache to a program on the same machine. Here that program could as well
// read the letter; the password is the user's own.

const POLYNOMIAL = 0x11b; // FIPS 197, 4.2
const AFFINE_CONSTANT = 0x63; // FIPS 197, 5.1.1

const double = (x) => (x << 1) ^ (x & 0x80 ? POLYNOMIAL : 0);
const rotate = (word, bits) => (word << bits) | (word >>> (32 - bits));

const SBOX = makeSbox();
const [T0, T1, T2, T3] = [0, 8, 16, 24].map(makeTable);

/** Inverses in the field by logarithms to the base 3, then the affine map. */
function makeSbox() {
  const power = new Uint8Array(256);
  const log = new Uint8Array(256);
  for (let exponent = 0, x = 1; exponent < 255; exponent++, x ^= double(x)) {
    power[exponent] = x;
    log[x] = exponent;
  }
  return Uint8Array.from({ length: 256 }, (_, x) => {
    const inverse = x ? power[(255 - log[x]) % 255] : 0;
    const spread = [1, 2, 3, 4].reduce((sum, bits) => sum ^ (inverse << bits) ^ (inverse >> (8 - bits)), inverse);
    return spread ^ AFFINE_CONSTANT;
  });
}

/** SubBytes and MixColumns of one byte in one look-up, for the row that `bits` names. */
function makeTable(bits) {
  return Uint32Array.from(SBOX, (s) => rotate(double(s) | (s << 8) | (s << 16) | ((double(s) ^ s) << 24), bits));
}

const substitute = (word) =>
  SBOX[word & 255] | (SBOX[(word >>> 8) & 255] << 8) | (SBOX[(word >>> 16) & 255] << 16) | (SBOX[word >>> 24] << 24);

/** The round keys of a key of 16, 24 or 32 bytes: FIPS 197, 5.2. */
export function expandKey(key) {
  const length = key.byteLength / 4;
  const words = new Uint32Array(4 * (length + 7));
  words.set(new Uint32Array(key.slice().buffer));
  for (let i = length, constant = 1; i < words.length; i++) {
    let word = words[i - 1];
    if (i % length === 0) {
      word = substitute(rotate(word, 24)) ^ constant;
      constant = double(constant);
    } else if (length > 6 && i % length === 4) {
      word = substitute(word);
    }
    words[i] = words[i - length] ^ word;
  }
  return words;
}

/** XORs whole blocks, as words and in place, with the keystream whose counter starts at `counter`. */
export function applyKeystream(roundKeys, words, counter) {
  const k = roundKeys;
  const last = k.length - 4;
  for (let at = 0; at < words.length; at += 4, counter++) {
    let [a, b, c, d] = [counter ^ k[0], k[1], k[2], k[3]];
    for (let r = 4; r < last; r += 4) {
      const e = T0[a & 255] ^ T1[(b >>> 8) & 255] ^ T2[(c >>> 16) & 255] ^ T3[d >>> 24] ^ k[r];
      const f = T0[b & 255] ^ T1[(c >>> 8) & 255] ^ T2[(d >>> 16) & 255] ^ T3[a >>> 24] ^ k[r + 1];
      const g = T0[c & 255] ^ T1[(d >>> 8) & 255] ^ T2[(a >>> 16) & 255] ^ T3[b >>> 24] ^ k[r + 2];
      d = T0[d & 255] ^ T1[(a >>> 8) & 255] ^ T2[(b >>> 16) & 255] ^ T3[c >>> 24] ^ k[r + 3];
      [a, b, c] = [e, f, g];
    }
    words[at] ^= lastRound(a, b, c, d) ^ k[last];
    words[at + 1] ^= lastRound(b, c, d, a) ^ k[last + 1];
    words[at + 2] ^= lastRound(c, d, a, b) ^ k[last + 2];
    words[at + 3] ^= lastRound(d, a, b, c) ^ k[last + 3];
  }
}

const lastRound = (a, b, c, d) =>
  SBOX[a & 255] | (SBOX[(b >>> 8) & 255] << 8) | (SBOX[(c >>> 16) & 255] << 16) | (SBOX[d >>> 24] << 24);
