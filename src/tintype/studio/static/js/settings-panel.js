/* The controls on the right, made from the settings that the server names. */
import { api } from "./api.js";
import { control } from "./controls.js";
import { $, make } from "./dom.js";
import { edit, replaced, takeBack } from "./history.js";
import { complain, notice, say } from "./notices.js";
import { flush } from "./saving.js";
import { emit, look, networkOf, on, store } from "./store.js";
import { maybe, t } from "./texts.js";

const controls = new Map();

function build() {
  const groups = new Map();
  // What acts at once is in front; the rest folds away.
  for (const s of store.about.settings) {
    const group = s.group === "color" && s.type !== "number" ? "more" : s.group;
    groups.set(group, [...(groups.get(group) ?? []), s]);
  }
  for (const [group, settings] of groups) {
    const nodes = settings.map((s) => {
      const made = control(s, (value, live) => edit((state) => {
        if (JSON.stringify(value) === JSON.stringify(s.default)) delete state.settings[s.name];
        else state.settings[s.name] = value;
      }, { live }));
      controls.set(s, made);
      return made.node;
    });
    if (group === "color") $("settings").append(...nodes);
    else $("more-settings").append(make("details", { className: "block" }, make("summary", { textContent: maybe(`settings.groups.${group}`) ?? group }), ...nodes));
  }
  $("settings").addEventListener("submit", (event) => event.preventDefault());
  $("network").append(...store.about.networks.map((n) => make("option", { value: n.name, textContent: n.title || n.name })));
}

function show() {
  const state = look();
  for (const [s, made] of controls) made.set(state.settings[s.name] ?? s.default);
  const network = networkOf(state);
  $("network").value = network?.name ?? "";
  $("network-note").textContent = network ? [network.license && t("network.license", network), network.hints === false && t("network.noHints")].filter(Boolean).join(" · ") : "";
  const n = store.photos.length;
  $("apply-all").hidden = n < 2;
  $("apply-all").textContent = t("settings.applyAll", { n });
}

async function applyAll() {
  const { settings, network } = look();
  $("apply-all").disabled = true;
  try {
    await flush();
    const { photos } = await api.apply(store.session.id, { photos: null, settings, network });
    const changes = [];
    for (const made of photos) {
      const photo = store.photos.find((p) => p.id === made.id);
      const entry = photo && replaced(photo, made.state);
      if (entry) changes.push([photo, entry]);
    }
    emit("look", { live: false });
    emit("applied", photos.map((p) => p.id));
    notice(t("settings.applied", { n: photos.length }), { action: { text: t("settings.appliedUndo"), act: () => undoAll(changes) } });
  } catch (error) {
    complain(error);
  }
  $("apply-all").disabled = false;
}

function undoAll(changes) {
  const back = changes.filter(([photo, entry]) => store.photos.includes(photo) && takeBack(photo, entry)).map(([photo]) => photo.id);
  emit("look", { live: false });
  emit("applied", back);
  say(t("settings.appliedUndone"));
}

export function initSettings() {
  build();
  on("current", show);
  on("look", show);
  on("photos", show);
  $("network").addEventListener("change", () => edit((state) => {
    const name = $("network").value;
    state.network = name === store.about.network ? null : name;
    state.candidate = null; // Another network has other proposals.
  }));
  $("reset").addEventListener("click", () => edit((state) => { state.settings = {}; state.network = null; state.candidate = null; }));
  $("apply-all").addEventListener("click", applyAll);
}
