/* Where the network is unsure: a hatching over the photograph, stronger where the doubt is greater. */
import { api } from "./api.js";
import { $, clamp, debounce } from "./dom.js";
import { complain, say } from "./notices.js";
import { addOverlay, repaint, view } from "./stage.js";
import { look, on, store } from "./store.js";
import { t } from "./texts.js";

let veil = null;
let controller = null;

/** Values below which the given shares of the pixels lie. */
function levels(p, shares) {
  const counts = new Uint32Array(256);
  for (let i = 0; i < p.length; i += 4) counts[p[i]] += 1;
  return shares.map((share) => {
    let left = (share * p.length) / 4;
    let level = 0;
    while (level < 255 && (left -= counts[level]) > 0) level += 1;
    return level;
  });
}

function hatch(picture) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const ctx = canvas.getContext("2d");
  ctx.drawImage(picture, 0, 0);
  const data = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const p = data.data;
  // Doubt is relative: what matters is where in this photograph the network is least sure.
  const [sure, unsure] = levels(p, [0.55, 0.03]);
  for (let i = 0, n = 0; i < p.length; i += 4, n += 1) {
    const doubt = clamp((sure - p[i]) / Math.max(sure - unsure, 1), 0, 1);
    const at = ((n % canvas.width) + Math.floor(n / canvas.width)) % 9;
    // Neutral lines, light beside dark: seen on every ground, by every eye, and no colour is changed between them.
    p[i + 3] = at < 2 ? 165 * doubt : at < 3 ? 120 * doubt : 0;
    p[i] = p[i + 1] = p[i + 2] = at < 2 ? 255 : 0;
  }
  ctx.putImageData(data, 0, 0);
  return canvas;
}

const ask = debounce(async () => {
  const photo = store.current;
  if (!photo || !$("confidence").checked) return;
  controller?.abort();
  controller = new AbortController();
  try {
    const blob = await api.confidence(store.session.id, photo.id, { size: 512, state: structuredClone(look()) }, controller.signal);
    const picture = await createImageBitmap(blob);
    if (photo !== store.current || !$("confidence").checked) return;
    veil = hatch(picture);
    repaint();
    say(t("confidence.shown"));
  } catch (error) {
    complain(error, photo.name);
  }
}, 120);

export function initConfidence() {
  $("confidence").addEventListener("change", () => { veil = null; $("doubt-note").hidden = !$("confidence").checked; repaint(); ask(); });
  on("current", () => { veil = null; ask(); });
  on("look", ({ live, hold }) => { if (!live && !hold) ask(); });
  addOverlay((ctx) => {
    if (!veil || !$("confidence").checked) return;
    const [x, y] = view.toStage(0, 0);
    ctx.drawImage(veil, x, y, view.width * view.scale, view.height * view.scale);
  });
}
