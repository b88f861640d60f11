// On every page: the service worker, how much waits to be sent, and forms that wait for a network.
// What they need beside it is loaded when there is something to do.
"use strict";

(() => {
  const { worker, pages, queue: store, form: forms, list } = document.currentScript.dataset;
  const { user, kept } = document.body.dataset; // user: "" on the pages before signing in
  const BEFOREHAND = 6; // pages that this one leads to: a slow line carries them, too
  const able = isSecureContext && "indexedDB" in self && "caches" in self;
  if (!able) return;

  let loading;
  const load = () => (loading ||= add(store).then(() => self.queue));
  const add = (url) =>
    new Promise((resolve, reject) => {
      document.head.append(
        Object.assign(document.createElement("script"), { src: url, onload: resolve, onerror: reject }),
      );
    });

  // How much waits. Asked where something ever did: localStorage would not survive a killed browser.
  const chip = document.querySelector("[data-waiting]");
  const used = indexedDB.databases().then((found) => found.some(({ name }) => name === "queue"));

  async function count() {
    const entries = await (await load()).all();
    const own = entries.filter((entry) => !user || entry.user === user);
    const waiting = own.filter((entry) => entry.state === "waiting").length;
    if (!chip) return;
    const { waits, looks } = chip.dataset;
    const parts = [[waiting, waits], [own.length - waiting, looks]].filter(([number]) => number);
    chip.textContent = parts.map(([number, words]) => words.replace("#", number)).join(" · ");
    chip.classList.toggle("chip-bad", own.length > waiting);
    chip.hidden = !own.length;
  }

  let timer;
  async function send(options) {
    clearTimeout(timer);
    const wait = await (await load()).send(options);
    if (wait) timer = setTimeout(send, wait);
  }

  async function start() {
    if (!(await used)) return;
    await count();
    await send({ atOnce: true });
  }
  self.addEventListener("queue", count);
  self.addEventListener("online", () => self.queue && send({ atOnce: true }));

  // Forms
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if ("signOut" in form.dataset && self.queue) return leave(event, form);
    if (!form.dataset.queue) return;
    event.preventDefault();
    const [queue] = await Promise.all([load(), self.queueForm || add(forms)]);
    self.queueForm.takeOver(form, event.submitter, { queue, user, kept, send });
  });

  async function leave(event, form) {
    event.preventDefault();
    const own = (await self.queue.all()).filter((entry) => entry.user === user);
    const words = form.dataset.signOut.replace("#", own.length);
    delete form.dataset.sent;
    if (own.length && !confirm(words)) return;
    await self.queue.forget(user);
    await count();
    form.submit();
  }

  // A copy of a page: it says so, its keys are used up, and its days are of then.
  if (kept) {
    const bar = document.querySelector("[data-kept-bar]");
    const at = new Date(kept);
    bar.querySelector("time").textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
    bar.hidden = false;
    const day = new Date();
    const parts = [day.getDate(), day.getMonth() + 1].map((part) => String(part).padStart(2, "0"));
    for (const field of document.querySelectorAll("[data-today]")) field.value = [...parts, day.getFullYear()].join("/");
    for (const [name, value] of new URLSearchParams(location.search)) choose(name, value);
  }
  // Of the meetings that the form has, the one that this address names; none, if it has not.
  function choose(name, value) {
    if (name !== "meeting" && name !== "plan") return;
    for (const radio of document.querySelectorAll("form[data-queue] [type=radio][name=what]")) {
      radio.checked = radio.value === `${name}-${value}`;
    }
  }
  const renew = () => {
    for (const key of document.querySelectorAll("form[data-queue] [name=key]")) key.value = crypto.randomUUID();
  };
  if (kept) renew();
  addEventListener("pageshow", (event) => event.persisted && renew());

  // Whose copies are here: of who is signed in, alone
  async function forgetOthers() {
    for (const name of await caches.keys()) {
      if (name.startsWith("pages-") && name !== `pages-${user}`) await caches.delete(name);
    }
  }

  async function keep() {
    if (!user || kept || !navigator.serviceWorker) return;
    const links = [...document.querySelectorAll("[data-keep]")].slice(0, BEFOREHAND).map(({ href }) => href);
    const isKept = "keptPage" in document.body.dataset;
    if (!links.length && !isKept) return;
    if (isKept && !navigator.serviceWorker.controller) links.unshift(location.href);
    const registration = await navigator.serviceWorker.ready;
    // Where a phone without a network begins, beside what this page leads to
    registration.active.postMessage({ keep: [...links, ...pages.split(" ")] });
  }

  if (user !== undefined) forgetOthers();
  if (navigator.serviceWorker) navigator.serviceWorker.register(worker);
  if (document.querySelector("[data-queue-list]")) {
    Promise.all([load(), add(forms)]).then(() => add(list)).then(() => self.queueList.show({ queue: self.queue, user, send }));
  }
  if (location.hash.startsWith("#queued=")) {
    Promise.all([load(), add(forms)]).then(() => self.queueForm.fill(self.queue, user));
  }
  start();
  addEventListener("load", keep);
})();
