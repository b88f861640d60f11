// Says beside the points of the groups whether they make 100, while one types. The server says it
// as well: without this script it is said when the form is sent.
"use strict";

function numberOf(input) {
  return Number(input.value.trim().replace(",", ".")) || 0;
}

function show(line) {
  const parts = [...document.querySelectorAll(line.dataset.sumOf)];
  // In ten-thousandths, so that 33,3333 and the like add exactly.
  const sum = parts.reduce((total, input) => total + Math.round(numberOf(input) * 10000), 0) / 10000;
  const right = sum === Number(line.dataset.sumRight);
  const written = sum.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 4 });
  line.hidden = false;
  line.classList.toggle("is-wrong", !right);
  line.textContent = right ? line.dataset.right : line.dataset.wrong.replace("#", written);
}

for (const line of document.querySelectorAll("[data-sum-of]")) {
  show(line);
  document.addEventListener("input", (event) => {
    if (event.target.matches(line.dataset.sumOf)) show(line);
  });
}
