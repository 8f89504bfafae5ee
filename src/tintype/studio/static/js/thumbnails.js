/* The small pictures of the list: in grey as they come, in colour as soon as the studio has time for them. */
import { api } from "./api.js";
import { $, make } from "./dom.js";
import { isLost } from "./connection.js";
import { complain } from "./notices.js";
import { shown } from "./pictures.js";
import { on, store } from "./store.js";
import { t } from "./texts.js";

const SIDE = 192;
const REST = 700; // ms without other work before a picture that nobody asked for is made
const images = new Map(); // photo id -> img
const inSight = new Set(); // ids of grey pictures that are seen
const wanted = new Set(); // ids of pictures that got new settings
let busy = false;
let last = 0;
let running = false;
let done = 0;

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const photoOf = (id) => store.photos.find((p) => p.id === id);
const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting && !target.src.startsWith("blob:")) inSight.add(target.dataset.id);
    else inSight.delete(target.dataset.id);
  }
  work();
});

/** The small picture of a photo, to be put into the list. */
export function thumbnail(photo) {
  const src = api.beforeUrl(store.session.id, photo.id, SIDE);
  const image = make("img", { src, alt: "", loading: "lazy", decoding: "async" });
  image.dataset.id = photo.id;
  images.set(photo.id, image);
  sight.observe(image);
  return image;
}

export function dropThumbnail(id) {
  const image = images.get(id);
  if (!image) return;
  sight.unobserve(image);
  if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
  for (const all of [images, inSight, wanted]) all.delete(id);
}

function put(id, blob) {
  const image = images.get(id);
  if (!image || !blob) return;
  const old = image.src;
  image.src = URL.createObjectURL(blob);
  if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  inSight.delete(id);
}

/* What the stage shows need not be asked for. */
function fromStage({ photo, detail, draft }) {
  if (!shown.after || detail || draft || photo !== store.current) return;
  const k = Math.min(1, SIDE / Math.max(shown.after.width, shown.after.height));
  const canvas = make("canvas", { width: Math.max(1, Math.round(shown.after.width * k)), height: Math.max(1, Math.round(shown.after.height * k)) });
  canvas.getContext("2d").drawImage(shown.after, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => put(photo.id, blob), "image/jpeg", 0.85);
}

async function ask(id) {
  const photo = photoOf(id);
  if (!photo || photo === store.current) return;
  try {
    const { blob } = await api.preview(store.session.id, id, { size: SIDE, state: photo.state });
    put(id, blob);
  } catch (error) {
    complain(error, photo.name);
    if (error.status === 429) await pause(REST);
  }
}

function progress() {
  $("follow").hidden = !wanted.size;
  if (!wanted.size) { done = 0; return; }
  const total = done + wanted.size;
  $("follow-text").textContent = t("job.running", { done, total });
  Object.assign($("follow-bar"), { max: total, value: done });
}

async function work() {
  if (running) return;
  running = true;
  while (wanted.size || inSight.size) {
    const asked = wanted.size > 0;
    const [id] = asked ? wanted : inSight;
    if (!asked && (busy || document.hidden || isLost() || performance.now() - last < REST)) { await pause(100); continue; }
    await ask(id);
    if (asked) done += 1;
    wanted.delete(id);
    inSight.delete(id);
    progress();
  }
  running = false;
}

export function initThumbnails() {
  on("picture", fromStage);
  on("working", (yes) => { busy = yes; last = performance.now(); });
  on("applied", (ids) => { for (const id of ids) wanted.add(id); progress(); work(); });
  $("follow-stop").addEventListener("click", () => {
    // They are coloured later, when they are looked at.
    for (const id of wanted) inSight.add(id);
    wanted.clear();
    progress();
    $("stage").focus({ preventScroll: true });
  });
}
