// A form that waits for a network: kept first, then sent, so that nothing is lost in between.
"use strict";

self.queueForm = (() => {
  async function takeOver(form, submitter, { queue, user, kept, send }) {
    const entry = read(form, submitter, user);
    try {
      await queue.put(entry);
    } catch {
      return submit(form, submitter); // a browser that keeps nothing: a plain form
    }
    form.ariaBusy = "true";
    let note;
    self.addEventListener("queue", async ({ detail: news }) => {
      if (news.key !== entry.key || news.state === "gone") return;
      if (note) show(note, news);
      else if (news.state === "saved") location.assign(news.answer.url);
      else if (news.state === "invalid" || news.state === "conflict") inPlace();
      else await later(news);
    });
    async function later(news) {
      note = announce(form, news);
      await wake(); // only then the page may be closed
      note.hidden = false;
    }
    // The server says at the fields what is wrong. The entry stays until it is sent.
    async function inPlace() {
      if (kept) form.elements.csrfmiddlewaretoken.value = (await queue.ask()).token;
      submit(form, submitter);
    }
    if (!navigator.onLine) return later(entry);
    const token = form.elements.csrfmiddlewaretoken.value;
    await send({ atOnce: true, who: kept ? undefined : { user, token }, shown: entry.key });
  }

  // The service worker sends it, also when no page is open, where the browser can do that.
  async function wake() {
    navigator.storage?.persist?.();
    const registration = await navigator.serviceWorker?.getRegistration();
    await registration?.sync?.register("queue").catch(() => {});
  }

  function read(form, submitter, user) {
    const fields = [];
    const files = [];
    for (const [name, value] of new FormData(form, submitter)) {
      if (name === "csrfmiddlewaretoken") continue;
      if (typeof value === "string") fields.push([name, value]);
      else if (value.size) files.push([name, value, value.name]);
    }
    return {
      key: form.elements.key.value,
      user,
      kind: form.dataset.queue,
      page: location.pathname + location.search,
      action: form.getAttribute("action") || location.pathname + location.search,
      fields,
      files,
      label: label(form),
      madeAt: Date.now(),
      state: "waiting",
      problem: "",
      tries: 0,
    };
  }

  // "Visit to {branch}": what is chosen there, in words
  function label(form) {
    return (form.dataset.queueLabel || document.title).replace(/\{(\w+)\}/g, (_whole, name) => {
      const field = form.elements[name];
      return field?.selectedOptions?.[0]?.textContent.trim() ?? field?.value ?? "";
    });
  }

  function submit(form, submitter) {
    if (submitter?.name) {
      const { name, value } = submitter;
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    HTMLFormElement.prototype.submit.call(form);
  }

  function announce(form, news) {
    const note = document.querySelector("[data-queue-note]").content.firstElementChild.cloneNode(true);
    note.querySelector("[data-again]").href = location.pathname + location.search;
    note.hidden = true;
    form.before(note);
    form.hidden = true;
    show(note, news);
    return note;
  }

  function show(part, news) {
    const why = news.problem || (navigator.onLine ? "waiting" : "network");
    const state = news.state === "waiting" ? why : news.state;
    for (const words of part.querySelectorAll("[data-state]")) words.hidden = words.dataset.state !== state;
    if (news.label) part.querySelector("[data-label]").textContent = news.label;
    const tried = part.querySelector("[data-tried]");
    tried.hidden = !news.triedAt || news.state !== "waiting";
    if (news.triedAt) {
      tried.textContent = tried.dataset.tried
        .replace("#", news.tries)
        .replace("@", new Date(news.triedAt).toLocaleTimeString(document.documentElement.lang));
    }
    const told = part.querySelector("[data-told]");
    const { message = "", errors = {}, url } = news.answer || {};
    told.textContent = [message, ...Object.values(errors).flat()].filter(Boolean).join(" ");
    const open = part.querySelector("[data-open]");
    open.hidden = !url;
    if (url) open.href = url;
  }

  // The form of an entry that has to be corrected, as it was filled in
  async function fill(queue, user) {
    const entry = await queue.find(location.hash.slice("#queued=".length));
    const form = entry && document.querySelector(`form[data-queue="${CSS.escape(entry.kind)}"]`);
    if (!form || entry.user !== user) return;
    const values = Map.groupBy ? Map.groupBy(entry.fields, ([name]) => name) : grouped(entry.fields);
    for (const field of form.elements) {
      // What is hidden says how the page found things: now, and not when the entry was made.
      if (!field.name || ["hidden", "submit"].includes(field.type)) continue;
      const given = (values.get(field.name) || []).map(([, value]) => value);
      if (field.type === "file") refill(field, entry.files);
      else if (field.type === "checkbox" || field.type === "radio") field.checked = given.includes(field.value);
      else if (field.multiple) for (const each of field.options) each.selected = given.includes(each.value);
      else if (given.length) field.value = given[0];
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    form.elements.key.value = entry.key;
    const note = document.querySelector("[data-queue-note]").content.firstElementChild.cloneNode(true);
    show(note, entry);
    form.before(note);
  }

  function grouped(fields) {
    const values = new Map();
    for (const field of fields) values.set(field[0], [...(values.get(field[0]) || []), field]);
    return values;
  }

  function refill(field, files) {
    const chosen = new DataTransfer();
    for (const [name, blob, filename] of files) {
      if (name === field.name) chosen.items.add(new File([blob], filename, { type: blob.type }));
    }
    field.files = chosen.files;
  }

  return { takeOver, fill, show };
})();
