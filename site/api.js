/* In place of the studio's api.js: the same calls, answered by a worker of this page. Nothing leaves the computer. */
import { make } from "./dom.js";
import { notice, say } from "./notices.js";
import { select, store } from "./store.js"; // it imports this file too; neither needs the other while it is loaded
import { maybe, t } from "./texts.js";

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** There is no server that could be lost. */
export class LostError extends ApiError {}
export function whenLost() {}

/** What the studio's films ask of a server: there are none. */
export async function request(method, path) {
  if (method === "GET" && path === "/api/films") return Response.json({ films: [] });
  throw new ApiError(422, "film", t("site.film"));
}

/** What the worker says went wrong, {status, code, values}, in words. */
function problem({ status, code, values = {} }) {
  return new ApiError(status, code, maybe(`errors.${code}`, values) ?? maybe(`site.${code}`, values) ?? t("site.worker"));
}

// ?backend=wasm or ?backend=webgpu says who computes; else it is what is there.
const worker = new Worker(new URL(`../../worker.js${location.search}`, import.meta.url), { type: "module" });
const calls = new Map();
let count = 0;

/** Ask the worker. */
function ask(name, args, signal) {
  count += 1;
  const id = count;
  return new Promise((resolve, reject) => {
    calls.set(id, { resolve, reject });
    signal?.addEventListener("abort", () => {
      if (!calls.delete(id)) return;
      worker.postMessage({ cancel: id });
      reject(new DOMException("a newer request took over", "AbortError"));
    });
    worker.postMessage({ id, name, args });
  });
}

worker.addEventListener("message", ({ data }) => {
  if (data.progress) { progress(data.progress); return; }
  if (data.failed) { failed(problem(data.failed)); return; }
  if (data.note) notice(t(`site.${data.note}`));
  if (data.backend) document.body.dataset.backend = data.backend;
  if (data.note || data.backend) return;
  const call = calls.get(data.id);
  calls.delete(data.id);
  if (data.error) call?.reject(problem(data.error));
  else call?.resolve(data.result);
});

// A worker that can't even start would leave the page waiting.
worker.addEventListener("error", (event) => {
  console.error(event.message);
  for (const { reject } of calls.values()) reject(problem({ status: 500, code: "worker" }));
  calls.clear();
});

/* The network comes once; until it is here the start page says how far it is. */
let bar = null;
function progress({ done, total }) {
  if (!bar) {
    const label = make("label", { htmlFor: "network-bar" });
    bar = { label, progress: make("progress", { id: "network-bar", max: total }), said: -1 };
    bar.node = make("div", { id: "network-progress", className: "intake", attrs: { role: "region", "aria-label": t("job.title") } }, label, bar.progress);
    document.querySelector(".bar").after(bar.node);
  }
  const n = Math.floor((100 * done) / total);
  bar.label.textContent = t("site.fetching", { n, size: total / 1e6 });
  bar.progress.value = done;
  if (Math.floor(n / 25) !== bar.said) { bar.said = Math.floor(n / 25); say(bar.label.textContent); }
  bar.node.hidden = done >= total;
}

/* Said at once, while nobody has chosen a photograph yet. */
function failed(error) {
  if (bar) bar.node.hidden = true;
  notice(error.message, { error: true });
}

/* Photographs outlive a reload, as when another language is chosen: the service worker holds them in memory meanwhile,
   for this tab alone. Where there is none, the browser asks before the page goes. */
const tab = (() => {
  const name = "tintype.tab";
  try {
    if (!sessionStorage.getItem(name)) sessionStorage.setItem(name, crypto.randomUUID());
    return sessionStorage.getItem(name);
  } catch { return null; } // Storage is denied.
})();
const workers = (() => { try { return navigator.serviceWorker ?? null; } catch { return null; } })();
const keeper = () => (tab === null ? null : workers?.controller);

addEventListener("pagehide", () => {
  const held = store.photos.map(({ id, state }) => ({ file: photos.get(id).file, name: photos.get(id).name, state, current: id === store.current?.id }));
  keeper()?.postMessage({ hold: tab, held: structuredClone(held) });
});
addEventListener("beforeunload", (event) => { if (store.photos.length && !keeper()) event.preventDefault(); });

/** What was held over a reload; once asked for, it is held no longer. */
const heldBefore = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  keeper()?.postMessage({ ask: tab }, [port2]);
  setTimeout(resolve, keeper() ? 2000 : 0, []); // Nobody has to wait for a worker that hangs.
});

const photos = new Map(); // id -> {address, file, name}
let held = [];
let session = null;
const sessionOf = () => ({ id: session.id, title: session.title, photos: [], modified: Date.now() / 1000 });

export const api = {
  about: () => ask("about"),
  sessions: async () => {
    held = await heldBefore();
    return { sessions: held.length ? [{ id: "here" }] : [] };
  },
  createSession: async (title) => { session = { id: "here", title: title ?? "" }; return sessionOf(); },
  session: async () => {
    session = { id: "here", title: "" };
    const again = { ...sessionOf() };
    for (const { file, name, state, current } of held.splice(0)) {
      try {
        const { photos: [photo] } = await api.upload("here", file, name);
        again.photos.push({ ...photo, state });
        if (current) setTimeout(() => select(again.photos.find(({ id }) => id === photo.id)));
      } catch (error) {
        failed(error);
      }
    }
    return again;
  },
  renameSession: async (_, title) => { session.title = title; },
  deleteSession: async () => {},
  upload: async (_, file, name) => {
    const { thumb, said, ...photo } = await ask("open", { file, name });
    photo.notes = said.map(({ key, values }) => ({ text: t(`site.${key}`, values) })); // Nothing is reduced in silence.
    photos.set(photo.id, { address: URL.createObjectURL(thumb), file, name });
    return { photos: [photo] };
  },
  deletePhoto: async (_, photo) => {
    URL.revokeObjectURL(photos.get(photo).address);
    photos.delete(photo);
    await ask("close", { photo });
  },
  // What is steered lives as long as the page does.
  putState: async () => {},
  beforeUrl: (_, photo) => photos.get(photo).address,
  before: (_, photo, size, signal) => ask("before", { photo, size }, signal),
  preview: (_, photo, wanted, signal) => ask("preview", { photo, ...wanted }, signal),
  region: (_, photo, part, signal) => ask("region", { photo, ...part }, signal),
  suggest: (_, photo, spot) => ask("suggest", { photo, ...spot }),
  candidates: async (_, photo, wanted) => {
    const { candidates } = await ask("candidates", { photo, ...wanted });
    return { candidates: candidates.map(({ candidate, blob }) => ({ candidate, image: URL.createObjectURL(blob) })) };
  },
  confidence: (_, photo, wanted, signal) => ask("confidence", { photo, ...wanted }, signal),
  download: async (_, photo, format) => {
    const { blob, name, left } = await ask("download", { photo, format, state: structuredClone(store.current.state) });
    if (left.length) notice(t("site.left", { names: left }), { stay: true });
    return new Response(blob, { headers: { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` } });
  },
  apply: async (_, { settings }) => ({ photos: store.photos.map((p) => ({ id: p.id, state: { ...structuredClone(p.state), settings: structuredClone(settings) } })) }),
};

if (workers) {
  const fresh = !workers.controller;
  workers.register(new URL("../../sw.js", import.meta.url)).then(() => workers.ready).then(() => {
    // A host that sends no headers for threads: the service worker sends them from the next load on.
    if (fresh && !crossOriginIsolated && tab !== null && !sessionStorage.getItem("tintype.isolated")) {
      sessionStorage.setItem("tintype.isolated", "tried");
      location.reload();
    }
  }).catch(() => { /* Without it the page works, only not offline. */ });
}
