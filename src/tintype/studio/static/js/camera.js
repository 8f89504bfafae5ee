/* The webcam: its picture in grey, coloured as fast as the studio can, and a picture taken from it. */
import { api } from "./api.js";
import { $ } from "./dom.js";
import { takeIn } from "./intake.js";
import { complain, notice } from "./notices.js";
import { t } from "./texts.js";

const SIDE = 384;
let stream = null;
let stop = null;

/** Draw the camera's frame in grey, its longest side `side` px. */
function grey(canvas, side) {
  const video = $("camera-video");
  const k = Math.min(1, side / Math.max(video.videoWidth, video.videoHeight));
  const [w, h] = [Math.max(1, Math.round(video.videoWidth * k)), Math.max(1, Math.round(video.videoHeight * k))];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  ctx.drawImage(video, 0, 0, w, h);
  const data = ctx.getImageData(0, 0, w, h);
  const p = data.data;
  // Rec. 709 weights on the coded values: the luma of the camera's own signal.
  for (let i = 0; i < p.length; i += 4) p[i] = p[i + 1] = p[i + 2] = 0.2126 * p[i] + 0.7152 * p[i + 1] + 0.0722 * p[i + 2];
  ctx.putImageData(data, 0, 0);
}

const jpeg = (canvas, quality) => new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", quality); });
const nextFrame = () => new Promise((resolve) => { requestAnimationFrame(resolve); });
const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function loop(signal) {
  const out = $("camera-color");
  const times = [];
  while (!signal.aborted) {
    await nextFrame();
    if (document.hidden) { await pause(300); continue; }
    grey($("camera-grey"), SIDE);
    try {
      const picture = await createImageBitmap(await api.live(await jpeg($("camera-grey"), 0.9), signal));
      if (out.width !== picture.width || out.height !== picture.height) Object.assign(out, { width: picture.width, height: picture.height });
      out.getContext("2d").drawImage(picture, 0, 0);
      times.push(performance.now());
      while (times.length > 12) times.shift();
      if (times.length > 1) {
        const fps = ((times.length - 1) * 1000) / (times.at(-1) - times[0]);
        $("camera-fps").textContent = t("camera.fps", { n: fps < 10 ? Math.round(fps * 10) / 10 : Math.round(fps) });
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error.status === 429) { await pause(80); continue; }
      if (error.code !== "lost") { problem(error.message); return; }
      await pause(1000);
    }
  }
}

function problem(text) {
  $("camera-error").textContent = text;
  $("camera-error").hidden = false;
}

const reason = (error) => t({ NotAllowedError: "camera.denied", SecurityError: "camera.denied" }[error.name] ?? "camera.none");

async function open() {
  $("camera-error").hidden = true;
  $("camera-fps").textContent = "";
  $("camera-take").disabled = true;
  $("camera").showModal();
  if (!navigator.mediaDevices?.getUserMedia) { problem(t("camera.unsupported")); return; }
  const controller = new AbortController();
  stop = controller;
  try {
    const got = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1920 }, height: { ideal: 1080 } }, audio: false });
    // The dialog may have been closed while the browser asked.
    if (controller.signal.aborted) { for (const track of got.getTracks()) track.stop(); return; }
    stream = got;
    $("camera-video").srcObject = got;
    await $("camera-video").play();
  } catch (error) {
    if (!controller.signal.aborted) problem(reason(error));
    return;
  }
  $("camera-take").disabled = false;
  loop(controller.signal).catch((error) => { if (!controller.signal.aborted) problem(error.message); });
}

function close() {
  stop?.abort();
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  $("camera-video").srcObject = null;
}

async function take() {
  const canvas = document.createElement("canvas");
  grey(canvas, 8192);
  const blob = await jpeg(canvas, 0.95);
  const stamp = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  $("camera").close();
  try {
    await takeIn([new File([blob], `webcam ${stamp}.jpg`, { type: "image/jpeg" })]);
    notice(t("camera.taken"));
  } catch (error) {
    complain(error);
  }
}

export function initCamera() {
  for (const id of ["camera-open", "start-camera"]) $(id).addEventListener("click", open);
  $("camera").addEventListener("close", close);
  $("camera-take").addEventListener("click", take);
}
