/* The line between before and after: dragged, or moved by keys, as a slider should be. Before lies where reading begins. */
import { $, clamp, keep, kept, mirrored } from "./dom.js";
import { setSplit, view } from "./stage.js";
import { on } from "./store.js";
import { t } from "./texts.js";

let share = 0.5; // of the photograph, from where reading begins
let placed = "";

const fromLeft = (part) => (mirrored() ? 1 - part : part);

/* The line is as tall as the photograph, and moves from its one edge to the other. */
function place() {
  const line = $("compare");
  const { left, top, width, height } = view.frame();
  const at = left + fromLeft(share) * width;
  // At the stage's edges the knob stays whole.
  const nudge = clamp(at, 20, Math.max(20, view.stageWidth - 20)) - at;
  for (const [name, value] of [["transform", `translate(${at}px, ${top}px)`], ["height", `${height}px`], ["--nudge", `${nudge}px`]]) line.style.setProperty(name, value);
  const [first, last] = mirrored() ? ["tag-after", "tag-before"] : ["tag-before", "tag-after"];
  $(first).style.setProperty("transform", `translate(${left}px, ${top + height}px)`);
  $(last).style.setProperty("transform", `translate(calc(${left + width}px - 100% - 24px), ${top + height}px)`);
  placed = where();
}

/* What `place` follows. */
const where = () => JSON.stringify([share, view.frame(), view.stageWidth]);

function tell() {
  const line = $("compare");
  const n = Math.round(share * 100);
  line.setAttribute("aria-valuenow", String(n));
  line.setAttribute("aria-valuetext", t("compare.value", { n }));
  $("tag-before").classList.toggle("away", share < 0.15);
  $("tag-after").classList.toggle("away", share > 0.85);
  setSplit(share);
}

function set(to, { store = true } = {}) {
  share = clamp(to, 0, 1);
  tell();
  place();
  if (store) keep("split", String(share));
}

export function initCompare() {
  const line = $("compare");
  const before = Number.parseFloat(kept("split"));
  share = Number.isFinite(before) ? clamp(before, 0, 1) : 0.5;
  let grip = null;
  line.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.stopPropagation();
    line.setPointerCapture(event.pointerId);
    grip = event.clientX - fromLeft(share) * view.frame().width;
    line.focus();
  });
  line.addEventListener("pointermove", (event) => {
    if (grip !== null) set(fromLeft((event.clientX - grip) / Math.max(view.frame().width, 1)));
  });
  for (const name of ["pointerup", "pointercancel"]) line.addEventListener(name, () => { grip = null; });
  line.addEventListener("keydown", (event) => {
    const big = event.shiftKey ? 0.1 : 0.02;
    const right = mirrored() ? -big : big;
    const to = {
      ArrowLeft: share - right, ArrowDown: share - big, ArrowRight: share + right, ArrowUp: share + big,
      PageDown: share - 0.1, PageUp: share + 0.1, Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
  });
  on("painted", () => { if (where() !== placed) place(); });
  tell();
  place();
}
