/* In place of the studio's api.js: the same calls, answered by a worker of this page. Nothing leaves the computer. */
import { make } from "./dom.js";
import { notice, say } from "./notices.js";
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
  throw new ApiError(422, "not_installed", t("errors.not_installed"));
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
  if (data.note) notice(t(`site.${data.note}`));
  if (data.backend) document.body.dataset.backend = data.backend;
  if (data.note || data.backend) return;
  const call = calls.get(data.id);
  calls.delete(data.id);
  if (data.error) call?.reject(new ApiError(data.error.status, data.error.code, maybe(`errors.${data.error.code}`) ?? data.error.message));
  else call?.resolve(data.result);
});

// A worker that can't even start would leave the page waiting.
worker.addEventListener("error", (event) => {
  for (const { reject } of calls.values()) reject(new ApiError(500, "unknown", event.message || t("errors.unknown")));
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

const photos = new Map(); // id -> {thumb: address}
let session = null;
const sessionOf = () => ({ id: session.id, title: session.title, photos: [], modified: Date.now() / 1000 });

export const api = {
  about: () => ask("about"),
  sessions: async () => ({ sessions: [] }),
  createSession: async (title) => { session = { id: "here", title: title ?? "" }; return sessionOf(); },
  session: async () => sessionOf(),
  renameSession: async (_, title) => { session.title = title; },
  deleteSession: async () => {},
  upload: async (_, file, name) => {
    const { thumb, said, ...photo } = await ask("open", { file, name });
    photo.notes = said.map(({ key, values }) => ({ text: t(`site.${key}`, values) })); // Nothing is reduced in silence.
    photos.set(photo.id, URL.createObjectURL(thumb));
    return { photos: [photo] };
  },
  deletePhoto: async (_, photo) => {
    URL.revokeObjectURL(photos.get(photo));
    photos.delete(photo);
    await ask("close", { photo });
  },
  // What is steered lives as long as the page does.
  putState: async () => {},
  beforeUrl: (_, photo) => photos.get(photo),
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
    const { store } = await import("./store.js");
    const { blob, name, left } = await ask("download", { photo, format, state: structuredClone(store.current.state) });
    if (left.length) notice(t("site.left", { names: left }));
    return new Response(blob, { headers: { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` } });
  },
  apply: async (_, { settings }) => {
    const { store } = await import("./store.js");
    return { photos: store.photos.map((p) => ({ id: p.id, state: { ...structuredClone(p.state), settings: structuredClone(settings) } })) };
  },
};

if ("serviceWorker" in navigator) {
  const fresh = !navigator.serviceWorker.controller;
  navigator.serviceWorker.register(new URL("../../sw.js", import.meta.url)).then(() => navigator.serviceWorker.ready).then(() => {
    // A host that sends no headers for threads: the service worker sends them from the next load on.
    if (fresh && !crossOriginIsolated && !sessionStorage.getItem("tintype.isolated")) {
      sessionStorage.setItem("tintype.isolated", "tried");
      location.reload();
    }
  }).catch(() => { /* Without it the page works, only not offline. */ });
}
