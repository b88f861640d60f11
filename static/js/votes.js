// The numbers of a ballot as they are entered: base, votes needed and sums, and keys to go from row
// to row. Without it the form is the same: the server adds up and refuses.
"use strict";

(() => {
  const form = document.querySelector("form[data-votes]");
  if (!form) return;
  const rows = [...form.querySelectorAll("[data-row]")];
  const SHARES = 10000; // data-share is in ten-thousandths, so that whole numbers are compared

  const cellsOf = (row) => [...row.querySelectorAll("[data-cell]")];
  const numberOf = (input) => (/^\d+$/.test(input.value.trim()) ? Number(input.value) : 0);
  const field = (name) => numberOf(form.elements[name]);
  const show = (name, text) => (form.querySelector(`[data-${name}]`).textContent = text);

  function sumOf(row) {
    return cellsOf(row).reduce((sum, cell) => sum + numberOf(cell), 0);
  }

  function isEmpty(row) {
    return cellsOf(row).every((cell) => cell.value.trim() === "");
  }

  function count() {
    const base = field("convened") - field("away") - field("absent_exempt");
    const valid = field("returned") - field("invalid");
    show("base", base > 0 ? base : "–");
    show("needed", base > 0 ? Math.floor((base * Number(form.dataset.share)) / SHARES) + 1 : "–");
    show("valid", form.elements.returned.value.trim() === "" ? "–" : valid);
    let right = 0;
    for (const row of rows) {
      const sum = sumOf(row);
      const reason = row.querySelector("select");
      const isRight = isEmpty(row) ? !reason || reason.value !== "" : sum === valid;
      const output = row.querySelector("[data-sum]");
      output.textContent = isEmpty(row) ? "" : `${sum} / ${valid}${sum === valid ? " ✓" : ""}`;
      output.classList.toggle("is-wrong", !isEmpty(row) && sum !== valid);
      if (isRight) right += 1;
    }
    show("right", right);
  }

  function go(cell, step) {
    const row = cell.closest("[data-row]");
    const next = rows[rows.indexOf(row) + step];
    const target = next?.querySelector(`[data-column="${cell.dataset.column}"]`);
    if (!target) return;
    target.focus();
    target.select();
  }

  // What is missing to the valid papers goes into the cell in which the focus is.
  function fill(cell) {
    const rest = field("returned") - field("invalid") - (sumOf(cell.closest("[data-row]")) - numberOf(cell));
    if (rest >= 0) cell.value = rest;
    count();
  }

  function press(event) {
    const cell = event.target;
    if (!cell.matches?.("[data-cell]") || event.ctrlKey || event.altKey || event.metaKey) return;
    const steps = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) go(cell, steps[event.key]);
    else if (event.key === "=") fill(cell);
    else return;
    event.preventDefault();
  }

  form.addEventListener("input", count);
  form.addEventListener("keydown", press);
  window.addEventListener("pageshow", count);
  count();
})();
