// A roster as it is filled in: how many have which answer, and keys for who has a keyboard.
// Without it the form is the same: radio buttons, and "all present" done by the server.
"use strict";

(() => {
  const form = document.querySelector("form[data-roster]");
  if (!form) return;
  const KEYS = { 1: "present", 2: "excused", 3: "unexcused", 0: "" };
  const rows = [...form.querySelectorAll("[data-row]")];

  function answerOf(row) {
    const answer = row.querySelector("input[type=radio]:checked")?.value ?? "";
    if (answer) return answer;
    return form.elements.rest?.checked && row.dataset.row === "m" ? "present" : "";
  }

  function count() {
    const counts = { present: 0, absent: 0, none: 0 };
    for (const row of rows) {
      const answer = answerOf(row);
      if (answer === "present") counts.present += 1;
      else if (answer) counts.absent += 1;
      else if (row.dataset.row === "m") counts.none += 1;
    }
    for (const [name, number] of Object.entries(counts)) {
      form.querySelector(`[data-count="${name}"]`).textContent = number;
    }
  }

  // A digit answers the row in which the focus is, and goes on to the next one.
  function press(event) {
    const row = event.target.closest?.("[data-row]");
    if (!row || event.target.type !== "radio" || !(event.key in KEYS)) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    row.querySelector(`input[type=radio][value="${KEYS[event.key]}"]`).checked = true;
    count();
    const shown = rows.filter((each) => each.offsetParent !== null);
    const next = shown[shown.indexOf(row) + 1] ?? row;
    const chosen = next.querySelector("input[type=radio]:checked") ?? next.querySelector("input[type=radio]");
    chosen.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("change", count);
  form.addEventListener("keydown", press);
  window.addEventListener("pageshow", count);
  count();
})();
