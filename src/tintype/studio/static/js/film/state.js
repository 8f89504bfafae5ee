/* What the page knows of its film, and how it is to be coloured; what was chosen survives a reload. */
import { keep, kept } from "../dom.js";

export const film = { id: new URLSearchParams(location.search).get("id") ?? "", model: null, frame: 0 };
export const state = { settings: {}, hints: [], scene_hints: false };

const listeners = [];
export const onChange = (fn) => { listeners.push(fn); };

export function load() {
  try { Object.assign(state, JSON.parse(kept(`film.${film.id}`) ?? "{}")); } catch { /* Another version's: begin anew. */ }
}

/** Something of the state is another now. */
export function changed() {
  keep(`film.${film.id}`, JSON.stringify(state));
  for (const fn of listeners) fn();
}

/** When a frame is shown, seconds from the beginning; frames of one shot are taken to be equally long. */
export function timeOf(index) {
  const shot = film.model.shots[shotOf(index)];
  return shot.time + ((index - shot.start) * shot.seconds) / (shot.end - shot.start);
}

export function frameAt(seconds) {
  const { shots } = film.model;
  const at = Math.max(0, shots.findLastIndex((s) => s.time <= seconds + 1e-6));
  const shot = shots[at];
  return Math.min(shot.end - 1, shot.start + Math.floor(((seconds - shot.time) * (shot.end - shot.start)) / shot.seconds + 1e-6));
}

export const shotOf = (index) => Math.max(0, film.model.shots.findLastIndex((s) => s.start <= index));

/** A moment as people write it: 1:02.5 */
export function clock(seconds) {
  const tenths = Math.round(seconds * 10);
  const minutes = Math.floor(tenths / 600);
  return `${minutes}:${String(Math.floor((tenths % 600) / 10)).padStart(2, "0")}.${tenths % 10}`;
}
