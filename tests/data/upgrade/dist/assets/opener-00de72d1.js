// "Open here": e-mail address in, documents out, all in the browser. Its elements and texts are those of opener.html.

import { formsOf } from "./forgive-51845896.js";
import { joined, readAll, unseal } from "./unseal-4d2892e2.js";
import { Damaged, Unsupported, readEntries } from "./zip-9383f7e4.js";

const PROGRESS_FROM = 512 * 1024; // bytes: what is shorter opens at once
const PDF_MARK = "%PDF-";

class Unreachable extends Error {}

const source = document.querySelector("#archive"); // the link to the archive
const form = document.querySelector("#open-here");
const input = form.elements.namedItem("email");
const button = form.querySelector("button");
const status = document.querySelector("#open-status");
const bar = document.querySelector("#open-progress");
const result = document.querySelector("#open-result");
const list = document.querySelector("#open-documents");
const row = document.querySelector("#open-document");

let archive; // its bytes, fetched once
let visit = 0; // one more each time that the page is left, so that late work shows nothing

const isSecure = () => Boolean(globalThis.crypto?.subtle);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  answer();
});
globalThis.addEventListener("pagehide", forget);
form.closest("[hidden]").hidden = false;
if (!isSecure()) say("insecure");

async function answer() {
  if (button.disabled) return;
  clear();
  const forms = formsOf(input.value);
  if (!isSecure()) return fail("insecure");
  if (!forms.length) return fail("empty");
  const ours = visit;
  setBusy(true);
  const { failure, address, documents } = await attempt(forms);
  if (ours !== visit) return;
  setBusy(false);
  if (failure === "damaged") archive = undefined; // the next try fetches it anew
  if (failure) return fail(failure);
  try {
    show(address, documents);
  } catch {
    clear(); // a browser may refuse to keep a document for its link
    fail("unsupported");
  }
}

/** Either `address` and `documents`, or the `failure`: the name of the text that tells it. */
async function attempt(forms) {
  try {
    archive ??= await download();
    startBar(archive.length, archive.length);
    const found = await unseal(readEntries(archive), forms, advanceBar);
    return found.documents ? found : { failure: await verdict(found.near ? "near" : "wrong") };
  } catch (error) {
    if (error instanceof Unreachable) return { failure: "unreachable" };
    const known = error instanceof Damaged ? "damaged" : error instanceof Unsupported && "unsupported";
    return { failure: known ? await verdict(known).catch(() => "unsupported") : "unsupported" };
  }
}

async function download() {
  const address = new URL(source.href);
  address.username = address.password = ""; // fetch refuses a login in an address; the browser sends it all the same
  const response = await fetch(address.href, { cache: "no-store" }).catch(unreachable);
  if (!response.ok) unreachable();
  startBar(Number(response.headers.get("Content-Length")), 0);
  return joined(await readAll(response.body.getReader(), advanceBar).catch(unreachable));
}

function unreachable() {
  throw new Unreachable("no answer, or not all of it");
}

// What a failure comes to where the page's SHA-256 proves the archive intact, and where the page tells none.
const INTACT = { wrong: "wrong", near: "wrong", damaged: "unsupported", unsupported: "unsupported" };
const UNPROVEN = { ...INTACT, near: "damaged", damaged: "damaged" };

/**
 * The page's SHA-256 decides between a wrong address and a damaged archive: a verifier can agree by chance (`near`), and
 * damage to a salt looks like a wrong address. It is asked last, since an archive that opens may be newer than the page.
 */
async function verdict(failure) {
  const expected = source.dataset.sha256;
  if (!expected) return UNPROVEN[failure];
  return (await sha256(archive)) === expected ? INTACT[failure] : "damaged";
}

async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function show(address, documents) {
  const asTyped = address === input.value;
  for (const each of documents) list.append(makeRow(each)); // one by one: `clear` revokes those that are there
  input.value = "";
  result.hidden = false;
  say(asTyped ? "opened" : "forgiven", address);
  list.querySelector("a").focus();
  result.scrollIntoView({ block: "nearest" });
}

function makeRow({ name, content }) {
  const isPdf = new TextDecoder("latin1").decode(content.subarray(0, PDF_MARK.length)) === PDF_MARK;
  // Only a PDF is given its own type: any other document, shown in a tab, could act with the site's rights.
  const type = isPdf ? "application/pdf" : "application/octet-stream";
  const address = URL.createObjectURL(new File([content], name, { type }));
  const item = row.content.cloneNode(true);
  item.querySelector("[data-name]").textContent = name;
  item.querySelector("[data-size]").textContent = sizeInWords(content.length);
  for (const link of item.querySelectorAll("a")) {
    link.href = address;
    link.setAttribute("aria-label", `${link.textContent.trim()}: ${name}`);
  }
  item.querySelector("a[download]").download = name;
  if (!isPdf) item.querySelector("a:not([download])").remove();
  return item;
}

/** As the pages tell sizes. */
function sizeInWords(bytes) {
  const tell = (value, style) => new Intl.NumberFormat(document.documentElement.lang || undefined, style).format(value);
  if (bytes < 1024) return `${tell(bytes)} ${bytes === 1 ? "byte" : "bytes"}`; // Safari 14 writes no units
  if (bytes < 1024 ** 2) return `${tell(Math.round(bytes / 1024))}\u00a0KB`;
  return `${tell(bytes / 1024 ** 2, { maximumFractionDigits: 1 })}\u00a0MB`;
}

function fail(failure) {
  const isInput = failure === "empty" || failure === "wrong";
  if (isInput) input.setAttribute("aria-invalid", "true");
  say(failure);
  (isInput ? input : button).focus();
  form.scrollIntoView({ block: "nearest" }); // a long message may have pushed the field out of the window
}

function say(text, address = "") {
  status.dataset.kind = text;
  status.replaceChildren(form.querySelector(`template[data-say=${text}]`).content.cloneNode(true));
  status.querySelector("[data-address]")?.append(address);
}

function setBusy(busy) {
  form.setAttribute("aria-busy", busy);
  button.disabled = input.readOnly = busy;
  if (busy) say("busy");
  else bar.hidden = true;
}

function startBar(size, done) {
  bar.hidden = size < PROGRESS_FROM;
  bar.max = 2 * size || 1; // fetched, then decrypted
  bar.value = done;
}

function advanceBar(bytes) {
  bar.value += bytes;
}

function clear() {
  input.removeAttribute("aria-invalid");
  for (const link of list.querySelectorAll("a")) URL.revokeObjectURL(link.href);
  list.replaceChildren();
  result.hidden = true;
  delete status.dataset.kind;
  status.textContent = "";
}

/** Leaves nothing for whoever comes back to this page. */
function forget() {
  visit += 1;
  archive = undefined;
  clear();
  setBusy(false);
  form.reset();
}
