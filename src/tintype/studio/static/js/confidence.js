/* Where the network is unsure: a hatching over the photograph, denser where it is surer of its doubt. */
import { api } from "./api.js";
import { $, debounce } from "./dom.js";
import { complain, say } from "./notices.js";
import { addOverlay, repaint, view } from "./stage.js";
import { look, on, store } from "./store.js";
import { t } from "./texts.js";

let veil = null;
let controller = null;

function hatch(picture) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const ctx = canvas.getContext("2d");
  ctx.drawImage(picture, 0, 0);
  const data = ctx.getImageData(0, 0, canvas.width, canvas.height);
  const p = data.data;
  for (let i = 0, n = 0; i < p.length; i += 4, n += 1) {
    const doubt = 1 - p[i] / 255;
    const line = ((n % canvas.width) + Math.floor(n / canvas.width)) % 8 < 3;
    // Lines and not only a tint: doubt must be seen by those who see no hues, too.
    p[i + 3] = Math.min(1, doubt ** 1.4) * (line ? 255 : 90);
    p[i] = 217; p[i + 1] = 119; p[i + 2] = 43;
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
  $("confidence").addEventListener("change", () => { veil = null; repaint(); ask(); });
  on("current", () => { veil = null; ask(); });
  on("look", ({ live }) => { if (!live) ask(); });
  addOverlay((ctx) => {
    if (!veil || !$("confidence").checked) return;
    const [x, y] = view.toStage(0, 0);
    ctx.drawImage(veil, x, y, view.width * view.scale, view.height * view.scale);
  });
}
