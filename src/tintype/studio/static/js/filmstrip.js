/* The photos of the session, on the left (on phones: a strip). */
import { api } from "./api.js";
import { ask } from "./dialogs.js";
import { $, icon, make } from "./dom.js";
import { complain } from "./notices.js";
import { forget } from "./saving.js";
import { dropPhoto, on, select, store } from "./store.js";
import { t } from "./texts.js";
import { dropThumbnail, thumbnail } from "./thumbnails.js";

const items = new Map(); // photo id -> li

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
  const name = photo.pages > 1 ? t("photos.page", photo) : photo.name;
  const label = t("photos.remove", { name });
  const node = make("li", {},
    make("button", { type: "button", className: "frame", title: name, on: { click: () => select(photo) } }, thumbnail(photo), make("span", { className: "frame-name", dir: "auto", textContent: name })),
    make("button", { type: "button", className: "square quiet frame-remove", title: label, attrs: { "aria-label": label }, on: { click: () => remove(photo) } }, icon("close")));
  items.set(photo.id, node);
  return node;
}

function drop(id, node) {
  node.remove();
  items.delete(id);
  dropThumbnail(id);
}

function draw() {
  const film = $("film");
  const ids = new Set(store.photos.map((p) => p.id));
  for (const [id, node] of items) if (!ids.has(id)) drop(id, node);
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

export function initFilmstrip() {
  on("session", () => { for (const [id, node] of items) drop(id, node); });
  on("photos", draw);
  on("current", mark);
}
