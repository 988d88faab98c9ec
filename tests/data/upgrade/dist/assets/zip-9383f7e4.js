// What a ZIP says of its documents: PKWARE APPNOTE 4.3 and 4.4; for the encryption, WinZip's AE-1 and AE-2.
// Nothing here decrypts.

export class Damaged extends Error {}
export class Unsupported extends Error {}

const END = 0x06054b50;
const END_SIZE = 22;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_SIZE = 20;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const COMMENT_MAX = 0xffff;
const SEE_ZIP64 = 0xffffffff;

const ENCRYPTED = 1;
const METHOD_AES = 99;
const METHODS = { 0: "stored", 8: "deflated" };
const AES_FIELD = 0x9901;
const KEY_BYTES = { 1: 16, 2: 24, 3: 32 };
const VERIFIER_BYTES = 2;
const MAC_BYTES = 10;

/** The documents of an archive, still sealed; throws Damaged or Unsupported. */
export function readEntries(bytes) {
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const entries = [...centralHeaders(view)].filter((header) => !header.name.endsWith("/"));
    if (!entries.length) throw new Damaged("the archive holds no document");
    return entries.map((header) => sealed(view, header));
  } catch (error) {
    if (error instanceof RangeError) throw new Damaged("a length leads outside the archive");
    throw error;
  }
}

function* centralHeaders(view) {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const zip64 = end >= ZIP64_LOCATOR_SIZE && view.getUint32(end - ZIP64_LOCATOR_SIZE, true) === ZIP64_LOCATOR;
  if (zip64 || count === 0xffff || at === SEE_ZIP64) throw new Unsupported("Zip64");
  for (let read = 0; read < count; read++) {
    if (view.getUint32(at, true) !== CENTRAL) throw new Damaged("no entry where one should be");
    const header = centralHeader(view, at);
    yield header;
    at = header.next;
  }
}

function findEnd(view) {
  const last = view.byteLength - END_SIZE;
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at--) {
    if (view.getUint32(at, true) === END && view.getUint16(at + 20, true) === last - at) return at;
  }
  throw new Damaged("no end of a ZIP");
}

function centralHeader(view, at) {
  const nameAt = at + 46;
  const extraAt = nameAt + view.getUint16(at + 28, true);
  const commentAt = extraAt + view.getUint16(at + 30, true);
  return {
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    crc: view.getUint32(at + 16, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    localAt: view.getUint32(at + 42, true),
    name: new TextDecoder().decode(part(view, nameAt, extraAt)),
    aes: aesField(view, extraAt, commentAt),
    next: commentAt + view.getUint16(at + 32, true),
  };
}

/** WinZip, "AES extra data field": the version (1 or 2), the key's length and how the document is packed. */
function aesField(view, from, to) {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== AES_FIELD) continue;
    return {
      version: view.getUint16(at + 4, true),
      keyBytes: KEY_BYTES[view.getUint8(at + 8)],
      packing: METHODS[view.getUint16(at + 9, true)],
    };
  }
  return undefined;
}

function sealed(view, header) {
  const { version, keyBytes, packing } = aesOf(header);
  const start = dataStart(view, header.localAt);
  const saltEnd = start + keyBytes / 2;
  const textAt = saltEnd + VERIFIER_BYTES;
  const textEnd = start + header.packed - MAC_BYTES;
  return {
    name: fileName(header.name),
    size: header.size,
    crc: version === 1 ? header.crc : undefined, // AE-2 keeps none
    keyBytes,
    packing,
    salt: part(view, start, saltEnd),
    verifier: part(view, saltEnd, textAt),
    ciphertext: part(view, textAt, textEnd),
    mac: part(view, textEnd, textEnd + MAC_BYTES),
  };
}

function aesOf({ flags, method, size, packed, localAt, aes }) {
  if ([size, packed, localAt].includes(SEE_ZIP64)) throw new Unsupported("Zip64");
  if (!(flags & ENCRYPTED) || method !== METHOD_AES) throw new Unsupported("not encrypted with AES");
  if (!aes) throw new Damaged("no AES field");
  if (![1, 2].includes(aes.version) || !aes.keyBytes || !aes.packing) throw new Unsupported("another kind of AES");
  return aes;
}

function dataStart(view, at) {
  if (view.getUint32(at, true) !== LOCAL) throw new Damaged("no document where one should be");
  return at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
}

/** The bytes from `from` to `to`; throws RangeError where they are not all there. */
function part(view, from, to) {
  if (to > view.byteLength) throw new RangeError("outside the archive");
  return new Uint8Array(view.buffer, view.byteOffset + from, to - from);
}

/** The last part of the path, without what cannot be seen: a name to show and to save under. */
function fileName(path) {
  const name = path.replace(/^.*[/\\]/su, "").replace(/\p{C}/gu, "");
  return name || "document";
}
