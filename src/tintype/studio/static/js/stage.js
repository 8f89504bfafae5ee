/* The table on which the photograph lies: painting it, and where it lies. */
import { $, clamp, debounce, mirrored } from "./dom.js";
import { say } from "./notices.js";
import { setStageSize, shown, wishDetail } from "./pictures.js";
import { emit, on, store } from "./store.js";
import { maybe, remark, t } from "./texts.js";
import { View } from "./view.js";

export const view = new View();
const overlays = [];
let split = 0.5; // share of the photograph, as far as it is seen, from where reading begins, that shows before
let peek = false;
let due = 0;
let announced = null;

/** `paint(ctx, view)` draws over the photograph, in CSS pixels. */
export function addOverlay(paint) { overlays.push(paint); }
export function repaint() { due ||= requestAnimationFrame(paint); }
export function setSplit(share) { split = share; repaint(); }
export function setPeek(on_) { peek = on_; repaint(); }

function drawLayer(ctx, picture, detail) {
  const [x, y] = view.toStage(0, 0);
  const dpr = devicePixelRatio || 1;
  if (picture) {
    ctx.imageSmoothingEnabled = true;
    ctx.imageSmoothingQuality = "high";
    ctx.drawImage(picture, x, y, view.width * view.scale, view.height * view.scale);
  }
  if (detail) {
    const [dx, dy] = view.toStage(detail.left, detail.top);
    // Single pixels are shown as the squares that they are.
    ctx.imageSmoothingEnabled = view.scale * dpr < 2;
    ctx.drawImage(detail.bitmap, dx, dy, detail.width * view.scale, detail.height * view.scale);
  }
}

function paint() {
  due = 0;
  const canvas = $("canvas");
  const dpr = devicePixelRatio || 1;
  const w = Math.round(view.stageWidth * dpr);
  const h = Math.round(view.stageHeight * dpr);
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const ctx = canvas.getContext("2d");
  ctx.setTransform(dpr, 0, 0, dpr, 0, 0);
  ctx.clearRect(0, 0, view.stageWidth, view.stageHeight);
  if (shown.photo) {
    drawLayer(ctx, shown.before, shown.detail.before);
    if (shown.after && !peek) {
      ctx.save();
      ctx.beginPath();
      const { left, width } = view.frame();
      if (mirrored()) ctx.rect(0, 0, left + (1 - split) * width, view.stageHeight);
      else ctx.rect(left + split * width, 0, view.stageWidth, view.stageHeight);
      ctx.clip();
      drawLayer(ctx, shown.after, shown.detail.after);
      ctx.restore();
    }
    for (const overlay of overlays) { ctx.save(); overlay(ctx, view); ctx.restore(); }
  }
  canvas.dataset.version = String(shown.version);
  canvas.dataset.scale = String(view.scale);
  emit("painted");
}

const detail = debounce(() => {
  if (!shown.after) return;
  const dpr = devicePixelRatio || 1;
  const have = Math.max(shown.after.width / view.width, 0.0001);
  const whole = shown.after.width >= view.width && shown.before?.width >= view.width;
  if (view.scale * dpr <= have * 1.15 || (whole && view.scale * dpr < 2)) { wishDetail(null); return; }
  const rect = view.visible();
  if (rect.width < 1 || rect.height < 1) return;
  wishDetail(rect, clamp(Math.ceil(Math.min(rect.width, rect.width * view.scale * dpr)), 1, 4096));
}, 60);

/** The view moved: paint, and ask for a sharper part. */
export function moved() {
  $("zoom-value").textContent = t("zoom.value", { n: Math.round(view.scale * (devicePixelRatio || 1) * 100) });
  repaint();
  detail();
}

function measure() {
  const box = $("stage").getBoundingClientRect();
  if (!box.width) return;
  view.stage(box.width, box.height);
  setStageSize(Math.max(box.width, box.height) * (devicePixelRatio || 1));
  moved();
}

export function initStage() {
  new ResizeObserver(measure).observe($("stage"));
  on("current", () => {
    const photo = store.current;
    document.body.classList.toggle("empty", !photo);
    $("start").hidden = Boolean(photo);
    $("stage").hidden = $("stage-bar").hidden = $("panel").hidden = !photo;
    $("download-open").disabled = !photo;
    $("photo-facts").textContent = photo ? [t("stage.facts", { ...photo, format: photo.format.toUpperCase() }), maybe(`tones.${photo.tone?.kind}`) ?? photo.tone?.note, ...(photo.notes ?? []).map(remark)].filter(Boolean).join(" · ") : "";
    document.title = photo ? `${photo.name} – Tintype` : "Tintype";
    if (!photo) return;
    $("canvas").setAttribute("aria-label", t("stage.image", photo));
    view.photo(photo.width, photo.height);
    measure();
  });
  on("picture", ({ photo, detail: part }) => {
    repaint();
    if (!part) detail();
    if (announced !== photo && shown.after) { announced = photo; say(t("stage.ready", photo)); }
  });
  on("stale", () => { repaint(); });
  on("working", (yes) => { $("working").hidden = !yes; $("stage").setAttribute("aria-busy", String(yes)); });
  for (const [id, act] of [["zoom-in", () => view.zoom(1.5)], ["zoom-out", () => view.zoom(1 / 1.5)], ["zoom-fit", () => view.fit()], ["zoom-one", () => view.zoomTo(1 / (devicePixelRatio || 1))]]) {
    $(id).addEventListener("click", () => { act(); moved(); });
  }
}
