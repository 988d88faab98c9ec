// While a build runs, ask each second how far it is; when it is done, load the page again.
const bar = document.querySelector("#progress");

async function look() {
  const { running, text, total, done } = await (await fetch("progress")).json();
  if (!running) return location.reload();
  document.querySelector("label").textContent = text;
  Object.assign(bar, { max: total || 1, value: done });
  setTimeout(look, 1000);
}

if (bar) setTimeout(look, 1000);

// livereload must not load a page again while the browser is on its way to another: it would stay here.
addEventListener("beforeunload", () => document.dispatchEvent(new Event("LiveReloadShutDown")));
