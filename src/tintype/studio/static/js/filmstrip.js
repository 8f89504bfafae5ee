/* The photos of the session, on the left (on phones: a strip). */
import { api } from "./api.js";
import { ask } from "./dialogs.js";
import { $, icon, make } from "./dom.js";
import { complain } from "./notices.js";
import { shown } from "./pictures.js";
import { forget } from "./saving.js";
import { dropPhoto, on, select, store } from "./store.js";
import { t } from "./texts.js";

const items = new Map(); // photo id -> li
const stale = new Set();

async function remove(photo) {
  if (!(await ask(t("photos.removeAsk", photo), t("photos.removeYes")))) return;
  try {
    forget(photo);
    await api.deletePhoto(store.session.id, photo.id);
    dropPhoto(photo);
    (items.get(store.current?.id)?.querySelector(".frame") ?? $("pick-files")).focus();
  } catch (error) {
    complain(error, photo.name);
  }
}

function item(photo) {
  const name = photo.pages > 1 ? `${photo.name}, ${t("photos.page", photo)}` : photo.name;
  const image = make("img", { src: api.beforeUrl(store.session.id, photo.id, 192), alt: "", loading: "lazy", decoding: "async" });
  const label = t("photos.remove", { name });
  const node = make("li", {},
    make("button", { type: "button", className: "frame", title: name, on: { click: () => select(photo) } }, image, make("span", { className: "frame-name", textContent: name })),
    make("button", { type: "button", className: "square quiet frame-remove", title: label, attrs: { "aria-label": label }, on: { click: () => remove(photo) } }, icon("close")));
  items.set(photo.id, node);
  return node;
}

function draw() {
  const film = $("film");
  const ids = new Set(store.photos.map((p) => p.id));
  for (const [id, node] of items) if (!ids.has(id)) { node.remove(); items.delete(id); }
  for (const photo of store.photos) film.append(items.get(photo.id) ?? item(photo));
  $("photo-count").textContent = store.photos.length ? t("photos.count", { n: store.photos.length }) : "";
  mark();
}

/* Not scrollIntoView: that also moves the place from which the Tab key goes on. */
function reveal(node) {
  for (const box of [$("film"), $("shelf")]) {
    const a = node.getBoundingClientRect();
    const b = box.getBoundingClientRect();
    if (a.left < b.left || a.right > b.right) box.scrollLeft += a.left - b.left - 12;
    if (a.top < b.top || a.bottom > b.bottom) box.scrollTop += a.top - b.top - 12;
  }
}

function mark() {
  for (const [id, node] of items) {
    const here = id === store.current?.id;
    const frame = node.querySelector(".frame");
    if (here) frame.setAttribute("aria-current", "true"); else frame.removeAttribute("aria-current");
    if (here) reveal(node);
  }
}

/** A photo that was coloured is coloured in the list, too. */
function thumbnail({ photo, detail, draft }) {
  const image = items.get(photo.id)?.querySelector("img");
  if (!image || !shown.after || detail || draft || photo !== store.current) return;
  const k = Math.min(1, 192 / Math.max(shown.after.width, shown.after.height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(shown.after.width * k)), height: Math.max(1, Math.round(shown.after.height * k)) });
  canvas.getContext("2d").drawImage(shown.after, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => {
    if (!blob) return;
    const old = image.src;
    image.src = URL.createObjectURL(blob);
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  }, "image/jpeg", 0.85);
}

/** Settings came to many photos: their small pictures are asked for again, one after the other. */
async function refresh(ids) {
  const running = stale.size > 0;
  for (const id of ids) stale.add(id);
  if (running) return;
  for (let done = 0; stale.size; done += 1) {
    const total = done + stale.size;
    $("follow").hidden = false;
    $("follow-text").textContent = t("job.running", { done, total });
    Object.assign($("follow-bar"), { max: total, value: done });
    const [id] = stale;
    await recolour(id);
    stale.delete(id);
  }
  $("follow").hidden = true;
}

async function recolour(id) {
  const photo = store.photos.find((p) => p.id === id);
  const image = items.get(id)?.querySelector("img");
  if (!photo || !image || photo === store.current) return;
  try {
    image.src = URL.createObjectURL(await api.preview(store.session.id, id, 192, photo.state));
  } catch (error) {
    complain(error, photo.name);
  }
}

export function initFilmstrip() {
  on("session", () => { items.clear(); $("film").replaceChildren(); });
  on("photos", draw);
  on("current", mark);
  on("picture", thumbnail);
  on("applied", refresh);
}
