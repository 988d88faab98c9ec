// The listing's filter: as you type, without regard to case, accents, final sigma, look-alikes or word order. Its
// elements and texts are those of filter.html. A row is found by its user name, by what is marked [data-find] in it,
// and by the name of the nearest [data-group] around it; a [data-group] without a row left is hidden. While rows are
// hidden the page's body is marked [data-filtered], and the first rows of those found [data-first], so that styles
// which leave out what is far from the window can show these at once.

const FIRST = 40; // rows: more than a window shows
const ANNOUNCE_AFTER = 400; // milliseconds without a key, so that a screen reader hears one number and not ten

// Capitals that look alike in both scripts: names of annexes and hands on keyboards mix them.
const TWINS = new Map([..."abehikmnoptxyz"].map((letter, index) => [letter, "αβεηικμνορτχυζ"[index]]));

// Mathematical signs that old PDFs, and so annexes, have for the Greek letters of their shape.
const SIGNS = new Map([["∆", "Δ"], ["∑", "Σ"], ["∏", "Π"]]);

const input = document.querySelector("#filter");
const status = document.querySelector("#filter-status");
const language = document.documentElement.lang || undefined;
const groups = new Map(Array.from(document.querySelectorAll("[data-group]"), (group) => [group, 0]));
const rows = Array.from(document.querySelectorAll("[data-agency]"), (element) => {
  const around = [];
  for (let group = groupOf(element); group; group = groupOf(group)) around.push(group);
  return { element, around, text: fold(wordsOf(element, around[0])), shown: true };
});

let announcement;

input.addEventListener("input", filter);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clear();
  if (event.key === "Enter" && input.value) rows.find((row) => row.shown)?.element.querySelector("a").focus();
});
globalThis.addEventListener("hashchange", showTarget);
input.closest("[hidden]").hidden = false;
const kept = isReturn() ? history.state : ""; // browsers restore no field of a page that came with "no-store"
input.value ||= kept ?? "";
if (input.value) filter();
else history.replaceState("", ""); // after a reload the list is whole
if (!kept) showTarget();

/** Whether the reader has come back to this page, from a folder for example. */
function isReturn() {
  return performance.getEntriesByType("navigation")[0]?.type === "back_forward";
}

function groupOf(element) {
  return element.parentElement.closest("[data-group]");
}

function wordsOf(element, group) {
  const marked = Array.from(element.querySelectorAll("[data-find]"), (part) => part.dataset.find || part.textContent);
  return [element.dataset.agency, ...marked, group?.dataset.group ?? ""].join(" ");
}

/** Words of small bare letters (look-alikes as Greek) and digits; the dots go, so that ΔΕΥΑ finds Δ.Ε.Υ.Α. */
function fold(text) {
  const letters = text.replace(/[∆∑∏]/gu, (sign) => SIGNS.get(sign)); // the other signs are decomposed with the accents
  const bare = letters.normalize("NFKD").replace(/[\p{M}.'’]/gu, "").toLowerCase();
  const greek = bare.replace(/[a-z]/gu, (letter) => TWINS.get(letter) ?? letter).replace(/ς/gu, "σ");
  return greek.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

function filter() {
  const words = fold(input.value).split(" ");
  for (const group of groups.keys()) groups.set(group, 0);
  let found = 0;
  for (const row of rows) {
    const shown = words.every((word) => row.text.includes(word));
    if (shown !== row.shown) row.element.hidden = !shown;
    row.shown = shown;
    row.element.toggleAttribute("data-first", shown && found < FIRST);
    if (!shown) continue;
    found += 1;
    for (const group of row.around) groups.set(group, groups.get(group) + 1);
  }
  for (const [group, count] of groups) group.hidden = !count;
  document.body.toggleAttribute("data-filtered", found < rows.length);
  clearTimeout(announcement);
  announcement = setTimeout(announce, ANNOUNCE_AFTER, found);
  history.replaceState(input.value, ""); // last: Safari raises an error where it is called a hundred times at once
}

function announce(found) {
  const form = new Intl.PluralRules(language).select(found);
  const text = found === 0 ? input.dataset.none : form === "one" ? input.dataset.one : input.dataset.other;
  const number = new Intl.NumberFormat(language).format(found);
  status.textContent = text.replace("{count}", number);
}

function clear() {
  if (!input.value) return;
  input.value = "";
  filter();
}

/** A link to an agency's row leads there, whatever the filter hides. */
function showTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.closest("[hidden]")) return;
  clear();
  target.scrollIntoView();
}
