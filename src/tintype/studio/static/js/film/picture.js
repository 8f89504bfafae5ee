/* The frame in the middle: before and after, hints on it, the player over it. */
import { $, debounce, make, mirrored } from "../dom.js";
import { complain, say } from "../notices.js";
import { t } from "../texts.js";
import { films } from "./api.js";
import { changed, clock, film, frameAt, onChange, shotOf, state, timeOf } from "./state.js";

let asked = null;
let url = "";
const watchers = [];
export const onFrame = (fn) => { watchers.push(fn); };

const side = () => Math.min(1600, Math.max(320, Math.round(Math.max($("picture").clientWidth, $("picture").clientHeight) * devicePixelRatio)));

/** Where the picture lies in its room: left, top, width, height. */
export function place() {
  const room = $("picture");
  const { width, height } = film.model;
  const scale = Math.min(room.clientWidth / width, room.clientHeight / height);
  const [w, h] = [width * scale, height * scale];
  return { left: (room.clientWidth - w) / 2, top: (room.clientHeight - h) / 2, width: w, height: h };
}

function lay() {
  if (!film.model || $("picture").hidden) return;
  const box = place();
  const share = Number($("split").value) / 100;
  for (const id of ["before", "after"]) {
    const node = $(id);
    Object.assign(node.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` });
  }
  // Where texts run from right to left so do their slider, and before and after.
  $("after").style.clipPath = mirrored() ? `inset(0 ${share * 100}% 0 0)` : `inset(0 0 0 ${share * 100}%)`;
  drawHints(box);
}

function drawHints(box) {
  const shot = shotOf(film.frame);
  const here = state.hints.filter((hint) => shotOf(frameAt(hint.time)) === shot);
  $("hints").replaceChildren(...here.map((hint) => {
    const label = t("film.hintOne", { color: hint.color, time: clock(hint.time) });
    const node = make("button", { type: "button", className: "hint", title: label, attrs: { "aria-label": label }, on: { click: (event) => { event.stopPropagation(); show(frameAt(hint.time)); } } });
    node.style.setProperty("--color", hint.color);
    node.style.transform = `translate(${box.left + (hint.x / film.model.width) * box.width}px, ${box.top + (hint.y / film.model.height) * box.height}px)`;
    return node;
  }));
}

async function color() {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  $("working").hidden = false;
  try {
    const blob = await films.after(film.id, film.frame, side(), state, mine.signal);
    if (asked !== mine) return;
    URL.revokeObjectURL(url);
    url = URL.createObjectURL(blob);
    $("after").src = url;
    await $("after").decode().catch(() => {});
    $("picture").dataset.shown = `${film.frame}`;
  } catch (error) {
    if (error.name !== "AbortError" && error.code !== "superseded") complain(error);
  } finally {
    if (asked === mine) { asked = null; $("working").hidden = true; }
  }
}

const later = debounce(color, 150);

/** Show a frame. */
export function show(index) {
  closePlayer();
  film.frame = Math.min(Math.max(0, index), film.model.frames - 1);
  $("moment").value = String(film.frame);
  $("time").textContent = clock(timeOf(film.frame));
  $("before").src = films.beforeUrl(film.id, film.frame, side());
  $("after").removeAttribute("src");
  delete $("picture").dataset.shown;
  lay();
  for (const fn of watchers) fn();
  later();
}

/** Play what has been coloured. */
export function play(address) {
  Object.assign($("player"), { src: address, hidden: false });
  $("player-close").hidden = false;
  $("player").play().catch(() => {});
}

export function closePlayer() {
  if ($("player").hidden) return;
  $("player").pause();
  $("player").removeAttribute("src");
  $("player").hidden = $("player-close").hidden = true;
}

function give(x, y) {
  const hint = { time: timeOf(film.frame), x: Math.round(x), y: Math.round(y), color: $("hint-color").value };
  state.hints.push(hint);
  say(t("hints.added", { color: hint.color }));
  changed();
}

export function initPicture() {
  $("moment").max = String(film.model.frames - 1);
  $("moment").addEventListener("input", () => show(Number($("moment").value)));
  $("split").addEventListener("input", lay);
  $("player-close").addEventListener("click", closePlayer);
  $("picture").addEventListener("click", (event) => {
    if (event.target.closest("video, button")) return;
    const room = $("picture").getBoundingClientRect();
    const box = place();
    const x = ((event.clientX - room.left - box.left) / box.width) * film.model.width;
    const y = ((event.clientY - room.top - box.top) / box.height) * film.model.height;
    if (x >= 0 && y >= 0 && x < film.model.width && y < film.model.height) give(x, y);
  });
  $("picture").addEventListener("keydown", (event) => {
    if (event.target !== $("picture")) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -25, PageDown: 25 }[event.key];
    if (step) { event.preventDefault(); show(film.frame + step); }
    if (event.key === "Enter") { event.preventDefault(); give(film.model.width / 2, film.model.height / 2); }
  });
  onChange(() => { lay(); later(); });
  addEventListener("resize", lay);
}
