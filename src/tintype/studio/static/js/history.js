/* Undo and redo, a list for each photo. An entry is the whole state and the mask that went with it. */
import { $ } from "./dom.js";
import { emit, on, store } from "./store.js";
import { laterSave } from "./saving.js";

const MOST = 200;
const lists = new Map();

function list(photo) {
  if (!lists.has(photo.id)) lists.set(photo.id, { past: [], future: [], base: null });
  return lists.get(photo.id);
}

const snapshot = (photo) => ({ state: structuredClone(photo.state), mask: photo.mask ?? null });
const same = (a, b) => a.mask === b.mask && JSON.stringify(a.state) === JSON.stringify(b.state);

/**
 * Change the state of a photo. While a slider still moves `live` is true; the entry for undo is the state
 * before the first movement. With `hold` no picture is asked for yet.
 */
export function edit(change, { live = false, hold = false, photo = store.current } = {}) {
  if (!photo) return;
  const l = list(photo);
  l.base ??= snapshot(photo);
  change(photo.state, photo);
  if (!live) commit(photo, l);
  if (photo === store.current) emit("look", { live, hold });
}

function commit(photo, l) {
  if (!same(l.base, snapshot(photo))) {
    l.past.push(l.base);
    if (l.past.length > MOST) l.past.shift();
    l.future.length = 0;
    laterSave(photo);
  }
  l.base = null;
  buttons();
}

/** The server changed the state (settings for all photos): keep the old one for undo. Gives the entry, if any. */
export function replaced(photo, state) {
  const l = list(photo);
  const before = snapshot(photo);
  photo.state = state;
  if (same(before, snapshot(photo))) return null;
  l.past.push(before);
  l.future.length = 0;
  buttons();
  return before;
}

/** Undo one entry of a photo that need not be looked at; not if something was done to it since. */
export function takeBack(photo, entry) {
  const l = list(photo);
  if (l.past.at(-1) !== entry) return false;
  l.past.pop();
  l.future.push(snapshot(photo));
  photo.state = structuredClone(entry.state);
  laterSave(photo);
  buttons();
  return true;
}

function travel(from, to) {
  const photo = store.current;
  if (!photo) return;
  const l = list(photo);
  const entry = l[from].pop();
  if (!entry) return;
  l.base = null;
  l[to].push(snapshot(photo));
  // An entry from before the mask had come from the server knows only that there was one.
  const mask = entry.state.keep_grey ? (entry.mask ?? photo.mask ?? null) : null;
  const maskMoved = mask !== (photo.mask ?? null);
  photo.state = structuredClone(entry.state);
  photo.mask = mask;
  buttons();
  laterSave(photo, { mask: maskMoved });
  emit("undone");
  // The mask must be with the server before a picture with it is asked for.
  emit("look", { live: false, hold: maskMoved });
  if (maskMoved) emit("mask");
}

export const undo = () => travel("past", "future");
export const redo = () => travel("future", "past");

function buttons() {
  const l = store.current ? list(store.current) : { past: [], future: [] };
  // A button that loses its focus by being disabled would leave the keyboard nowhere.
  for (const [id, entries] of [["undo", l.past], ["redo", l.future]]) {
    const button = $(id);
    if (!entries.length && document.activeElement === button) $("stage").focus();
    button.disabled = !entries.length;
  }
}

export function initHistory() {
  $("undo").addEventListener("click", undo);
  $("redo").addEventListener("click", redo);
  on("current", buttons);
}
