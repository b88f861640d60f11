// Ticking many in the inbox: a whole group, the whole page, from one box to another with Shift; the
// letter a ticks all. How many are ticked stands on the button.
"use strict";

(() => {
  const ITEMS = 'input[name="item"][form="confirm"]';
  let last = null;

  const boxes = (within = document) => [...within.querySelectorAll(ITEMS)];
  const allTicked = (some) => some.length > 0 && some.every((box) => box.checked);

  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const place of document.querySelectorAll("[data-choose-count]")) place.textContent = ticked ? `(${ticked})` : "";
    for (const all of document.querySelectorAll("[data-choose-all]")) all.checked = allTicked(boxes());
    for (const group of document.querySelectorAll("[data-choose-group]")) {
      const whole = group.querySelector("[data-choose-whole]");
      if (whole) whole.checked = allTicked(boxes(group));
    }
  }

  function tick(some, checked) {
    for (const box of some) box.checked = checked;
    count();
  }

  document.addEventListener("click", (event) => {
    if (!event.target.matches(ITEMS)) return;
    const every = boxes();
    if (event.shiftKey && last && every.includes(last)) {
      const [from, to] = [every.indexOf(last), every.indexOf(event.target)].sort((a, b) => a - b);
      tick(every.slice(from, to + 1), event.target.checked);
    }
    last = event.target;
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-choose-all]")) tick(boxes(), event.target.checked);
    else if (event.target.matches("[data-choose-whole]")) tick(boxes(event.target.closest("[data-choose-group]")), event.target.checked);
    else if (event.target.matches(ITEMS)) count();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
    if (!boxes().length) return;
    event.preventDefault();
    tick(boxes(), !allTicked(boxes()));
  });
  document.addEventListener("htmx:load", count);
  document.addEventListener("DOMContentLoaded", count);
})();
