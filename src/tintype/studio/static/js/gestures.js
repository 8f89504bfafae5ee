/* Fingers, mouse and keys on the stage: pan, zoom, pinch; a tap or a stroke goes to the tool in hand. */
import { $ } from "./dom.js";
import { moved, setPeek, view } from "./stage.js";
import { step } from "./store.js";

const SLACK = 6; // CSS px that a tap may wander
const pointers = new Map();
let tool = null; // {tap(place), start(place), move(place), end()}
let stroke = false;
let travelled = 0;
let pinched = false;

export function useTool(next) { tool = next; }

function local(event) {
  const box = $("stage").getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function down(event) {
  if (event.target.closest(".hint, .compare")) return;
  $("stage").setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, local(event));
  if (pointers.size === 1) {
    travelled = 0;
    pinched = false;
    stroke = Boolean(tool?.start) && event.button === 0;
    if (stroke) tool.start(...local(event));
  } else if (stroke) {
    stroke = false;
    tool.cancel?.();
  }
}

function move(event) {
  const now = local(event);
  const old = pointers.get(event.pointerId);
  if (!old) { if (!stroke) tool?.hover?.(...now); return; }
  const [dx, dy] = [now[0] - old[0], now[1] - old[1]];
  travelled += Math.hypot(dx, dy);
  if (pointers.size === 2) {
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
    const span = (p) => Math.max(Math.hypot(p[0] - other[0], p[1] - other[1]), 1);
    view.zoom(span(now) / span(old), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    view.pan(dx / 2, dy / 2);
    pinched = true;
    moved();
  } else if (stroke) {
    tool.move(...now);
  } else if (travelled > SLACK) {
    view.pan(dx, dy);
    moved();
  }
  pointers.set(event.pointerId, now);
}

function up(event) {
  if (!pointers.delete(event.pointerId)) return;
  if (pointers.size) return;
  if (stroke) { stroke = false; tool.end(); return; }
  if (event.type === "pointerup" && event.button === 0 && travelled <= SLACK && !pinched) tool?.tap?.(...local(event));
}

function wheel(event) {
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 16 : 1;
  view.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.0018)), ...local(event));
  moved();
}

function key(event) {
  if (event.target !== $("stage") || event.ctrlKey || event.metaKey || event.altKey) return;
  const far = event.shiftKey ? 160 : 40;
  const middle = [view.stageWidth / 2, view.stageHeight / 2];
  const act = {
    ArrowLeft: () => view.pan(far, 0), ArrowRight: () => view.pan(-far, 0),
    ArrowUp: () => view.pan(0, far), ArrowDown: () => view.pan(0, -far),
    "+": () => view.zoom(1.5), "=": () => view.zoom(1.5), "-": () => view.zoom(1 / 1.5),
    0: () => view.fit(), 1: () => view.zoomTo(1 / (devicePixelRatio || 1)),
    "[": () => step(-1), "]": () => step(1),
    b: () => setPeek(true), B: () => setPeek(true),
    Enter: () => tool?.dab ? tool.dab(...middle) : tool?.tap?.(...middle),
    " ": () => tool?.dab ? tool.dab(...middle) : tool?.tap?.(...middle),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
  moved();
}

export function initGestures() {
  const stage = $("stage");
  stage.addEventListener("pointerdown", down);
  stage.addEventListener("pointermove", move);
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
  stage.addEventListener("wheel", wheel, { passive: false });
  stage.addEventListener("keydown", key);
  stage.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "b") setPeek(false); });
  stage.addEventListener("blur", () => setPeek(false));
}
