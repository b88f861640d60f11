// Deciding on many: ticking a page, from one box to another with Shift, a for all, 1 to 6 for the
// level, r for the reason; and what the places for excellent would come to with those ticked.
"use strict";

(() => {
  const ITEMS = 'input[form="bulk"][name="ids"]';
  let last = null;

  const boxes = () => [...document.querySelectorAll(ITEMS)];
  const level = () => document.querySelector('#bulk select[name="level"]');

  function show() {
    const every = boxes();
    const ticked = every.filter((box) => box.checked);
    for (const place of document.querySelectorAll("[data-bulk-count]")) place.textContent = ticked.length ? `(${ticked.length})` : "";
    for (const all of document.querySelectorAll("[data-bulk-all]")) all.checked = every.length > 0 && ticked.length === every.length;
    const wanted = level()?.value;
    for (const meter of document.querySelectorAll("[data-cap-unit]")) {
      let more = 0;
      for (const box of ticked) if (box.dataset.cap === meter.dataset.capUnit) more += change(box, wanted);
      const sum = Number(meter.dataset.decided) + more;
      meter.querySelector("[data-cap-more]").textContent = more ? ` ${more > 0 ? "+" : "−"}${Math.abs(more)}` : "";
      meter.classList.toggle("is-above", sum > Number(meter.dataset.places));
      meter.querySelector("meter").value = sum;
    }
  }

  // How many more are excellent in the cap unit when this row gets the level.
  function change(box, wanted) {
    const named = { suggested: box.dataset.suggested, voted: box.dataset.voted, take_back: "" };
    const after = wanted in named ? named[wanted] : wanted;
    return (after === "excellent") - (box.dataset.level === "excellent");
  }

  function tick(some, checked) {
    for (const box of some) box.checked = checked;
    show();
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
    if (event.target.matches("[data-bulk-all]")) tick(boxes(), event.target.checked);
    else if (event.target.matches(ITEMS) || event.target === level()) show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !boxes().length || !level()) return;
    if (event.target.closest('input:not([type="checkbox"]), textarea, select, [contenteditable]')) return;
    if (event.key === "a") tick(boxes(), !boxes().every((box) => box.checked));
    else if (/^[1-6]$/.test(event.key)) { level().selectedIndex = Number(event.key) - 1; show(); }
    else if (event.key === "r") { const why = document.querySelector(".decide-why"); why.open = true; why.querySelector("textarea").focus(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:load", show);
  document.addEventListener("DOMContentLoaded", show);
})();
