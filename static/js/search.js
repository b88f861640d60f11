// "/" goes to the search box; arrows walk through its answers; Escape puts them away.
"use strict";

document.addEventListener("keydown", (event) => {
  const box = document.querySelector("[data-search]");
  if (!box) return;
  const inField = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    return;
  }
  const finder = box.closest(".find");
  if (!finder.contains(event.target)) return;
  const answers = [...finder.querySelectorAll(".answers a")];
  const place = answers.indexOf(document.activeElement);
  if (event.key === "ArrowDown" && place < answers.length - 1) {
    event.preventDefault();
    answers[place + 1].focus();
  } else if (event.key === "ArrowUp" && place >= 0) {
    event.preventDefault();
    (answers[place - 1] || box).focus();
  } else if (event.key === "Escape") {
    finder.querySelector(".answers").replaceChildren();
    box.focus();
  }
});

document.addEventListener("click", (event) => {
  for (const answers of document.querySelectorAll(".bar .answers")) {
    if (!answers.parentElement.contains(event.target)) answers.replaceChildren();
  }
});
