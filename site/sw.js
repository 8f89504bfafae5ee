/* The page works without a network line after the first visit: its files are kept, each by its hash in FILES, which the
   build writes. What is answered also carries the headers without which browsers give no threads. */
const VERSION = "@version@";
const FILES = ["@files@"];
const KEPT = `tintype-page-${VERSION}`;
const LARGE = "tintype-network"; // the network and the runtime, kept by network.js
const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin" };

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(KEPT).then((cache) => cache.addAll(FILES.map((f) => new Request(f, { cache: "reload" })))).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("tintype-page-") && name !== KEPT) await caches.delete(name);
    await self.clients.claim();
  })());
});

function withHeaders(response) {
  if (!response.ok || response.type === "opaque") return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

async function answer(request) {
  const kept = (await (await caches.open(KEPT)).match(request, { ignoreSearch: true })) ?? (await (await caches.open(LARGE)).match(request));
  return withHeaders(kept ?? (await fetch(request)));
}

self.addEventListener("fetch", (event) => {
  // Nothing is sent: only what lies beside this file is asked for, and only asked for.
  const { method, url } = event.request;
  if (method !== "GET" || new URL(url).origin !== self.location.origin) { event.respondWith(Response.error()); return; }
  event.respondWith(answer(event.request));
});

/* What a tab has open while it is loaded anew: held in memory, and let go of after a minute or with this worker. */
const held = new Map();
self.addEventListener("message", ({ data, ports }) => {
  if (data.hold) {
    held.set(data.hold, data.held);
    setTimeout(() => { if (held.get(data.hold) === data.held) held.delete(data.hold); }, 60_000);
  }
  if (data.ask) {
    ports[0].postMessage(held.get(data.ask) ?? []);
    held.delete(data.ask);
  }
});
