// Boxes in which one names a person or an organization: the server is asked as one types, and each
// answer shows the place, so that two of one name can be told apart. What is typed freely is sent
// as it is. Boxes that come with a swapped part of the page are taken up as well.
"use strict";

(() => {
  function address(box, text) {
    const asked = new URL(box.dataset.picker, location.href);
    const here = new URLSearchParams(location.search);
    for (const name of ["org", "on"]) if (here.has(name)) asked.searchParams.set(name, here.get(name));
    asked.searchParams.set("q", text);
    return asked;
  }

  function line(answer, escape) {
    const place = answer.place ? `<small class="soft">${escape(answer.place)}</small>` : "";
    // What was there before the page was opened, or typed freely, is text and value in one.
    const code = answer.text === answer.value ? "" : `<span class="code">${escape(answer.value)}</span>`;
    return `<div><span>${escape(answer.text)}</span> ${code} ${place}</div>`;
  }

  function take(box) {
    if (box.tomselect) return;
    const described = box.getAttribute("aria-describedby");
    // Its label is taken over by the box in which one types: both keep a name.
    if (box.labels?.length) box.setAttribute("aria-label", box.labels[0].textContent.trim());
    const made = new TomSelect(box, {
      maxItems: 1,
      create: true,
      createOnBlur: true,
      persist: false,
      delimiter: "\u0000",
      valueField: "value",
      labelField: "text",
      searchField: [],
      loadThrottle: 200,
      shouldLoad: (text) => text.trim().length > 1,
      load(text, done) {
        this.clearOptions();
        fetch(address(box, text), { headers: { Accept: "application/json" } })
          .then((answer) => (answer.ok ? answer.json() : { answers: [] }))
          .then((found) => done(found.answers))
          .catch(() => done());
      },
      render: {
        option: (answer, escape) => line(answer, escape),
        item: (answer, escape) => line(answer, escape),
        option_create: (data, escape) => `<div class="create">${escape(data.input)}</div>`,
        no_results: () => "",
      },
    });
    // Nobody types in the first box any more: it is no second one without a label.
    box.setAttribute("aria-hidden", "true");
    // What explains the box goes with its label to where one types now.
    if (described) {
      box.removeAttribute("aria-describedby");
      made.control_input.setAttribute("aria-describedby", described);
    }
  }

  function takeAll(part) {
    for (const box of part.querySelectorAll("input[data-picker]")) take(box);
  }

  document.addEventListener("DOMContentLoaded", () => takeAll(document));
  document.addEventListener("htmx:load", (event) => takeAll(event.target));
})();
