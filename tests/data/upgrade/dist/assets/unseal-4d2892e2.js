// Opens sealed documents: WinZip's AE-1 and AE-2. Nothing is handed out before all of it has proved authentic.

import { decrypt } from "./ctr-caf3019e.js";
import { Damaged } from "./zip-9383f7e4.js";

const ITERATIONS = 1000; // WinZip, "Key generation": fixed by the format
const CRC_POLYNOMIAL = 0xedb88320; // APPNOTE 4.4.7

/**
 * Tries the addresses in turn. `address` is the one that opens all entries and `documents` what they hold; where none
 * does, `address` is undefined and `near` says whether a verifier agreed all the same, as one in 65,536 does by chance.
 */
export async function unseal(entries, addresses, progress) {
  let near = false;
  for (const address of addresses) {
    const keys = await deriveAll(entries, address);
    if (!keys) continue;
    near = true;
    if (await areAuthentic(entries, keys)) return { address, documents: await open(entries, keys, progress) };
  }
  return { near };
}

/** The keys of all entries, or undefined where the first one's verifier refuses the address. */
async function deriveAll(entries, address) {
  const password = await crypto.subtle.importKey("raw", new TextEncoder().encode(address), "PBKDF2", false, ["deriveBits"]);
  const first = await derive(entries[0], password);
  if (!first.agrees) return undefined;
  const others = await Promise.all(entries.slice(1).map((entry) => derive(entry, password)));
  return [first, ...others];
}

async function derive({ salt, verifier, keyBytes }, password) {
  const parameters = { name: "PBKDF2", hash: "SHA-1", salt, iterations: ITERATIONS };
  const bits = await crypto.subtle.deriveBits(parameters, password, 8 * (2 * keyBytes + verifier.length));
  const bytes = new Uint8Array(bits);
  return {
    cipher: bytes.subarray(0, keyBytes),
    mac: bytes.subarray(keyBytes, 2 * keyBytes),
    agrees: same(bytes.subarray(2 * keyBytes), verifier),
  };
}

async function areAuthentic(entries, keys) {
  const answers = await Promise.all(entries.map((entry, index) => isAuthentic(entry, keys[index])));
  return answers.every(Boolean);
}

async function isAuthentic({ ciphertext, mac }, keys) {
  if (!keys.agrees) return false;
  const key = await crypto.subtle.importKey("raw", keys.mac, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  const whole = new Uint8Array(await crypto.subtle.sign("HMAC", key, ciphertext));
  return same(whole.subarray(0, mac.length), mac);
}

const same = (a, b) => a.length === b.length && a.every((byte, index) => byte === b[index]);

async function open(entries, keys, progress) {
  const documents = [];
  for (const [index, entry] of entries.entries()) {
    const packed = await decrypt(keys[index].cipher, entry.ciphertext, progress);
    const content = entry.packing === "deflated" ? await inflate(packed, entry.size) : packed;
    const whole = content.length === entry.size && (entry.crc === undefined || crc32(content) === entry.crc);
    if (!whole) throw new Damaged("not what the archive says of it");
    documents.push({ name: entry.name, content });
  }
  return documents;
}

/** Refuses as soon as there is more than the `size` that the archive tells. */
async function inflate(packed, size) {
  let length = 0;
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const chunks = await readAll(stream.getReader(), (bytes) => {
    length += bytes;
    if (length > size) throw new Damaged("longer than the archive says");
  });
  return joined(chunks);
}

/** What a reader gives, piece by piece; `progress` hears the bytes of each. */
export async function readAll(reader, progress) {
  const chunks = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks;
    chunks.push(value);
    progress(value.length);
  }
}

export const joined = async (chunks) => new Uint8Array(await new Blob(chunks).arrayBuffer());

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ CRC_POLYNOMIAL : crc >>> 1;
  return crc;
});

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
