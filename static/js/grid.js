// The grid that assigns many: keys go from cell to cell, a new row appears behind the last one, a
// pasted list fills the rows, and who or what is meant is offered as one types. The server reads
// and checks everything; without this script the page works as a plain form.
"use strict";

(() => {
  const form = document.querySelector("form[data-grid]");
  if (!form) return;
  const body = form.querySelector(".grid-table tbody");
  const count = form.querySelector("[data-count]");
  const CELLS = ".cell > input, .cell > select";
  const LETTERS = 2; // from which on answers are offered

  // Rows and cells

  const rows = () => [...body.querySelectorAll(".grid-row")];
  const cellsOf = (row) => [...row.querySelectorAll(CELLS)];
  const rowOf = (cell) => cell.closest(".grid-row");

  function renumber(part, number) {
    const before = number - 1;
    for (const node of [part, ...part.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for", "aria-label", "aria-describedby", "data-row"]) {
        const value = node.getAttribute(name);
        if (value === null) continue;
        const changed = value
          .replace(/row-\d+-/, `row-${before}-`)
          .replace(/^row-\d+$/, `row-${number}`)
          .replace(/^findings-\d+$/, `findings-${number}`);
        node.setAttribute(name, name === "aria-label" ? value.replace(/\d+$/, number) : changed);
      }
    }
  }

  function addRow() {
    const last = rows().at(-1);
    const number = rows().length + 1;
    if (number > Number(count.dataset.most)) return null;
    const fresh = last.cloneNode(true);
    const findings = last.nextElementSibling.cloneNode(true);
    renumber(fresh, number);
    renumber(findings, number);
    fresh.dataset.row = number;
    fresh.querySelector(".row-number").textContent = number;
    empty(fresh, findings);
    body.append(fresh, findings);
    count.value = number;
    return fresh;
  }

  function empty(row, findings) {
    for (const cell of cellsOf(row)) {
      cell.value = "";
      cell.removeAttribute("aria-invalid");
      cell.removeAttribute("autofocus");
      cell.classList.remove("is-invalid");
      cell.parentElement.classList.remove("wrong");
    }
    row.querySelector(".suggestions")?.remove();
    findings.hidden = true;
    findings.querySelector(".findings").replaceChildren();
  }

  function keepOneEmpty(cell) {
    const all = rows();
    if (cell.value && rowOf(cell) === all.at(-1)) addRow();
  }

  // Going from cell to cell

  function go(row, column) {
    const cell = row && cellsOf(row)[column];
    if (!cell) return;
    cell.focus();
    if (cell.select) cell.select();
  }

  function below(cell, step) {
    const all = rows();
    const column = cellsOf(rowOf(cell)).indexOf(cell);
    const place = all.indexOf(rowOf(cell)) + step;
    go(all[place] || (step > 0 && cell.value ? addRow() : null), column);
  }

  function next(cell, step) {
    const cells = cellsOf(rowOf(cell));
    const column = cells.indexOf(cell) + step;
    if (cells[column]) return go(rowOf(cell), column);
    const all = rows();
    const place = all.indexOf(rowOf(cell)) + step;
    go(all[place] || (step > 0 ? addRow() : null), step > 0 ? 0 : cells.length - 1);
  }

  const atEnd = (cell) => cell.selectionStart === cell.value.length;
  const atStart = (cell) => cell.selectionEnd === 0;

  function press(name) {
    form.requestSubmit(form.querySelector(`[data-${name}]`));
  }

  // Who or what is meant

  let asked = 0;
  let timer;

  function close(cell) {
    clearTimeout(timer);
    asked += 1;
    cell.parentElement.querySelector(".suggestions")?.remove();
    cell.setAttribute("aria-expanded", "false");
    cell.removeAttribute("aria-activedescendant");
  }

  function offer(cell, answers) {
    cell.parentElement.querySelector(".suggestions")?.remove();
    if (!answers.length) return close(cell);
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${cell.id}-offers`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", cell.getAttribute("aria-label"));
    answers.forEach((answer, place) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${place}`;
      line.setAttribute("role", "option");
      line.setAttribute("aria-selected", "false");
      line.dataset.value = answer.value === answer.text ? answer.text : `${answer.text} (${answer.value})`;
      line.append(answer.text);
      const more = document.createElement("small");
      more.textContent = [answer.value === answer.text ? "" : answer.value, answer.place].filter(Boolean).join(" · ");
      line.append(more);
      // Before the cell loses the focus and the list goes.
      line.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(cell, line);
      });
      list.append(line);
    });
    cell.parentElement.append(list);
    list.scrollIntoView({ block: "nearest" });
    cell.setAttribute("aria-expanded", "true");
    cell.setAttribute("aria-controls", list.id);
  }

  function ask(cell) {
    close(cell);
    const text = cell.value.trim();
    if (text.length < LETTERS) return;
    const number = asked;
    timer = setTimeout(async () => {
      const address = new URL(cell.dataset.source, location.href);
      const here = new URLSearchParams(location.search);
      for (const name of ["org", "on"]) if (here.has(name)) address.searchParams.set(name, here.get(name));
      address.searchParams.set("q", text);
      const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
      const found = answer?.ok ? await answer.json() : { answers: [] };
      if (number === asked && document.activeElement === cell) offer(cell, found.answers);
    }, 150);
  }

  function choose(cell, line) {
    cell.value = line.dataset.value;
    close(cell);
    keepOneEmpty(cell);
    next(cell, 1);
  }

  function walk(cell, list, step) {
    const lines = [...list.children];
    const place = lines.findIndex((line) => line.getAttribute("aria-selected") === "true");
    lines[place]?.setAttribute("aria-selected", "false");
    const line = lines[(place + step + lines.length) % lines.length] || lines[0];
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    cell.setAttribute("aria-activedescendant", line.id);
  }

  function keyInOffers(event, cell, list) {
    const chosen = list.querySelector("[aria-selected=true]");
    if (event.key === "ArrowDown") walk(cell, list, 1);
    else if (event.key === "ArrowUp") walk(cell, list, -1);
    else if (event.key === "Escape") close(cell);
    else if (event.key === "Enter" && chosen) choose(cell, chosen);
    else return false;
    event.preventDefault();
    return true;
  }

  // What people press, type and paste

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // a word of an input method is not finished
    if (event.ctrlKey || event.metaKey) {
      if (event.key === "Enter") press("check");
      else if (event.key.toLowerCase() === "s") press("save");
      else if (event.key === "Delete" && event.target.matches(CELLS)) {
        const row = rowOf(event.target);
        empty(row, row.nextElementSibling);
        go(row, 0);
      } else return;
      event.preventDefault();
      return;
    }
    const cell = event.target;
    if (!cell.matches(CELLS) || event.altKey || event.shiftKey) return;
    const list = cell.parentElement.querySelector(".suggestions");
    if (list && keyInOffers(event, cell, list)) return;
    const text = cell.matches("input");
    if (event.key === "Enter") next(cell, 1);
    else if (text && event.key === "ArrowDown") below(cell, 1);
    else if (text && event.key === "ArrowUp") below(cell, -1);
    else if (event.key === "ArrowRight" && (!text || atEnd(cell))) next(cell, 1);
    else if (event.key === "ArrowLeft" && (!text || atStart(cell))) next(cell, -1);
    else return;
    event.preventDefault();
  });

  form.addEventListener("input", (event) => {
    const cell = event.target;
    if (!cell.matches(CELLS)) return;
    keepOneEmpty(cell);
    if (cell.dataset.source) ask(cell);
  });

  form.addEventListener("focusout", (event) => {
    if (event.target.dataset.source) close(event.target);
  });

  form.addEventListener("paste", (event) => {
    const cell = event.target;
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!cell.matches(CELLS) || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    form.querySelector("[data-paste-row]").value = rows().indexOf(rowOf(cell));
    form.querySelector("[data-paste-column]").value = cellsOf(rowOf(cell)).indexOf(cell);
    form.elements.pasted.value = text;
    press("read");
  });

  for (const cell of form.querySelectorAll("[data-source]")) {
    cell.setAttribute("role", "combobox");
    cell.setAttribute("aria-autocomplete", "list");
    cell.setAttribute("aria-expanded", "false");
  }
  // A new grid begins in its first cell; on a phone that would hide what stands above it.
  const begin = cellsOf(rows()[0])[0];
  const wide = matchMedia("(min-width: 64rem)").matches;
  if (wide && !begin.value && !form.querySelector("[autofocus]")) begin.focus({ preventScroll: true });

  // Behind what was filled one can go on at once.
  const last = cellsOf(rows().at(-1));
  if (last.some((cell) => cell.value)) addRow();
})();
