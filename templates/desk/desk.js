// While a build runs, the page asks each second how far it is; when it is done, the page is loaded again.

const EVERY = 1000; // milliseconds

const bar = document.querySelector("#progress");
const label = document.querySelector("label[for=progress]");

async function look() {
  const { running, text, total, done } = await (await fetch("progress")).json();
  if (!running) return location.reload();
  label.textContent = text;
  if (total) Object.assign(bar, { max: total, value: done });
  else bar.removeAttribute("value");
  setTimeout(look, EVERY);
}

if (bar) setTimeout(look, EVERY);

// livereload must not load a page again while the browser is on its way to another: it would stay here.
addEventListener("beforeunload", () => document.dispatchEvent(new Event("LiveReloadShutDown")));
