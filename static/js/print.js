// What is folded away on the screen is printed; the button prints what a browser's menu prints.
"use strict";

const opened = [];

window.addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details.behind:not([open])")) {
    part.open = true;
    opened.push(part);
  }
});
window.addEventListener("afterprint", () => {
  while (opened.length) opened.pop().open = false;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
