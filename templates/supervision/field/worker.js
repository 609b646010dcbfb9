/* Keeps the page for visits on the device, so that it opens without network. What people enter is not kept here. */
"use strict";

const CACHE = "field-{{ version }}";
const SHELL = "{{ shell }}";
const FILES = {{ files|safe }};
/* Milliseconds a weak network has to bring the page before the kept one is shown. */
const PATIENCE = 4000;
const ANY = { ignoreVary: true };

self.addEventListener("install", (event) => {
  event.waitUntil(fill().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate" && address.pathname === SHELL) event.respondWith(page(request));
  else if (FILES.includes(address.pathname)) event.respondWith(file(request));
});

/* All files of this version and the page; when one cannot be had, the version before stays. */
async function fill() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((path) => new Request(path, { cache: "reload" })));
  const answer = await fetch(SHELL, { credentials: "same-origin", cache: "no-store" });
  if (!isPage(answer)) throw new Error("the page is not to be had now");
  await cache.put(SHELL, answer);
}

async function tidy() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith("field-") && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

function isPage(answer) {
  return answer.ok && !answer.redirected && answer.type === "basic";
}

/* From the network where there is one, so that language and version are the present ones; else the kept page. */
async function page(request) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(SHELL, ANY);
  const asked = fetch(request).then(async (answer) => {
    if (isPage(answer)) await cache.put(SHELL, answer.clone());
    return answer.status >= 500 && kept ? kept : answer;
  });
  if (!kept) return asked;
  const patience = new Promise((done) => setTimeout(() => done(kept), PATIENCE));
  return Promise.race([asked.catch(() => kept), patience]);
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, ANY)) || fetch(request);
}
