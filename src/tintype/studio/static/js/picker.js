/* The card that opens at a spot: likely colours there, or any colour. */
import { api } from "./api.js";
import { $, clamp, make } from "./dom.js";
import { complain } from "./notices.js";
import { addOverlay, repaint, view } from "./stage.js";
import { look, on, store } from "./store.js";
import { t } from "./texts.js";

let open = null; // {x, y, choose, remove}
let asked = 0;
let back = null;

function place() {
  if (!open) return;
  const card = $("picker");
  if (innerWidth <= 760) {
    // On a phone the card lies at the bottom, so that the photograph above it is seen to follow.
    card.style.setProperty("transform", `translate(8px, ${Math.round(innerHeight - card.getBoundingClientRect().height - 8)}px)`);
    return;
  }
  const stage = $("stage").getBoundingClientRect();
  const [sx, sy] = view.toStage(open.x * view.width, open.y * view.height);
  const { width, height } = card.getBoundingClientRect();
  const x = stage.left + sx;
  const y = stage.top + sy;
  const right = x + 20 + width < innerWidth - 8;
  const left = clamp(right ? x + 20 : x - width - 20, 8, Math.max(8, innerWidth - width - 8));
  const top = clamp(y - height / 3, 8, Math.max(8, innerHeight - height - 8));
  card.style.setProperty("transform", `translate(${Math.round(left)}px, ${Math.round(top)}px)`);
}

function chosen(color, live) {
  open.choose(color, live);
  $("picker-any").value = color;
  $("picker-remove").hidden = false;
  for (const node of $("picker-colors").children) node.setAttribute("aria-pressed", String(node.dataset.color === color));
}

async function fill(spot) {
  const mine = ++asked;
  const box = $("picker-colors");
  box.replaceChildren(make("p", { className: "dim small", textContent: t("picker.loading") }));
  const state = structuredClone(look());
  // A hint that is being changed would only suggest itself.
  if (spot.without !== undefined) state.hints.splice(spot.without, 1);
  try {
    const { colors } = await api.suggest(store.session.id, store.current.id, { x: spot.x, y: spot.y, state, count: 8 });
    if (mine !== asked) return;
    const focusIn = $("picker").contains(document.activeElement);
    box.replaceChildren(...colors.map(({ color, share }) => {
      const label = t("picker.likelyOne", { color, share: Math.round(share * 100) });
      const node = make("button", { type: "button", className: "swatch big", title: label, attrs: { "aria-label": label, "aria-pressed": String(color === spot.color) }, on: { click: () => chosen(color, false) } });
      node.dataset.color = color;
      node.style.setProperty("--color", color);
      return node;
    }));
    if (focusIn && colors.length) box.firstChild.focus();
    if (!spot.color && colors.length) $("picker-any").value = colors[0].color;
    place();
  } catch (error) {
    if (mine === asked) box.replaceChildren();
    complain(error, store.current?.name);
  }
}

/* A ring where the colour will go; the hint's own point takes its place. */
function ring(ctx) {
  if (!open || open.color || !$("picker-remove").hidden) return;
  const [x, y] = view.toStage(open.x * view.width, open.y * view.height);
  for (const [style, width] of [["rgb(0 0 0 / 70%)", 5], ["#fff", 2.5]]) {
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.beginPath();
    ctx.arc(x, y, 10, 0, 7);
    ctx.stroke();
  }
}

/** Open the card for the spot (x, y in 0-1); `choose(color, live)` is called for every colour picked. */
export function openPicker(spot) {
  open = spot;
  $("stage-tip").hidden = true;
  back = document.activeElement;
  $("picker").hidden = false;
  $("picker-remove").hidden = !spot.color;
  if (spot.color) $("picker-any").value = spot.color;
  place();
  $("picker-close").focus({ preventScroll: true });
  repaint();
  fill(spot);
}

export function closePicker({ focus = false } = {}) {
  if (!open) return;
  open = null;
  asked += 1;
  $("picker").hidden = true;
  repaint();
  if (focus) (back?.isConnected ? back : $("stage")).focus({ preventScroll: true });
}

export function initPicker() {
  const card = $("picker");
  addOverlay(ring);
  $("picker-close").addEventListener("click", () => closePicker({ focus: true }));
  $("picker-any").addEventListener("input", (event) => open && chosen(event.target.value, true));
  $("picker-any").addEventListener("change", (event) => open && chosen(event.target.value, false));
  $("picker-remove").addEventListener("click", () => {
    const { remove } = open;
    closePicker();
    remove();
  });
  card.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.stopPropagation(); closePicker({ focus: true }); }
  });
  document.addEventListener("pointerdown", (event) => {
    if (open && !card.contains(event.target) && !event.target.closest(".stage")) closePicker();
  });
  on("painted", place);
  on("undone", () => closePicker()); // Its hint may be gone.
  addEventListener("resize", place);
}
