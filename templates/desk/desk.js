// While a build runs, its part of the page is fetched anew each second; when it is done, the whole page is.

const EVERY = 1000; // milliseconds

async function look() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.querySelector("[data-running]");
  if (!next) return location.reload();
  document.querySelector("[data-running]").replaceWith(next);
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
