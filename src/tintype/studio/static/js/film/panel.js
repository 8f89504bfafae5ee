/* How the film is to be coloured, and the work: a preview of a shot, or all of it. */
import { $, icon, make } from "../dom.js";
import { complain, say } from "../notices.js";
import { problem, remark, t } from "../texts.js";
import { films } from "./api.js";
import { play, show } from "./picture.js";
import { changed, clock, film, frameAt, onChange, shotOf, state } from "./state.js";

const SLIDERS = ["vividness", "saturation", "warmth"];
const EVERY = 500; // ms

function sliders() {
  for (const name of SLIDERS) {
    const node = $(`film-${name}`);
    if (name in state.settings) node.value = String(state.settings[name]);
    node.addEventListener("input", () => { state.settings[name] = Number(node.value); changed(); });
  }
  $("scene-hints").checked = state.scene_hints;
  $("scene-hints").addEventListener("change", () => { state.scene_hints = $("scene-hints").checked; changed(); });
}

function row(hint, at) {
  const swatch = make("span", { className: "swatch" });
  swatch.style.setProperty("--color", hint.color);
  const label = t("film.hintRemove", { time: clock(hint.time) });
  const remove = () => { state.hints.splice(at, 1); say(t("hints.removed")); changed(); };
  return make("li", {}, swatch,
    make("button", { type: "button", className: "quiet small place", textContent: clock(hint.time), on: { click: () => show(frameAt(hint.time)) } }),
    make("button", { type: "button", className: "square quiet", title: label, attrs: { "aria-label": label }, on: { click: remove } }, icon("close")));
}

function list() {
  $("hint-title").textContent = t("hints.title", { n: state.hints.length });
  $("hint-list").replaceChildren(...state.hints.map(row));
  $("hints-clear").hidden = !state.hints.length;
}

function words(task) {
  if (task.state === "failed") return problem(task.problem);
  if (task.state !== "running") return t(task.state === "done" ? "film.done" : "job.cancelled");
  const done = task.progress * 100;
  if (task.seconds_left === null) return t("film.running", { done });
  return t("film.runningLeft", { done, left: clock(task.seconds_left).split(".")[0] });
}

let handed = "";
let timer = 0;

function draw() {
  const { task } = film.model;
  const running = task?.state === "running";
  $("task").hidden = !task;
  $("preview").disabled = $("color-film").disabled = running;
  if (!task) return;
  $("task-text").textContent = words(task);
  $("task-bar").value = task.progress;
  $("task-bar").hidden = task.state !== "running";
  $("task-stop").hidden = !running;
  $("task-notes").replaceChildren(...task.notes.map((note) => make("li", { textContent: remark(note) })));
  if (task.state !== "done" || !task.result || handed === task.result + task.kind) return;
  handed = task.result + task.kind;
  say(words(task));
  if (task.kind === "preview") { play(task.result); return; }
  Object.assign($("film-link"), { href: task.result, hidden: false });
}

async function follow() {
  clearTimeout(timer);
  try {
    film.model = await films.get(film.id);
    draw();
    if (film.model.task?.state === "running") timer = setTimeout(follow, EVERY);
  } catch (error) {
    complain(error);
    if (error.code === "lost") timer = setTimeout(follow, 4 * EVERY);
  }
}

async function start(kind) {
  try {
    handed = "";
    film.model = await films.start(film.id, kind, state, shotOf(film.frame));
    draw();
    follow();
  } catch (error) {
    complain(error);
  }
}

export function initPanel() {
  sliders();
  list();
  onChange(list);
  $("hints-clear").addEventListener("click", () => { state.hints.length = 0; changed(); });
  $("preview").addEventListener("click", () => start("preview"));
  $("color-film").addEventListener("click", () => start("film"));
  $("task-stop").addEventListener("click", async () => {
    try { film.model = await films.stop(film.id); draw(); } catch (error) { complain(error); }
  });
  follow();
}
