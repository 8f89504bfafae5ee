/* The folder that the studio was started with: its photos and folders, as a list. */
import { api } from "./api.js";
import { $, icon, make } from "./dom.js";
import { complain, say } from "./notices.js";
import { addPhotos, needSession, select, store } from "./store.js";
import { t } from "./texts.js";

let here = "";
let listed = [];
const known = new Map(); // path -> photos that came from it

const nameOf = (path) => path.split(/[/\\]/).filter(Boolean).at(-1);

async function add(paths) {
  try {
    const { id } = await needSession(here.split("/").at(-1) || nameOf(store.about.folder));
    const { photos } = await api.fromFolder(id, paths);
    if (paths.length === 1) known.set(`${id}:${paths[0]}`, photos);
    addPhotos(photos);
    if (photos.length) select(photos[0]);
    say(t("photos.added", { n: photos.length }));
  } catch (error) {
    complain(error);
  }
}

function choose(path) {
  const before = known.get(`${store.session?.id}:${path}`)?.find((p) => store.photos.includes(p));
  if (before) select(before); else add([path]);
}

const line = (name, label, picture, click) => make("li", {}, make("button", { type: "button", className: "quiet", attrs: { "aria-label": label }, on: { click } }, icon(picture), make("span", { textContent: name })));

async function open(path, focus) {
  try {
    const { folders, photos } = await api.folder(path);
    here = path;
    listed = photos;
    const up = path ? [line("..", t("folder.up"), "undo", () => open(path.split("/").slice(0, -1).join("/"), true))] : [];
    $("folder-list").replaceChildren(...up,
      ...folders.map((name) => line(name, t("folder.open", { name }), "folder", () => open(path ? `${path}/${name}` : name, true))),
      ...photos.map((p) => line(p.name, t("folder.add", p), "plus", () => choose(p.path))));
    $("folder-title").textContent = path || t("folder.title");
    $("folder-all").hidden = !photos.length;
    if (focus) $("folder-list").querySelector("button")?.focus();
  } catch (error) {
    complain(error);
  }
}

export function initFolder() {
  if (!store.about.folder) return;
  $("folder").hidden = false;
  document.body.classList.add("with-folder");
  $("folder-all").addEventListener("click", () => add(listed.map((p) => p.path)));
  open(here);
}
