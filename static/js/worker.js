// The service worker: opens the pages of work without a network, and sends what waits when the
// browser says that there is one again. /sw.js sets `shell` and loads this after queue.js.
"use strict";

const FILES = "files";
const PATIENCE = 4_000; // ms for a page of which a copy is here
const FRESH = 6 * 3600_000; // ms for which a copy made beforehand is not made again
const MOST_PAGES = 40;
const KEPT_AT = "Kept-At";
let pruned; // so that files are not taken away of a page that is about to be kept

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(install());
});
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("sync", (event) => event.waitUntil(sendWaiting()));
self.addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keepAll(event.data.keep));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith(shell.static)) event.respondWith(openFile(request));
  else if (request.mode === "navigate") event.respondWith(openPage(event, url));
});

async function install() {
  const response = await fetch(shell.offline, { cache: "no-store" });
  if (!response.ok) return; // it is no reason to do without the rest
  await store(shell.offline, response, "shell");
}

async function activate() {
  await clients.claim();
  await (pruned = prune().catch(() => {})); // the next version tries again
}

// The browser tries again later where this fails.
async function sendWaiting() {
  if (await queue.send({ atOnce: true })) throw new Error("some still wait");
}

// Files: those that a kept page needs, and no others

async function openFile(request) {
  const files = await caches.open(FILES);
  const kept = await files.match(request.url);
  if (kept && shell.hashed) return kept;
  try {
    const response = await fetch(request);
    if (kept && response.ok) await files.put(request.url, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

// Paths of files that a page or a style sheet names
function filesIn(text, base) {
  const isStyle = new URL(base, location).pathname.endsWith(".css");
  const named = isStyle ? /url\(\s*["']?([^"')#]+)/g : /="([^"#]+)/g;
  const found = new Set();
  for (const [, address] of text.matchAll(named)) {
    if (!isStyle && !address.startsWith(shell.static)) continue;
    const url = new URL(address, new URL(base, location));
    if (url.origin === location.origin) found.add(url.pathname);
  }
  return found;
}

async function keepFiles(text, base) {
  const files = await caches.open(FILES);
  for (const path of filesIn(text, base)) {
    if (await files.match(path)) continue;
    const response = await fetch(path); // which the page has just fetched: from the browser's own cache
    if (!response.ok) continue;
    await files.put(path, response.clone());
    if (path.endsWith(".css")) await keepFiles(await response.text(), path);
  }
}

// A new version of the site names new files: the old ones go when no kept page needs them.
async function prune() {
  const needed = new Set();
  const files = await caches.open(FILES);
  for (const name of await caches.keys()) {
    if (name === FILES) continue;
    const pages = await caches.open(name);
    for (const request of await pages.keys()) {
      const text = await (await pages.match(request)).text();
      for (const path of filesIn(text, request.url)) needed.add(path);
    }
  }
  for (const request of await files.keys()) {
    const path = new URL(request.url).pathname;
    const style = needed.has(path) && path.endsWith(".css");
    const text = style ? await (await files.match(request)).text() : "";
    for (const named of filesIn(text, request.url)) needed.add(named);
  }
  for (const request of await files.keys()) {
    if (!needed.has(new URL(request.url).pathname)) await files.delete(request);
  }
}

// Pages: of one person, who is named on each by the server

async function openPage(event, url) {
  const network = fetch(event.request);
  event.waitUntil(network.then((response) => keep(url.href, response)).catch(() => {}));
  const kept = await findPage(url);
  if (!kept) return network.catch(() => offlinePage());
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const first = await Promise.race([network.catch(() => null), late]);
  return first && first.status < 500 ? first : asItWas(kept);
}

// A form kept for its branch serves for whichever of its meetings the address names; the page looks
// after that (offline.js). Another day is another page.
async function findPage(url) {
  const name = (await caches.keys()).find((each) => each.startsWith("pages-"));
  if (!name) return undefined;
  const pages = await caches.open(name);
  const exact = await pages.match(url.href, { ignoreVary: true });
  if (exact || url.searchParams.has("on")) return exact;
  const branch = (address) => address.searchParams.get("branch");
  const near = (await pages.keys()).find(({ url: kept }) => {
    const other = new URL(kept);
    return other.pathname === url.pathname && branch(other) === branch(url);
  });
  return near && pages.match(near, { ignoreVary: true });
}

async function asItWas(kept) {
  const text = await kept.text();
  const marked = text.replace("<body", `<body data-kept="${kept.headers.get(KEPT_AT)}"`);
  return new Response(marked, { headers: kept.headers });
}

async function offlinePage() {
  return (await (await caches.open("shell")).match(shell.offline)) || Response.error();
}

// The copy is taken at once: the page reads the answer itself.
async function keep(url, response) {
  const user = response.headers.get("Kept-For");
  if (!response.ok || response.redirected || !user) return;
  const copy = response.clone();
  await queue.forgetPages(user);
  await store(url, copy, `pages-${user}`);
}

async function store(url, response, name) {
  const text = await response.text();
  const headers = new Headers(response.headers);
  for (const outdated of ["Content-Encoding", "Content-Length"]) headers.delete(outdated);
  headers.set(KEPT_AT, new Date().toISOString());
  await pruned;
  await keepFiles(text, url); // first: a page that is here can be opened
  const pages = await caches.open(name);
  await pages.put(url, new Response(text, { headers }));
  const [oldest, ...others] = await pages.keys();
  if (others.length >= MOST_PAGES) await pages.delete(oldest);
}

async function keepAll(urls) {
  for (const url of urls) {
    const kept = await caches.match(url, { ignoreVary: true });
    if (kept && Date.now() - Date.parse(kept.headers.get(KEPT_AT)) < FRESH) continue;
    const headers = { Accept: "text/html" };
    await keep(new URL(url, location).href, await fetch(url, { headers }));
  }
}
