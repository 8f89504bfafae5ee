/* Colours that a person gave: points on the photograph, and their list. */
import { $, clamp, keep, kept, make } from "./dom.js";
import { edit } from "./history.js";
import { say } from "./notices.js";
import { closePicker, openPicker } from "./picker.js";
import { view } from "./stage.js";
import { look, on, store } from "./store.js";
import { t } from "./texts.js";

const round = (v) => Math.round(v * 1e6) / 1e6;

/** The tool: a tap asks for the colour of that spot. */
export const hintTool = {
  tap(sx, sy) {
    const spot = view.toShare(sx, sy);
    if (!spot) { closePicker(); return; }
    let index = -1;
    openPicker({
      x: round(spot.x), y: round(spot.y),
      choose(color, live) {
        const isNew = index < 0;
        if (isNew) index = look().hints.length;
        edit((state) => { state.hints[index] = { ...state.hints[index], x: round(spot.x), y: round(spot.y), color }; }, { live });
        if (!live) say(t("hints.added", { color }));
      },
      remove: () => remove(index),
    });
  },
};

function change(index) {
  const { x, y, color } = look().hints[index];
  openPicker({
    x, y, color, without: index,
    choose(next, live) { edit((state) => { state.hints[index].color = next; }, { live }); },
    remove: () => remove(index),
  });
}

function remove(index) {
  if (!look().hints[index]) return;
  edit((state) => { state.hints.splice(index, 1); });
  say(t("hints.removed"));
  const points = $("hints").children;
  (points[Math.min(index, points.length - 1)] ?? $("stage")).focus();
}

function shift(index, dx, dy, live) {
  edit((state) => {
    const hint = state.hints[index];
    hint.x = round(clamp(hint.x + dx / view.scale / view.width, 0, 1));
    hint.y = round(clamp(hint.y + dy / view.scale / view.height, 0, 1));
  }, { live });
}

function point(hint, index) {
  const node = make("button", { type: "button", className: "hint" });
  let last = null;
  let dragged = false;
  const here = () => [...$("hints").children].indexOf(node);
  node.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.stopPropagation();
    node.setPointerCapture(event.pointerId);
    last = [event.clientX, event.clientY];
    dragged = false;
  });
  node.addEventListener("pointermove", (event) => {
    if (!last) return;
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    if (!dragged && Math.hypot(dx, dy) < 4) return;
    dragged = true;
    last = [event.clientX, event.clientY];
    shift(here(), dx, dy, true);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    node.addEventListener(name, () => {
      if (last && dragged) edit(() => {});
      last = null;
    });
  }
  node.addEventListener("click", () => { if (!dragged) change(here()); dragged = false; });
  node.addEventListener("keydown", (event) => {
    const far = event.shiftKey ? 20 : 4;
    const by = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key];
    if (by) shift(here(), ...by, false);
    else if (event.key === "Delete" || event.key === "Backspace") remove(here());
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  dress(node, hint, index);
  return node;
}

function dress(node, hint, index) {
  node.style.setProperty("--color", hint.color);
  const label = t("hints.one", { n: index + 1, color: hint.color });
  if (node.getAttribute("aria-label") !== label) node.setAttribute("aria-label", label);
  node.title = t("hints.help");
}

function place() {
  const { hints } = look();
  [...$("hints").children].forEach((node, i) => {
    if (!hints[i]) return;
    const [x, y] = view.toStage(hints[i].x * view.width, hints[i].y * view.height);
    node.style.setProperty("transform", `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`);
    node.hidden = x < -20 || y < -20 || x > view.stageWidth + 20 || y > view.stageHeight + 20;
  });
}

function draw() {
  const { hints } = look();
  const box = $("hints");
  // Points stay the same elements while they are dragged or focused.
  while (box.children.length > hints.length) box.lastChild.remove();
  hints.forEach((hint, i) => {
    if (box.children[i]) dress(box.children[i], hint, i);
    else box.append(point(hint, i));
  });
  $("hint-title").textContent = t("hints.title", { n: hints.length });
  $("hint-tip").hidden = hints.length > 0;
  // Said once, on the photograph itself; who gave a colour knows it.
  if (hints.length) keep("tipped", "yes");
  $("stage-tip").hidden = Boolean(kept("tipped")) || $("confidence").checked;
  $("hints-clear").hidden = !hints.length;
  const list = $("hint-list");
  while (list.children.length > hints.length) list.lastChild.remove();
  hints.forEach((hint, i) => {
    if (!list.children[i]) {
      list.append(make("li", {}, make("button", { type: "button", className: "swatch", on: { click: () => change(i) } })));
    }
    const button = list.children[i].firstChild;
    button.style.setProperty("--color", hint.color);
    button.setAttribute("aria-label", t("hints.one", { n: i + 1, color: hint.color }));
  });
  place();
}

export function initHints() {
  on("look", draw);
  on("current", () => { closePicker(); if (store.current) draw(); });
  on("painted", place);
  $("confidence").addEventListener("change", () => { if ($("confidence").checked) $("stage-tip").hidden = true; });
  $("hints-clear").addEventListener("click", () => {
    edit((state) => { state.hints = []; });
    say(t("hints.removed"));
    $("stage").focus();
  });
}
