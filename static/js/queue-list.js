// The page of what waits on this phone.
"use strict";

self.queueList = (() => {
  function show({ queue, user, send }) {
    const part = document.querySelector("[data-queue-list]");
    const rows = part.querySelector("[data-rows]");
    const template = part.querySelector("template");
    const button = document.querySelector("[data-send]");

    async function draw() {
      const entries = await queue.all();
      const own = entries.filter((entry) => entry.user === user);
      rows.replaceChildren(...own.map(row));
      part.querySelector("[data-none]").hidden = own.length > 0;
      const others = part.querySelector("[data-others]");
      others.hidden = own.length === entries.length;
      others.querySelector("[data-words]").textContent = others.dataset.others.replace("#", entries.length - own.length);
      button.hidden = !own.some((entry) => entry.state === "waiting");
      part.hidden = false;
    }

    function row(entry) {
      const item = template.content.firstElementChild.cloneNode(true);
      self.queueForm.show(item, entry);
      item.dataset.key = entry.key;
      item.querySelector("time").textContent = new Date(entry.madeAt).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
      const correct = item.querySelector("[data-correct]");
      correct.href = `${entry.page}#queued=${entry.key}`;
      correct.hidden = !["invalid", "conflict", "refused"].includes(entry.state);
      const discard = item.querySelector("[data-discard]");
      const seen = item.querySelector("[data-seen]");
      seen.hidden = entry.state !== "attention";
      discard.hidden = !seen.hidden;
      seen.addEventListener("click", () => queue.remove(entry));
      discard.addEventListener("click", () => confirm(discard.dataset.discard.replace("#", entry.label)) && queue.remove(entry));
      return item;
    }

    button.addEventListener("click", async () => {
      button.disabled = true;
      await send({ atOnce: true });
      button.disabled = false;
    });
    self.addEventListener("queue", draw);
    drawPages(user);
    return draw();
  }

  // The pages that open without a network
  async function drawPages(user) {
    const part = document.querySelector("[data-kept-pages]");
    const pages = await caches.open(`pages-${user}`);
    for (const request of await pages.keys()) {
      const text = await (await pages.match(request)).text();
      const title = new DOMParser().parseFromString(text, "text/html").title.replace(/ · [^·]*$/, "");
      const { pathname, search } = new URL(request.url);
      if (pathname === location.pathname) continue;
      const link = Object.assign(document.createElement("a"), { href: pathname + search, textContent: title });
      const item = document.createElement("li");
      item.append(link);
      part.querySelector("ul").append(item);
      part.hidden = false;
    }
  }

  return { show };
})();
