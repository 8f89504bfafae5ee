/* The pictures that the stage shows: before, after, and parts at full resolution. The latest wish wins. */
import { api } from "./api.js";
import { isLost, whenBack } from "./connection.js";
import { debounce } from "./dom.js";
import { complain } from "./notices.js";
import { emit, on, look, store } from "./store.js";

const QUICK = 512;
export const shown = { before: null, after: null, afterSize: 0, draft: false, detail: { before: null, after: null }, photo: null, version: 0 };
let wanted = null; // the newest wish for a preview
let busy = null; // {controller, quick}
let stageSize = QUICK;
let detailController = null;
let detailWanted = null;

const longest = (photo) => Math.max(photo.width, photo.height);
const bitmap = (blob) => createImageBitmap(blob);

/** How many device pixels the photograph may fill. */
export function setStageSize(pixels) {
  stageSize = Math.min(2048, Math.max(256, Math.ceil(pixels / 128) * 128));
}

const fine = debounce(() => {
  const photo = store.current;
  if (photo && shown.afterSize < Math.min(stageSize, longest(photo))) wish(stageSize);
}, 300);

/* A draft is shown as long as a hint moves; when it rests, the network is asked. */
const settle = debounce(() => { if (shown.draft) wish(QUICK); }, 150);

function wish(size, { quick = false } = {}) {
  const photo = store.current;
  if (!photo) return;
  wanted = { photo, session: store.session.id, size: Math.min(2048, Math.max(16, Math.min(size, longest(photo)))), quick, state: structuredClone(photo.state) };
  // What takes long and became old is not worth waiting for; the rest is shown, so that sliders seem to move.
  if (busy && !busy.quick) busy.controller.abort();
  pump();
}

async function pump() {
  if (busy || !wanted) return;
  const { photo, session, size, quick, state } = wanted;
  wanted = null;
  busy = { controller: new AbortController(), quick };
  emit("working", true);
  try {
    const { blob, draft } = await api.preview(session, photo.id, { size, quick, state }, busy.controller.signal);
    const made = await bitmap(blob);
    if (photo === store.current) {
      Object.assign(shown, { after: made, afterSize: draft ? 0 : size, draft });
      shown.version += 1;
      emit("picture", { photo, draft });
    }
  } catch (error) {
    // Too much at once: the newest wish is worth another try.
    if (error.status === 429 && photo === store.current) setTimeout(() => wish(size), 400);
    else if (photo === store.current) complain(error, photo.name);
  }
  busy = null;
  if (wanted) pump();
  else if (shown.draft && !isLost()) settle();
  else { emit("working", false); if (!isLost()) fine(); }
}

/** Full-resolution pictures of the part `rect` (photo px), `outWidth` px wide. */
export function wishDetail(rect, outWidth) {
  detailWanted = rect && store.current ? { rect, outWidth, photo: store.current } : null;
  askDetail();
}

const askDetail = debounce(async () => {
  detailController?.abort();
  if (!detailWanted || detailWanted.photo !== store.current) return;
  const { rect, outWidth, photo } = detailWanted;
  const controller = (detailController = new AbortController());
  const state = structuredClone(look());
  const part = {
    x: rect.left / photo.width, y: rect.top / photo.height,
    width: rect.width / photo.width, height: rect.height / photo.height, out_width: outWidth, state,
  };
  for (const which of ["after", "before"]) {
    try {
      const made = await bitmap(await api.region(store.session.id, photo.id, { ...part, which }, controller.signal));
      if (controller.signal.aborted) return;
      shown.detail[which] = { ...rect, bitmap: made };
      emit("picture", { photo, detail: true });
    } catch (error) {
      complain(error, photo.name);
      return;
    }
  }
}, 180);

async function changed() {
  const photo = store.current;
  Object.assign(shown, { before: null, after: null, afterSize: 0, draft: false, photo, detail: { before: null, after: null } });
  wanted = null;
  settle.cancel();
  busy?.controller.abort();
  detailController?.abort();
  if (!photo) return;
  wish(QUICK);
  try {
    const made = await bitmap(await api.before(store.session.id, photo.id, Math.max(16, Math.min(2048, longest(photo), stageSize))));
    if (photo !== store.current) return;
    shown.before = made;
    emit("picture", { photo });
  } catch (error) {
    complain(error, photo.name);
  }
}

export function initPictures() {
  on("current", changed);
  on("look", ({ hold }) => {
    if (hold) return;
    fine.cancel();
    settle.cancel();
    detailController?.abort();
    shown.detail.after = null; // It shows older colours.
    shown.afterSize = 0;
    wish(QUICK, { quick: true });
    emit("stale");
  });
  whenBack(() => { if (store.current && (!shown.before || !shown.after)) changed(); else wish(QUICK); });
}
