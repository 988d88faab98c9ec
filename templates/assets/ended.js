// Pages are made once, and only the reader's calendar knows the day: what is over by then is marked as such.

const now = new Date();
const today = new Date(now - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 10); // the day here, not in Greenwich

for (const each of document.querySelectorAll("[data-until]")) each.hidden = each.dataset.until < today;
for (const each of document.querySelectorAll("[data-after]")) each.hidden = each.dataset.after >= today;
