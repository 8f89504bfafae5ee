/* Photographs are coloured here, beside the page, so that the page stays alive. The arithmetic is that of Tintype's
   exported steps (view, network, choose, paint); this file only feeds them. */
import * as metadata from "./metadata.js";
import { between, confidence, distinct, leanedMeans, softmaxAt, suggest } from "./distribution.js";
import { cutShort, pictureKind } from "./kinds.js";
import { fetched } from "./network.js";
import { agrees, buildForCard, probe, start } from "./runtime.js";
import { kindOf } from "./tone.js";

const STRIP = 1 << 20; // pixels painted at once at full size
const MOST = 100_000_000; // pixels; beyond it browsers' canvases end

class Problem extends Error {
  constructor(status, code, message, values = {}) { super(message); Object.assign(this, { status, code, values }); }
}

const photos = new Map();
let data = null;
let steps = null;

const about = (async () => {
  data = await (await fetch(new URL("data.json", import.meta.url))).json();
  return { ...data.about, local: true, films: true }; // a film is refused in words
})();

/* Runtime and network are fetched as soon as the page opens, while somebody still chooses a photograph. */
let ort = null;
let spare = null; // the network's bytes, as long as a graphics card may still fail
const ready = (async () => {
  await about;
  const { runtimes } = data;
  const card = await buildForCard(new URL(import.meta.url).searchParams.get("backend"));
  const [binary, bytes] = await kept(runtimes.wasm, data.network);
  ort = await start(runtimes.wasm, binary.buffer, import.meta.url);
  const step = async (part) => open(ort, new Uint8Array(await (await fetch(new URL(part, import.meta.url))).arrayBuffer()));
  // One after the other: the runtime starts with the first.
  steps = { view: await step("view.onnx"), choose: await step("choose.onnx"), paint: await step("paint.onnx") };
  steps.network = card && (await onCard(runtimes[card], bytes));
  if (steps.network) spare = bytes;
  else await onProcessor(bytes);
  self.postMessage({ backend: spare ? "webgpu" : "wasm" });
  // The first run of all is slow, since memory grows and code is compiled; a small one beforehand takes that away.
  if (!spare) await steps.network.run(probe(ort, data.probe.size));
})();
ready.catch((error) => self.postMessage({ failed: told(error) })); // and to whoever asks

/** Large files, from the browser's cache or with a bar that says how far they are. */
function kept(...files) {
  const known = [data.network, ...Object.values(data.runtimes)].map(({ name }) => name);
  return fetched(files, known, import.meta.url, (progress) => self.postMessage({ progress }));
}

const open = (runtime, file, provider = "wasm") => runtime.InferenceSession.create(file, { executionProviders: [provider] });

/** What fails of the graphics card is for whoever looks into it; the person is told in words. */
function giveUp(why) {
  console.warn(`WebGPU: ${why}`);
  self.postMessage({ note: "processor" });
  return null;
}

/** The network on the graphics card, or null where that fails or comes to other colours. */
async function onCard(build, bytes) {
  try {
    const [binary] = await kept(build);
    const runtime = await start(build, binary.buffer, import.meta.url);
    const network = await open(runtime, bytes, "webgpu");
    const { logits } = await network.run(probe(runtime, data.probe.size));
    return agrees(logits, data) ? network : giveUp("it comes to other colours");
  } catch (error) {
    return giveUp(error.message);
  }
}

async function onProcessor(bytes) {
  steps.network = await open(ort, bytes);
  spare = null;
}

const number = (value) => new ort.Tensor("float32", [value], []);
const whole = (...values) => new ort.Tensor("int64", values.map(BigInt), values.length === 1 ? [] : [values.length]);
const setting = (state, name) => state.settings[name] ?? data.about.settings.find((s) => s.name === name).default;

function hintRows(hints, { width, height }) {
  const rows = hints.map(({ x, y, color, radius }) => [x * width, y * height, radius ?? 0, ...[1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16))]);
  return new ort.Tensor("float32", rows.flat(), [rows.length, 6]);
}

// --- pictures

function canvasOf(width, height) {
  const canvas = new OffscreenCanvas(width, height);
  return { canvas, ctx: canvas.getContext("2d", { willReadFrequently: true }) };
}

/** A part of the photograph, as it would lie on a canvas on which the whole has this size. */
function pixels({ bitmap }, [width, height], top = 0, rows = height) {
  const { ctx } = canvasOf(width, rows);
  ctx.imageSmoothingQuality = "high";
  ctx.fillStyle = "#fff"; // what is transparent is seen on white
  ctx.fillRect(0, 0, width, rows);
  ctx.drawImage(bitmap, 0, -top, width, height);
  return ctx.getImageData(0, 0, width, rows);
}

async function painted(image, ab, top, height) {
  const { colored } = await steps.paint.run({
    picture: new ort.Tensor("uint8", image.data, [image.height, image.width, 4]), ab, top: whole(top), height: whole(height),
  });
  const [from, to] = [colored.data, image.data];
  for (let i = 0, k = 0; i < to.length; i += 4, k += 3) { to[i] = from[k]; to[i + 1] = from[k + 1]; to[i + 2] = from[k + 2]; }
  return image;
}

const GREY = () => new ort.Tensor("float32", [0, 0], [2, 1, 1]);

async function picture(photo, [width, height], ab) {
  const image = await painted(pixels(photo, [width, height]), ab, 0, height);
  const { canvas, ctx } = canvasOf(width, height);
  ctx.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
}

function fitted({ width, height }, size) {
  const scale = Math.min(1, size / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}

// --- the network

/** What the network says of a view; a graphics card that is lost, or errs, is left for the processor. */
async function asked(view) {
  if (spare) {
    try {
      const said = await steps.network.run(view);
      if (said.logits.data.every(Number.isFinite)) return said;
      giveUp("its numbers are none");
    } catch (error) {
      giveUp(error.message);
    }
    await onProcessor(spare);
    self.postMessage({ backend: "wasm" });
  }
  return steps.network.run(view);
}

/** What the network says; with `quick` what it said of other hints before, which then is a draft. */
async function answer(photo, hints, quick) {
  const key = JSON.stringify(hints);
  if (photo.answer?.key === key) return { ...photo.answer, draft: false };
  if (quick && photo.answer) return { ...photo.answer, draft: true };
  const image = pixels(photo, [photo.width, photo.height]);
  const view = await steps.view.run({
    picture: new ort.Tensor("uint8", image.data, [photo.height, photo.width, 4]), hints: hintRows(hints, photo),
  });
  const { logits } = await asked(view);
  const { lightness } = view;
  photo.answer = { key, logits, lightness };
  return { ...photo.answer, draft: false };
}

/** The candidates' leanings, the network's own choice (-1) first. */
function leanings({ logits, key }, state, photo, count) {
  const temperature = between(data.vividness.map(([t]) => t), setting(state, "vividness"));
  const made = `${key}:${temperature}:${count}`;
  if (photo.leanings?.made !== made) {
    const means = leanedMeans(logits.data, logits.dims[1] * logits.dims[2], data, temperature);
    photo.leanings = { made, order: distinct(means, count) };
  }
  return photo.leanings.order;
}

async function chroma(photo, state, { quick = false, candidate = state.candidate ?? 0 } = {}) {
  const said = await answer(photo, state.hints, quick);
  const lean = candidate ? leanings(said, state, photo, Math.max(6, candidate + 1))[candidate] : -1;
  const { ab } = await steps.choose.run({
    logits: said.logits, lightness: said.lightness, size: whole(photo.height, photo.width),
    lean: new ort.Tensor("float32", lean < 0 || lean === undefined ? new Float32Array(data.bins.length) : Float32Array.from(data.leans[lean]), [data.bins.length]),
    vividness: number(setting(state, "vividness")), saturation: number(setting(state, "saturation")),
    warmth: number(setting(state, "warmth")), hints: hintRows(state.hints, photo),
  });
  return { ab, draft: said.draft };
}

/** What kind of grey it is; most are neutral to the last code, and then there is nothing to measure. */
function tone(photo) {
  const view = pixels(photo, fitted(photo, data.tone.side));
  for (let i = 0; i < view.data.length; i += 4) {
    if (view.data[i] !== view.data[i + 1] || view.data[i] !== view.data[i + 2]) return kindOf(view, data.tone);
  }
  return "grey";
}

// --- what the page asks for

const STEM = /\.[^.]*$/;

async function full(photo, ab, type) {
  const { canvas, ctx } = canvasOf(photo.width, photo.height);
  const rows = Math.max(1, Math.floor(STRIP / photo.width));
  for (let top = 0; top < photo.height; top += rows) {
    const strip = pixels(photo, [photo.width, photo.height], top, Math.min(rows, photo.height - top));
    ctx.putImageData(await painted(strip, ab, top, photo.height), 0, top);
  }
  return canvas.convertToBlob({ type, quality: 0.95 });
}

const calls = {
  about: () => about,
  async open({ file, name }) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let bitmap;
    try {
      bitmap = await createImageBitmap(file);
    } catch {
      const known = pictureKind(bytes, name);
      if (known) throw new Problem(422, "kind", `Browsers don't read ${known}.`, { kind: known });
      if (cutShort(bytes, metadata.read(bytes).format)) throw new Problem(422, "broken", "This file is cut short.");
      throw new Problem(422, file.size ? "photo_unreadable" : "empty", "This file could not be read as a photograph.");
    }
    if (bitmap.width * bitmap.height > MOST) {
      bitmap.close();
      throw new Problem(422, "photo_too_large", "This photograph is too large.");
    }
    await ready;
    const id = crypto.randomUUID();
    const beside = metadata.read(bytes);
    const photo = { bitmap, width: bitmap.width, height: bitmap.height, name, beside };
    photos.set(id, photo);
    const kind = tone(photo);
    const thumb = await picture(photo, fitted(photo, 192), GREY());
    const shown = beside.format || file.type.split("/").at(-1) || name.split(".").at(-1);
    const said = ["deep", "cmyk", "animated"].filter((key) => beside[key]).map((key) => ({ key }));
    if (cutShort(bytes, beside.format)) said.unshift({ key: "cut" });
    if (beside.left.length) said.push({ key: "left", values: { names: beside.left } });
    return {
      id, name, width: photo.width, height: photo.height, bits: 8, format: shown, page: 1, pages: 1, thumb, said,
      tone: { kind, note: "" }, notes: [], state: { network: null, settings: {}, hints: [], candidate: null, keep_grey: false }, modified: 0,
    };
  },
  close({ id }) { photos.get(id)?.bitmap.close(); photos.delete(id); },
  before: ({ photo, size }) => picture(photo, fitted(photo, size), GREY()),
  async preview({ photo, size, state, quick }) {
    const { ab, draft } = await chroma(photo, state, { quick });
    return { blob: await picture(photo, fitted(photo, size), ab), draft };
  },
  async region({ photo, x, y, width, height, out_width: most, which, state }) {
    const ab = which === "before" ? GREY() : (await chroma(photo, state)).ab;
    const scale = Math.min(1, most / (width * photo.width));
    const size = [photo.width, photo.height].map((side) => Math.max(1, Math.round(side * scale)));
    const left = Math.min(Math.floor(x * size[0]), size[0] - 1);
    const top = Math.min(Math.floor(y * size[1]), size[1] - 1);
    const [across, down] = [Math.min(Math.max(1, Math.round(width * size[0])), size[0] - left), Math.min(Math.max(1, Math.round(height * size[1])), size[1] - top)];
    const image = await painted(pixels(photo, size, top, down), ab, top, size[1]);
    const { canvas, ctx } = canvasOf(across, down);
    ctx.putImageData(image, -left, 0);
    return canvas.convertToBlob({ type: "image/png" });
  },
  async suggest({ photo, x, y, state, count }) {
    const { logits, lightness } = await answer(photo, state.hints);
    const [, rows, columns] = logits.dims;
    const at = (share, length) => Math.min(Math.floor(share * length), length - 1);
    const found = suggest(softmaxAt(logits.data, data.bins.length, rows * columns, at(y, rows) * columns + at(x, columns)), data, count);
    const L = lightness.data[at(y, lightness.dims[0]) * lightness.dims[1] + at(x, lightness.dims[1])];
    const grey = data.lightness.reduce((best, l, code) => (Math.abs(l - L) < Math.abs(data.lightness[best] - L) ? code : best), 0);
    const n = found.length;
    const { colored } = await steps.paint.run({
      picture: new ort.Tensor("uint8", new Uint8Array(n).fill(grey), [1, n, 1]),
      ab: new ort.Tensor("float32", [...found.map((f) => f.ab[0]), ...found.map((f) => f.ab[1])], [2, 1, n]),
      top: whole(0), height: whole(1),
    });
    const hex = (i) => `#${[0, 1, 2].map((k) => colored.data[3 * i + k].toString(16).padStart(2, "0")).join("")}`;
    return { colors: found.map(({ share }, i) => ({ color: hex(i), share })).sort((a, b) => b.share - a.share) };
  },
  async candidates({ photo, count, size, state }) {
    const candidates = [];
    for (let candidate = 0; candidate < count; candidate += 1) {
      const { ab } = await chroma(photo, state, { candidate });
      candidates.push({ candidate, blob: await picture(photo, fitted(photo, size), ab) });
    }
    return { candidates };
  },
  async confidence({ photo, state }) {
    const { logits } = await answer(photo, state.hints);
    const [count, rows, columns] = logits.dims;
    const sure = confidence(logits.data, count, rows * columns);
    const image = new ImageData(columns, rows);
    sure.forEach((v, i) => image.data.set([255 * v, 255 * v, 255 * v, 255], 4 * i));
    const { canvas, ctx } = canvasOf(columns, rows);
    ctx.putImageData(image, 0, 0);
    return canvas.convertToBlob({ type: "image/png" });
  },
  async download({ photo, format, state }) {
    const { beside } = photo;
    const wanted = format || (beside.format === "png" ? "png" : "jpeg");
    const { ab } = await chroma(photo, state);
    const made = await full(photo, ab, `image/${wanted}`);
    const told = { ...state.settings, ...(state.hints.length && { hints: state.hints.length }) };
    const exif = beside.exif && metadata.truthful(beside.exif, [photo.width, photo.height]);
    const bytes = metadata.written(new Uint8Array(await made.arrayBuffer()), { ...beside, exif, xmp: metadata.marked(beside.xmp, data.mark, told) });
    const left = [...metadata.homeless(beside, wanted), ...(beside.exif && !exif ? ["EXIF"] : [])];
    return { blob: new Blob([bytes], { type: made.type }), left, name: `${photo.name.replace(STEM, "")}.color.${wanted === "png" ? "png" : "jpg"}` };
  },
};

// --- one after the other, in the order in which they came; what was cancelled meanwhile is left out

const cancelled = new Set();
let last = Promise.resolve();

/** What the page says of an error, in its language. */
function told(error) {
  if (!(error instanceof Problem)) console.error(error); // what was foreseen is said on the page
  const memory = /memory|alloc/i.test(error.message); // the runtime has no type of its own for it
  return { status: error.status ?? 500, code: error.code && error.status ? error.code : memory ? "out_of_memory" : "worker", values: error.values };
}

async function work({ id, name, args }) {
  if (cancelled.delete(id)) return;
  try {
    const given = { ...args };
    if (args?.photo) {
      await ready;
      given.photo = name === "close" ? undefined : photos.get(args.photo);
      given.id = args.photo;
      if (name !== "close" && !given.photo) throw new Problem(404, "photo_unknown", "There is no such photograph any more.");
    }
    self.postMessage({ id, result: await calls[name](given) });
  } catch (error) {
    self.postMessage({ id, error: told(error) });
  }
}

self.addEventListener("message", ({ data: asked }) => {
  if (asked.cancel) { cancelled.add(asked.cancel); return; }
  last = last.then(() => work(asked));
});
