// Copies the address of a feed. Without this script there are no buttons, and an address is marked by one click.
"use strict";

const shown = 8000; // milliseconds
const said = document.querySelector("[role=status].copied");

let next;

async function copy(address) {
  try {
    await navigator.clipboard.writeText(address.textContent);
    return true;
  } catch {
    // The clipboard is there on secure pages only, and a reader may forbid it.
    getSelection().selectAllChildren(address);
    return false;
  }
}

for (const button of document.querySelectorAll("button[data-copied]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(button.closest("li").querySelector(".address"));
    clearTimeout(next);
    // Emptied first: the same sentence once more is said once more.
    said.textContent = "";
    next = setTimeout(() => {
      said.textContent = copied ? button.dataset.copied : button.dataset.marked;
      next = setTimeout(() => { said.textContent = ""; }, shown);
    }, 50);
  });
}
