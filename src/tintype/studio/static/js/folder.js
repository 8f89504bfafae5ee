/* The folder that the studio was started with: its photos and folders, as a list. */
import { api } from "./api.js";
import { $, icon, make } from "./dom.js";
import { bringIn } from "./intake.js";
import { complain } from "./notices.js";
import { on, select, store } from "./store.js";
import { problem, t } from "./texts.js";

let here = "";
let listed = [];
let part = 0; // how many are listed at once
const known = new Map(); // "session:path" -> photos that came from it
const lines = new Map(); // path -> its button

const nameOf = (path) => path.split(/[/\\]/).filter(Boolean).at(-1);
const keyOf = (session, path) => `${session}:${path}`;
const there = (path) => known.get(keyOf(store.session?.id, path))?.find((p) => store.photos.includes(p));

/** One request for each photo: progress is seen, and it can be stopped. */
function add(photos) {
  const send = (path) => async (session) => {
    const made = await api.fromFolder(session, [path]);
    known.set(keyOf(session, path), made.photos);
    return made;
  };
  return bringIn(photos.map((p) => ({ name: p.name, send: send(p.path) })), here.split("/").at(-1) || nameOf(store.about.folder));
}

function choose(photo) {
  const added = there(photo.path);
  if (added) select(added); else add([photo]);
}

const line = (name, label, picture, click) => make("button", { type: "button", className: "quiet", title: name, attrs: { "aria-label": label }, on: { click } }, icon(picture), make("span", { dir: "auto", textContent: name }));

/** Which photos of the list are in the session already, and which of them is looked at. */
function mark() {
  for (const p of listed) {
    const button = lines.get(p.path);
    const added = there(p.path);
    button.classList.toggle("added", Boolean(added));
    button.setAttribute("aria-label", t(added ? "folder.added" : "folder.add", p));
    button.firstChild.firstChild.setAttribute("href", `/static/icons.svg#${added ? "check" : "plus"}`);
    if (added && added === store.current) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
  }
}

async function open(path, focus, start = 0) {
  try {
    const { folders, photos, total, unread, unread_total: unreadTotal } = await api.folder(path, start);
    const end = start + folders.length + photos.length;
    part = Math.max(part, end - start);
    here = path;
    listed = photos;
    lines.clear();
    for (const p of photos) lines.set(p.path, line(p.name, "", "plus", () => choose(p)));
    const up = path ? [line("..", t("folder.up"), "up", () => open(path.split("/").slice(0, -1).join("/"), true))] : [];
    const below = folders.map((name) => line(name, t("folder.open", { name }), "folder", () => open(path ? `${path}/${name}` : name, true)));
    // A long list comes in parts, and says so.
    const before = start ? [line(t("folder.previous"), t("folder.previous"), "up", () => open(path, true, Math.max(0, start - part)))] : [];
    const after = end < total ? [line(t("folder.next"), t("folder.next"), "down", () => open(path, true, end))] : [];
    $("folder-list").replaceChildren(...[...up, ...before, ...below, ...lines.values(), ...after].map((button) => make("li", {}, button)));
    const notes = [];
    if (end - start < total) notes.push(t("folder.part", { from: start + 1, to: end, total }));
    if (unreadTotal) notes.push(t("folder.unread", { n: unreadTotal, names: [...unread.slice(0, 3).map((u) => u.name), ...(unreadTotal > 3 ? [t("folder.more", { n: unreadTotal - 3 })] : [])] }));
    $("folder-note").textContent = notes.join(" ");
    $("folder-note").title = unread.slice(0, 20).map(({ name, why }) => `${name}: ${problem({ code: "format_unsupported", message: why })}`).join("\n");
    $("folder-note").hidden = !notes.length;
    $("folder-title").textContent = path || nameOf(store.about.folder) || t("folder.title");
    $("folder-all").hidden = !photos.length;
    mark();
    if (focus) $("folder-list").querySelector("button")?.focus();
  } catch (error) {
    complain(error);
  }
}

/** An archive in review shows at once what it is least certain of. */
async function begin() {
  await open(here);
  if (store.about.review && !store.photos.length && listed.length) await add(listed);
}

export function initFolder() {
  if (!store.about.folder) return;
  $("folder").hidden = false;
  document.body.classList.add("with-folder");
  $("folder-all").addEventListener("click", () => add(listed.filter((p) => !there(p.path))));
  for (const event of ["photos", "current"]) on(event, mark);
  begin();
}
