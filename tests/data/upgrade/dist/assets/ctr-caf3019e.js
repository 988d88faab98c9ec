// AES in WinZip's counter mode: a letter by WebCrypto, what is long by aes.js, with pauses in which the page can breathe.
// Chromium's WebCrypto has no 192-bit keys, so those go to aes.js as well.

import { applyKeystream, expandKey } from "./aes-1ac845b9.js";

const BLOCK = 16;
const LONG = 128 * 1024; // bytes: 8,192 calls of WebCrypto, about 60 ms
const SLICE = 128 * 1024; // bytes between two pauses, some milliseconds on a phone

const pause = () => new Promise((resolve) => setTimeout(resolve));

/** The plaintext; `progress` hears the bytes that each step has done. */
export async function decrypt(key, ciphertext, progress, { long = LONG } = {}) {
  const blocks = new Uint8Array(Math.ceil(ciphertext.length / BLOCK) * BLOCK);
  blocks.set(ciphertext);
  const way = ciphertext.length < long && key.length !== 24 ? byWebCrypto : byTables;
  await way(key, blocks, progress);
  return blocks.subarray(0, ciphertext.length);
}

/** WebCrypto counts the other way round, so each block is a call of its own, with its own counter. */
async function byWebCrypto(key, blocks, progress) {
  const cipher = await crypto.subtle.importKey("raw", key, "AES-CTR", false, ["encrypt"]);
  const calls = Array.from({ length: blocks.length / BLOCK }, (_, index) => {
    const counter = new Uint8Array(BLOCK);
    new DataView(counter.buffer).setUint32(0, index + 1, true);
    const block = blocks.subarray(index * BLOCK, (index + 1) * BLOCK);
    return crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 128 }, cipher, block);
  });
  (await Promise.all(calls)).forEach((block, index) => blocks.set(new Uint8Array(block), index * BLOCK));
  progress(blocks.length);
}

async function byTables(key, blocks, progress) {
  const roundKeys = expandKey(key);
  for (let at = 0; at < blocks.length; at += SLICE) {
    const length = Math.min(SLICE, blocks.length - at);
    applyKeystream(roundKeys, new Uint32Array(blocks.buffer, at, length / 4), at / BLOCK + 1);
    progress(length);
    await pause();
  }
}
