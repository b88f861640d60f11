// Panels that open from a summary close on Escape, and when one clicks or tabs elsewhere.
"use strict";

function closeOthers(target) {
  for (const panel of document.querySelectorAll("details[data-popup][open]")) {
    if (!panel.contains(target)) panel.open = false;
  }
}

document.addEventListener("click", (event) => closeOthers(event.target));
document.addEventListener("focusin", (event) => closeOthers(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const panel of document.querySelectorAll("details[data-popup][open]")) {
    panel.open = false;
    panel.querySelector("summary").focus();
  }
});
