// What was entered and is not known to have arrived: kept in IndexedDB, sent in order, one at a
// time. Runs in pages and in the service worker. Each entry has the key of its form, which the
// server lets in once; so whatever becomes of an answer, the same entry may be sent again.
"use strict";

self.queue = (() => {
  const SENDING = "/sending/";
  const PATIENCE = 60_000; // ms for one entry: a photo over a slow line
  const FIRST_TRY = 2_000; // ms until the second one, then three times as long each time
  const LATEST_TRY = 15 * 60_000;
  const channel = new BroadcastChannel("queue");

  // The store. An entry: {number, key, user, kind, page, action, fields, files, label, madeAt,
  // state, problem, tries, nextAt, answer}; state: waiting, or what a person has to look at:
  // invalid, conflict, refused, attention. problem: why it still waits.

  let opened;
  function open() {
    opened ||= new Promise((resolve, reject) => {
      const request = indexedDB.open("queue", 1);
      request.onupgradeneeded = () => {
        const options = { keyPath: "number", autoIncrement: true };
        request.result.createObjectStore("entries", options).createIndex("key", "key", { unique: true });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    opened.catch(() => (opened = undefined));
    return opened;
  }

  async function inStore(mode, work) {
    const database = await open();
    return new Promise((resolve, reject) => {
      // Strict: on the disk when it is done, so that it is still there after the battery died.
      const transaction = database.transaction("entries", mode, { durability: "strict" });
      const request = work(transaction.objectStore("entries"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  }

  const all = () => inStore("readonly", (store) => store.getAll());
  const find = (key) => inStore("readonly", (store) => store.index("key").get(key));

  async function put(entry) {
    const known = await find(entry.key);
    const kept = known ? { ...entry, number: known.number } : entry;
    kept.number = await inStore("readwrite", (store) => store.put(kept));
    tell(kept);
    return kept;
  }

  async function remove(entry, answer) {
    await inStore("readwrite", (store) => store.delete(entry.number));
    tell({ key: entry.key, state: answer ? "saved" : "gone", answer });
  }

  function tell(news) {
    channel.postMessage(news);
    self.dispatchEvent(new CustomEvent("queue", { detail: news }));
  }
  channel.onmessage = (event) => self.dispatchEvent(new CustomEvent("queue", { detail: event.data }));

  // Sending

  // who: {user, token} as the page knows them, or nothing: then the server is asked.
  // atOnce: also what waits for a later try. shown: the key of the entry whose answer the page goes
  // to, where the reader is told. Returns the ms until something is to be tried again, 0 for nothing.
  function send({ who, atOnce = false, shown } = {}) {
    const work = () => sendAll(who, atOnce, shown);
    return navigator.locks ? navigator.locks.request("queue", work) : work();
  }

  async function sendAll(who, atOnce, shown) {
    const waiting = (await all()).filter((entry) => entry.state === "waiting");
    if (!waiting.length) return 0;
    if (!navigator.onLine) return LATEST_TRY;
    const asked = who || (await ask());
    if (asked.problem) return fail(waiting[0], asked.problem);
    for (const entry of waiting) {
      if (entry.user !== asked.user) continue; // somebody else's: sent when they are back
      if (!atOnce && entry.nextAt > Date.now()) return entry.nextAt - Date.now();
      // Removed meanwhile, or corrected?
      const fresh = await find(entry.key);
      const left = fresh?.state === "waiting" ? await sendOne(fresh, asked, shown) : 0;
      if (left) return left;
    }
    return 0;
  }

  // 0: the next one may be sent after it.
  async function sendOne(entry, asked, shown) {
    const isShown = entry.key === shown;
    let outcome = await post(entry, asked, isShown);
    if (outcome.again) {
      const renewed = await ask();
      if (renewed.user !== entry.user) return fail(entry, renewed.problem || "signed_out");
      asked.token = renewed.token;
      outcome = await post(entry, asked, isShown);
    }
    if (outcome.saved && (isShown || !outcome.answer.attention)) {
      await remove(entry, outcome.answer);
      return 0;
    }
    const state = outcome.saved ? "attention" : outcome.state;
    if (!state) return fail(entry, outcome.problem || "signed_out");
    await put({ ...entry, state, answer: outcome.answer, problem: "", nextAt: 0 });
    return 0;
  }

  async function ask() {
    try {
      const response = await reach(SENDING, { headers: { Accept: "application/json" } }, 15_000);
      if (response.status === 401) await forgetPages();
      if (response.status === 401 || response.type === "opaqueredirect") return { problem: "signed_out" };
      if (response.status >= 500) return { problem: "server" };
      return await response.json();
    } catch {
      return { problem: "network" };
    }
  }

  async function post(entry, { user, token }, isShown) {
    const body = new FormData();
    for (const [name, value] of entry.fields) body.append(name, value);
    for (const [name, blob, filename] of entry.files) body.append(name, blob, filename);
    const headers = { Accept: "application/json", "X-CSRFToken": token, "Sent-By": user };
    if (isShown) headers["Shown-Next"] = "yes";
    try {
      const response = await reach(entry.action, { method: "POST", body, headers }, PATIENCE);
      return await read(response);
    } catch {
      return { problem: "network" }; // or the answer was lost: the key tells the server
    }
  }

  function reach(url, options, patience) {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), patience);
    return fetch(url, { ...options, redirect: "manual", cache: "no-store", signal: stop.signal });
  }

  async function read(response) {
    const status = response.status;
    if (response.type === "opaqueredirect" || status === 401) return { problem: "signed_out" };
    if (status >= 500 || status === 429 || status === 408) return { problem: "server" };
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    const answer = isJson ? await response.json() : {};
    if (status === 409 && answer.state === "other_user") return { again: true };
    if (status === 403 && !isJson) return { again: true, state: "refused", answer: { status } };
    if (status === 200 && answer.state === "saved") return { saved: true, answer };
    if (status === 409) return { state: "conflict", answer };
    if (status === 422) return { state: "invalid", answer };
    if (status >= 400) return { state: "refused", answer: { status } };
    return { problem: "server" }; // some page of the line in between
  }

  // Keeps it for a later try, and says in how many ms that is.
  async function fail(entry, problem) {
    const tries = entry.tries + 1;
    const wait = Math.min(LATEST_TRY, FIRST_TRY * 3 ** Math.min(tries - 1, 8)) * (0.8 + 0.4 * Math.random());
    await put({ ...entry, problem, tries, triedAt: Date.now(), nextAt: Date.now() + wait });
    return wait;
  }

  // What the browser keeps of a person

  async function forgetPages(but) {
    for (const name of await caches.keys()) {
      if (name.startsWith("pages-") && name !== `pages-${but}`) await caches.delete(name);
    }
  }

  async function forget(user) {
    for (const entry of await all()) if (entry.user === user) await remove(entry);
    await forgetPages();
  }

  return { all, ask, find, put, remove, send, forget, forgetPages };
})();
