// A number leads to the rows behind it: they are unfolded, all of the criterion.
"use strict";

function unfold(target) {
  const criterion = target?.closest(".criterion");
  for (const part of criterion?.querySelectorAll("details.behind") || []) part.open = true;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link) unfold(document.getElementById(link.hash.slice(1)));
});
unfold(document.getElementById(location.hash.slice(1)));
