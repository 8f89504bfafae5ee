/* One control for each kind of setting that the server describes. Each returns {node, set(value)}. */
import { icon, make } from "./dom.js";
import { maybe, t } from "./texts.js";

const label = (s) => maybe(`settings.labels.${s.name}`) ?? s.label;
const help = (s) => maybe(`settings.helps.${s.name}`) ?? s.help;

function row(s, control, extra) {
  const id = `set-${s.name}`;
  const note = make("p", { id: `${id}-help`, className: "help dim small", textContent: help(s) });
  control.id = id;
  control.name = s.name;
  control.setAttribute("aria-describedby", note.id);
  return make("div", { className: `setting setting-${s.type}` },
    make("div", { className: "setting-head" }, make("label", { htmlFor: id, textContent: label(s) }), extra), control, note);
}

function number(s, change) {
  const step = s.step || 1;
  const control = make("input", { type: "range", min: s.minimum, max: s.maximum, step });
  const relative = step < 1; // A share of something: told in percent.
  const words = (value) => {
    if (!relative) return t("settings.number", { n: value });
    return t(s.minimum < 0 ? "settings.shift" : "settings.percent", { n: Math.round(value * 100) });
  };
  const out = make("span"); // No <output>: the slider itself tells its value.
  const reset = make("button", { type: "button", className: "quiet small setting-value", title: t("settings.reset") }, out);
  const set = (value) => {
    if (Number(control.value) !== value) control.value = String(value);
    out.textContent = words(value);
    control.setAttribute("aria-valuetext", out.textContent);
    reset.setAttribute("aria-label", t("settings.resetOne", { value: out.textContent, name: label(s) }));
    // The filled part begins at zero: a shift may go both ways.
    const [from, to] = [Math.max(s.minimum, 0), value].map((v) => ((v - s.minimum) / (s.maximum - s.minimum)) * 100).sort((a, b) => a - b);
    control.style.setProperty("--from", `${from}%`);
    control.style.setProperty("--to", `${to}%`);
  };
  control.addEventListener("input", () => change(Number(control.value), true));
  control.addEventListener("change", () => change(Number(control.value), false));
  reset.addEventListener("click", () => change(s.default, false));
  return { node: row(s, control, reset), set };
}

function choice(s, change) {
  const control = make("select", {}, ...s.choices.map((c) => make("option", { value: c, textContent: maybe(`settings.choices.${s.name}.${c}`) ?? (c || t("settings.original")) })));
  control.addEventListener("change", () => change(control.value, false));
  return { node: row(s, control), set: (value) => { control.value = value; } };
}

function boolean(s, change) {
  const control = make("input", { type: "checkbox" });
  control.addEventListener("change", () => change(control.checked, false));
  return { node: row(s, control), set: (value) => { control.checked = value; } };
}

function text(s, change) {
  const control = make("input", { type: "text" });
  control.addEventListener("change", () => change(control.value, false));
  return { node: row(s, control), set: (value) => { control.value = value; } };
}

function colors(s, change) {
  let now = [];
  const list = make("ul", { className: "swatches" });
  const add = make("input", { type: "color", value: "#b5651d", title: t("settings.addColor") });
  // The system's own picker tells of every movement; a colour is added when it closes.
  add.addEventListener("change", () => change([...now, add.value], false));
  const node = row(s, add);
  node.querySelector("label").textContent = t("settings.addColorTo", { name: label(s) });
  add.after(list);
  const set = (value) => {
    now = value;
    list.replaceChildren(...value.map((color, i) => {
      const text_ = t("settings.removeColor", { color });
      const button = make("button", { type: "button", className: "swatch removes", title: text_, attrs: { "aria-label": text_ }, on: { click: () => change(now.filter((_, j) => j !== i), false) } }, icon("close"));
      button.style.setProperty("--color", color);
      return make("li", {}, button);
    }));
  };
  return { node, set };
}

const kinds = { number, choice, boolean, text, colors };
export const control = (s, change) => (kinds[s.type] ?? text)(s, change);
