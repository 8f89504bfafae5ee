/* Every request to the server, and what its errors mean. */
import { problem, t } from "./texts.js";

export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The server could not be reached at all. */
export class LostError extends ApiError {
  constructor() { super(0, "lost", t("lost.text")); }
}

let onLost = () => {};
export function whenLost(fn) { onLost = fn; }

async function failure(response) {
  const { status } = response;
  let told = null;
  try { told = (await response.json()).error; } catch { /* No JSON: the status must do. */ }
  if (status === 401) return new ApiError(status, told?.code ?? "unauthorized", t("errors.unauthorized"));
  if (told?.code) return new ApiError(status, told.code, problem(told));
  return status === 429 ? new ApiError(status, "queue_full", t("errors.queue_full")) : new ApiError(status, "unknown", t("errors.status", { status }));
}

export async function request(method, path, { json, body, headers = {}, signal, keepalive = false } = {}) {
  const init = { method, signal, keepalive, headers: { ...headers, "X-Tintype": "1" }, credentials: "same-origin", cache: "no-store" };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers["Content-Type"] = "application/json";
  } else if (body !== undefined) {
    init.body = body;
  }
  let response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    onLost();
    throw new LostError();
  }
  if (!response.ok) throw await failure(response);
  return response;
}

const json = async (method, path, value, more = {}) => (await request(method, path, { json: value, ...more })).json();
const blob = async (method, path, value, more = {}) => (await request(method, path, { json: value, ...more })).blob();
const at = (s, p, rest = "") => `/api/sessions/${s}/photos/${p}${rest}`;

export const api = {
  about: () => json("GET", "/api/about"),
  sessions: () => json("GET", "/api/sessions"),
  createSession: (title) => json("POST", "/api/sessions", title ? { title } : {}),
  session: (s) => json("GET", `/api/sessions/${s}`),
  renameSession: (s, title) => json("PATCH", `/api/sessions/${s}`, { title }),
  deleteSession: (s) => request("DELETE", `/api/sessions/${s}`),
  upload: async (s, file, name) => {
    const form = new FormData();
    form.append("file", file, name);
    return (await request("POST", `/api/sessions/${s}/photos`, { body: form })).json();
  },
  fromFolder: (s, paths) => json("POST", `/api/sessions/${s}/photos/from-folder`, { paths }),
  folder: (path, start = 0) => json("GET", `/api/folder?path=${encodeURIComponent(path)}&start=${start}`),
  photo: (s, p) => json("GET", at(s, p)),
  deletePhoto: (s, p) => request("DELETE", at(s, p)),
  putState: (s, p, state, more) => json("PUT", at(s, p, "/state"), state, more),
  putMask: (s, p, png) => request("PUT", at(s, p, "/keep-grey"), { body: png, headers: { "Content-Type": "image/png" } }),
  deleteMask: (s, p) => request("DELETE", at(s, p, "/keep-grey")),
  mask: (s, p) => blob("GET", at(s, p, "/keep-grey")),
  beforeUrl: (s, p, size) => at(s, p, `/before?size=${size}`),
  before: (s, p, size, signal) => blob("GET", at(s, p, `/before?size=${size}`), undefined, { signal }),
  /** A picture in colour; `draft` where the network's own answer is still to be asked for. */
  preview: async (s, p, wanted, signal) => {
    const response = await request("POST", at(s, p, "/preview"), { json: wanted, signal });
    return { blob: await response.blob(), draft: response.headers.has("Tintype-Draft") };
  },
  region: (s, p, region, signal) => blob("POST", at(s, p, "/region"), region, { signal }),
  suggest: (s, p, spot) => json("POST", at(s, p, "/suggest"), spot),
  candidates: (s, p, wanted) => json("POST", at(s, p, "/candidates"), wanted),
  confidence: (s, p, wanted, signal) => blob("POST", at(s, p, "/confidence"), wanted, { signal }),
  download: (s, p, format) => request("GET", at(s, p, `/download${format ? `?format=${format}` : ""}`)),
  apply: (s, wanted) => json("POST", `/api/sessions/${s}/apply`, wanted),
  review: (s, p, verdict) => json("POST", at(s, p, "/review"), { verdict }),
  startJob: (session, photos) => json("POST", "/api/jobs", { session, photos, kind: "download" }),
  job: (j) => json("GET", `/api/jobs/${j}`),
  cancelJob: (j) => request("DELETE", `/api/jobs/${j}`),
  live: async (jpeg, signal) => (await request("POST", "/api/live", { body: jpeg, headers: { "Content-Type": "image/jpeg" }, signal })).blob(),
};
