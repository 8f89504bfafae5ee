/* What the page knows: the session, its photos, which one is looked at. Others listen. */
import { api } from "./api.js";
import { keep } from "./dom.js";

const bus = new EventTarget();
export const on = (name, fn) => bus.addEventListener(name, (event) => fn(event.detail));
export const emit = (name, detail) => bus.dispatchEvent(new CustomEvent(name, { detail }));

/* Events: "session" (another session), "photos" (its list changed), "current" (another photo is looked at),
   "look" (its state changed; {live} while a control still moves), "mask" (its mask changed). */
export const store = { about: null, session: null, photos: [], current: null };

export const blank = () => ({ network: null, settings: {}, hints: [], candidate: null, keep_grey: false });
export const look = () => store.current?.state ?? blank();
export const networkOf = (state) => store.about.networks.find((n) => n.name === (state.network ?? store.about.network));

export function setSession(session) {
  store.session = session;
  store.photos = session?.photos ?? [];
  store.current = null;
  const hash = session ? `#s=${session.id}` : " ";
  history.replaceState(null, "", session ? hash : location.pathname);
  if (session) keep("session", session.id);
  emit("session");
  emit("photos");
  select(store.photos[0] ?? null);
}

/** The session, made when the first photo comes and named after it or its folder. */
export async function needSession(title) {
  if (!store.session) {
    const made = await api.createSession(title);
    store.session = { ...made, photos: [] };
    store.photos = store.session.photos;
    history.replaceState(null, "", `#s=${made.id}`);
    keep("session", made.id);
    emit("session");
  }
  return store.session;
}

export function addPhotos(photos) {
  store.photos.push(...photos);
  emit("photos");
  if (!store.current && photos.length) select(photos[0]);
}

export function dropPhoto(photo) {
  const at = store.photos.indexOf(photo);
  store.photos.splice(at, 1);
  emit("photos");
  if (store.current === photo) select(store.photos[Math.min(at, store.photos.length - 1)] ?? null);
}

export function select(photo) {
  store.current = photo;
  emit("current");
}

export function step(by) {
  const next = store.photos.indexOf(store.current) + by;
  if (store.photos[next]) select(store.photos[next]);
}
