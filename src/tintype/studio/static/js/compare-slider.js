/* The line between before and after: dragged, or moved by keys, as a slider should be. */
import { $, clamp, keep, kept } from "./dom.js";
import { setSplit, view } from "./stage.js";
import { on } from "./store.js";
import { t } from "./texts.js";

let share = 0.5;

function place() {
  const line = $("compare");
  line.style.setProperty("transform", `translateX(${share * view.stageWidth}px)`);
  // At the edges the knob stays whole.
  const nudge = clamp(share * view.stageWidth, 20, Math.max(20, view.stageWidth - 20)) - share * view.stageWidth;
  line.style.setProperty("--nudge", `${nudge}px`);
  const n = Math.round(share * 100);
  line.setAttribute("aria-valuenow", String(n));
  line.setAttribute("aria-valuetext", t("compare.value", { n }));
  $("tag-before").classList.toggle("away", share < 0.12);
  $("tag-after").classList.toggle("away", share > 0.88);
  setSplit(share);
}

function set(to, { store = true } = {}) {
  share = clamp(to, 0, 1);
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
    grip = event.clientX - share * view.stageWidth;
    line.focus();
  });
  line.addEventListener("pointermove", (event) => {
    if (grip !== null) set((event.clientX - grip) / view.stageWidth);
  });
  for (const name of ["pointerup", "pointercancel"]) line.addEventListener(name, () => { grip = null; });
  line.addEventListener("keydown", (event) => {
    const big = event.shiftKey ? 0.1 : 0.02;
    const to = {
      ArrowLeft: share - big, ArrowDown: share - big, ArrowRight: share + big, ArrowUp: share + big,
      PageDown: share - 0.1, PageUp: share + 0.1, Home: 0, End: 1,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
  });
  on("painted", () => {
    // The stage may have another width now.
    const at = `translateX(${share * view.stageWidth}px)`;
    if (line.style.getPropertyValue("transform") !== at) place();
  });
  place();
}
