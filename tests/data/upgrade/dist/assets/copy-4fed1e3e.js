// Copies a text to the clipboard. Its elements and texts are those of copy.html.

const button = document.querySelector("[data-copy]");
const status = button.parentElement.querySelector("[role=status]");

button.addEventListener("click", async () => {
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  status.textContent = status.dataset.done;
});
if (navigator.clipboard) button.parentElement.hidden = false; // only a secure page has one
