/* What survives closing the page: every change goes to the server a moment later, and again when it was away. */
import { api } from "./api.js";
import { isLost, whenBack } from "./connection.js";
import { debounce, keep, kept } from "./dom.js";
import { complain } from "./notices.js";
import { store } from "./store.js";

const waiting = new Map(); // photo -> {session, mask}
let running = null;
const soon = debounce(() => quietly(), 250);

/** Keep the state of `photo` (and its mask) on the server, soon. */
export function laterSave(photo, { mask = false } = {}) {
  const before = waiting.get(photo);
  waiting.set(photo, { session: store.session.id, mask: mask || before?.mask || false });
  soon();
}

async function saveOne(photo, { session, mask }) {
  if (mask) await (photo.mask ? api.putMask(session, photo.id, photo.mask) : api.deleteMask(session, photo.id));
  // keepalive: what is under way when the page closes still arrives (browsers allow 64 KiB for it).
  await api.putState(session, photo.id, photo.state, { keepalive: JSON.stringify(photo.state).length < 50_000 });
}

async function work() {
  while (waiting.size) {
    const [photo, what] = waiting.entries().next().value;
    waiting.delete(photo);
    try {
      await saveOne(photo, what);
    } catch (error) {
      if (error.status === 404) continue; // The photo was removed meanwhile.
      // Nothing newer may be overwritten by what failed.
      const newer = waiting.get(photo);
      waiting.set(photo, { ...what, mask: what.mask || newer?.mask || false });
      throw error;
    }
  }
}

/** Save everything that waits, now. Resolves when the server has it; rejects when it could not be kept. */
export async function flush() {
  soon.cancel();
  while (running) await running.catch(() => {});
  if (!waiting.size) return;
  running = work();
  try {
    await running;
  } finally {
    running = null;
  }
}

/* The browser keeps what the server can't take now, so that the page may be closed meanwhile. */
function remember() {
  const states = [...waiting].map(([photo, { session }]) => ({ session, photo: photo.id, state: photo.state, time: Date.now() }));
  keep("unsent", JSON.stringify(states));
}

/** Send what an earlier visit could not; not where the photo was changed since. */
export async function sendUnsent() {
  for (const { session, photo, state, time } of JSON.parse(kept("unsent") ?? "[]")) {
    try {
      const { modified } = await api.photo(session, photo);
      if (modified * 1000 < time) await api.putState(session, photo, state);
    } catch (error) {
      complain(error);
      if (error.status !== 404) return; // Tried again at the next visit.
    }
  }
  keep("unsent", "[]");
}

const quietly = () => flush().then(() => keep("unsent", "[]"), (error) => {
  remember();
  complain(error);
  // A full disk may have room again; a lost server calls whenBack.
  if (error.status >= 500) setTimeout(() => soon(), 10_000);
});

export function forget(photo) { waiting.delete(photo); }

export function initSaving() {
  whenBack(quietly);
  // The page goes away: what waits is sent all the same.
  document.addEventListener("visibilitychange", () => { if (document.hidden) quietly(); });
  addEventListener("pagehide", () => {
    if (isLost()) remember();
    for (const [photo, { session }] of waiting) api.putState(session, photo.id, photo.state, { keepalive: true }).catch(() => {});
  });
}
