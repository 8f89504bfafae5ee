/* The brush: what is painted stays grey. White on black, stretched over the photograph, kept by the server. */
import { api } from "./api.js";
import { $ } from "./dom.js";
import { edit } from "./history.js";
import { complain, say } from "./notices.js";
import { flush, laterSave } from "./saving.js";
import { addOverlay, repaint, view } from "./stage.js";
import { emit, on, store } from "./store.js";
import { t } from "./texts.js";

const SIDE = 1024;
const canvas = document.createElement("canvas");
const ctx = canvas.getContext("2d", { willReadFrequently: true });
const tint = document.createElement("canvas");
let active = false;
let last = null;
let hover = null;
let turn = 0;
let loaded = null; // The photo whose mask the canvas holds: painting on another would lose what is there.

const radius = () => (Number($("brush-size").value) / 100) * Math.min(view.stageWidth, view.stageHeight) * 0.5;

function toMask(sx, sy) {
  const [x, y] = view.toPhoto(sx, sy);
  return [(x / view.width) * canvas.width, (y / view.height) * canvas.height];
}

function dab(sx, sy) {
  if (loaded !== store.current) return;
  const [x, y] = toMask(sx, sy);
  const r = (radius() / view.scale / view.width) * canvas.width;
  ctx.strokeStyle = ctx.fillStyle = $("brush-erase").checked ? "#000" : "#fff";
  ctx.lineCap = "round";
  ctx.lineWidth = r * 2;
  ctx.beginPath();
  ctx.moveTo(...(last ?? [x, y]));
  ctx.lineTo(x + 0.01, y);
  ctx.stroke();
  last = [x, y];
  tinted();
}

/** The mask as a veil for the eye: canvases know no luminance masks, so brightness becomes opacity here. */
function tinted() {
  Object.assign(tint, { width: canvas.width, height: canvas.height });
  const data = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const p = data.data;
  for (let i = 0; i < p.length; i += 4) {
    p[i + 3] = p[i] * 0.45;
    p[i] = 217; p[i + 1] = 119; p[i + 2] = 43;
  }
  tint.getContext("2d").putImageData(data, 0, 0);
  repaint();
}

function wipe() {
  ctx.fillStyle = "#000";
  ctx.fillRect(0, 0, canvas.width, canvas.height);
}

async function done() {
  last = null;
  if (loaded !== store.current) { load(); return; }
  const photo = store.current;
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/png"); });
  await change(photo, blob);
  say(t("mask.painted"));
}

/* The mask must be on the server before the picture that follows it is asked for. */
async function change(photo, blob) {
  edit((state) => { photo.mask = blob; state.keep_grey = Boolean(blob); }, { photo, hold: true });
  laterSave(photo, { mask: true });
  await sent();
}

async function sent() {
  try {
    await flush();
    emit("look", { live: false });
  } catch (error) {
    complain(error);
  }
}

/** Show the mask of the photograph that is looked at. */
async function load() {
  const photo = store.current;
  if (!photo) return;
  const mine = ++turn;
  loaded = null;
  const k = Math.min(1, SIDE / Math.max(photo.width, photo.height));
  Object.assign(canvas, { width: Math.max(1, Math.round(photo.width * k)), height: Math.max(1, Math.round(photo.height * k)) });
  wipe();
  if (photo.state.keep_grey && !photo.mask) {
    try {
      const blob = await api.mask(store.session.id, photo.id);
      photo.mask ??= blob;
    } catch (error) {
      complain(error, photo.name);
      return;
    }
    if (mine !== turn) return;
  }
  if (photo.mask) {
    const picture = await createImageBitmap(photo.mask);
    if (mine !== turn) return;
    ctx.drawImage(picture, 0, 0, canvas.width, canvas.height);
  }
  loaded = photo;
  tinted();
}

export const maskTool = {
  start(...place) { last = null; dab(...place); },
  move(...place) { hover = place; dab(...place); },
  end: done,
  cancel: load,
  dab(...place) { last = null; dab(...place); done(); },
  hover(...place) { hover = place; repaint(); },
};

export function showMask(yes) {
  active = yes;
  $("mask-bar").hidden = !yes;
  repaint();
}

export function initMask() {
  on("current", load);
  on("mask", async () => { await load(); await sent(); });
  $("mask-clear").addEventListener("click", async () => {
    if (!store.current) return;
    wipe();
    tinted();
    await change(store.current, null);
    say(t("mask.cleared"));
  });
  $("stage").addEventListener("pointerleave", () => { hover = null; repaint(); });
  addOverlay((to) => {
    if (!active) return;
    const [x, y] = view.toStage(0, 0);
    to.drawImage(tint, x, y, view.width * view.scale, view.height * view.scale);
    if (!hover) return;
    for (const [color, width] of [["#000a", 3], ["#fff", 1.5]]) {
      to.strokeStyle = color;
      to.lineWidth = width;
      to.beginPath();
      to.arc(...hover, Math.max(radius(), 1), 0, 7);
      to.stroke();
    }
  });
}
