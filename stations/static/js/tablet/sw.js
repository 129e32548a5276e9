// Lets the tablet's page start without a network. Each version lies in a cache of its own; the page says when the newest
// is taken, so that nothing changes while somebody counts. The server puts SHELL = {version, page, files} before this.
/* global SHELL */
const TAKEN = "mt-tablet";
const POINTER = "/tablet/taken";
const cacheOf = (version) => `${TAKEN}-${version}`;

async function taken() {
  const pointer = await (await caches.open(TAKEN)).match(POINTER);
  return pointer ? pointer.text() : SHELL.version;
}

async function take(version) {
  await (await caches.open(TAKEN)).put(POINTER, new Response(version));
  for (const name of await caches.keys()) {
    if (name.startsWith(`${TAKEN}-`) && name !== cacheOf(version)) await caches.delete(name);
  }
}

async function fill() {
  const cache = await caches.open(cacheOf(SHELL.version));
  const page = await fetch(SHELL.page, { cache: "no-store" });
  const text = await page.clone().text();
  // While a server changes over, the page may be of another version: then this one is not installed, and asked for later.
  if (!page.ok || !text.includes(SHELL.version)) throw new Error("another version");
  await cache.addAll(SHELL.files);
  await cache.put(SHELL.page, page);
  const pointer = await (await caches.open(TAKEN)).match(POINTER);
  if (!pointer || !(await caches.has(cacheOf(await pointer.text())))) await take(SHELL.version);
}

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const answer = event.data === "take" ? take(SHELL.version).then(() => SHELL.version) : Promise.resolve(SHELL.version);
  event.waitUntil(answer.then((version) => event.ports[0]?.postMessage(version)));
});

async function kept(request) {
  const cache = await caches.open(cacheOf(await taken()));
  return (await cache.match(request, { ignoreVary: true, ignoreSearch: true })) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (origin !== self.location.origin || event.request.method !== "GET") return;
  if (pathname === SHELL.page || pathname.startsWith("/static/built/")) event.respondWith(kept(event.request));
});
