// How many rows of a list are ticked, said on the button; one box ticks all of the page.
"use strict";

(() => {
  const boxes = () => [...document.querySelectorAll('input[form="bulk"][name="ids"]')];

  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const place of document.querySelectorAll("[data-bulk-count]")) place.textContent = ticked ? `(${ticked})` : "";
    for (const all of document.querySelectorAll("[data-bulk-all]")) all.checked = ticked > 0 && ticked === boxes().length;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-bulk-all]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches('[data-bulk-all], input[form="bulk"]')) count();
  });
  document.addEventListener("htmx:load", count);
  document.addEventListener("DOMContentLoaded", count);
})();
