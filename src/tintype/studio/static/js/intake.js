/* Photos come in: dropped, picked, a whole folder of them; one request each, in their order. */
import { ApiError, api } from "./api.js";
import { back } from "./connection.js";
import { $ } from "./dom.js";
import { films } from "./film/api.js";
import { complain, notice, say } from "./notices.js";
import { addPhotos, needSession, select, store } from "./store.js";
import { t } from "./texts.js";

// Files that lie in every photo folder and are none.
const SKIP = /(^\.|^thumbs\.db$|^desktop\.ini$|\.(txt|md|pdf\.part|xmp|json|xml|html?|zip|db|ini|mp4|mov|avi|mp3|docx?|py|js|css)$)/i;
const FILM = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|m?ts|wmv|ogv|3gp|vob)$/i;
const queue = []; // {name, send(session)}: a file of the browser's, or one of the studio's folder
let total = 0;
let done = 0;
let good = 0;
let working = false;

function progress() {
  $("intake").hidden = !(working && total > done);
  $("intake-text").textContent = t("photos.reading", { done: Math.min(done + 1, total), total });
  Object.assign($("intake-bar"), { max: total, value: done });
}

async function worker(title) {
  while (queue.length) {
    const item = queue[0];
    try {
      const { id } = await needSession(title);
      const { photos } = await item.send(id);
      addPhotos(photos);
      if (!good && photos.length) select(photos[0]); // What somebody brings, they want to see.
      good += photos.length;
    } catch (error) {
      if (error.code === "lost") { await back(); continue; } // Nothing came in of it: it is sent again.
      complain(error, item.name);
      // What holds for one holds for all the others.
      if (error.code === "too_many_photos" || error.code === "too_many_sessions" || error.code === "disk_full") drain();
    }
    if (queue[0] === item) queue.shift(); // else it was stopped
    done += 1;
    progress();
  }
}

function drain() {
  total -= queue.length;
  queue.length = 0;
}

/** Take in what `items` name, one after the other; a new session is called `title`. Resolves when all are in. */
export async function bringIn(items, title) {
  queue.push(...items);
  total += items.length;
  progress();
  if (working) return;
  working = true;
  progress();
  await worker(title);
  if (good) say(t("photos.added", { n: good }));
  working = false;
  total = done = good = 0;
  progress();
}

const sending = (file) => ({
  name: file.name,
  send: (session) => {
    // A server that refuses in the middle of a body looks like a lost one; so it is not begun.
    if (file.size > store.about.limits.file_bytes) throw new ApiError(413, "too_large", t("errors.too_large"));
    return api.upload(session, file, file.name);
  },
});

const folderOf = (file) => file.webkitRelativePath?.split("/").slice(0, -1).at(-1);

/** A film has a page of its own. */
async function openFilm(file) {
  try {
    if (!store.about.films) throw new ApiError(422, "not_installed", t("film.install"));
    if (file.size > store.about.limits.film_bytes) throw new ApiError(413, "too_large", t("errors.too_large"));
    notice(t("film.opening", { name: file.name }));
    const { id } = await films.open(file);
    location.assign(`/film?id=${id}`);
  } catch (error) {
    complain(error, file.name);
  }
}

/** Take in files; of a folder, what is plainly no photo is left out. `from` names the folder. */
export async function takeIn(files, { folder = false, from = "" } = {}) {
  const film = folder ? null : files.find((f) => f.type.startsWith("video/") || FILM.test(f.name));
  if (film) { await openFilm(film); return; }
  const wanted = folder ? files.filter((f) => !SKIP.test(f.name)) : files;
  if (!wanted.length) { if (files.length || folder) notice(t("photos.none"), { error: true }); return; }
  await bringIn(wanted.map(sending), from || folderOf(wanted[0]) || wanted[0].name.replace(/\.[^.]+$/, ""));
}

const entriesOf = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
const fileOf = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });

async function walk(entry, found) {
  if (entry.isFile) { found.push(await fileOf(entry)); return; }
  const reader = entry.createReader();
  // A reader gives its entries in parts.
  for (let part = await entriesOf(reader); part.length; part = await entriesOf(reader)) {
    for (const one of part.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))) await walk(one, found);
  }
}

async function dropped(data) {
  const entries = [...data.items].map((i) => i.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) { await takeIn([...data.files]); return; }
  const found = [];
  try {
    for (const entry of entries) await walk(entry, found);
  } catch (error) {
    complain(error);
  }
  const folder = entries.find((e) => e.isDirectory);
  await takeIn(found, { folder: Boolean(folder), from: folder?.name });
}

export function initIntake() {
  for (const [input, buttons, folder] of [["file-input", ["pick-files", "pick-files-small"], false], ["folder-input", ["pick-folder", "pick-folder-small"], true]]) {
    for (const id of buttons) $(id).addEventListener("click", () => $(input).click());
    $(input).addEventListener("change", () => {
      const files = [...$(input).files];
      $(input).value = "";
      takeIn(files, { folder });
    });
  }
  $("intake-stop").addEventListener("click", () => {
    const n = Math.max(queue.length - 1, 0); // The first is under way.
    queue.splice(1);
    total -= n;
    progress();
    if (n) notice(t("photos.stopped", { n }));
  });
  let depth = 0;
  const veil = (yes) => document.body.classList.toggle("dropping", yes);
  const isFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (isFiles(event)) { depth += 1; veil(true); } });
  addEventListener("dragleave", (event) => { if (isFiles(event)) { depth -= 1; if (depth <= 0) veil(false); } });
  addEventListener("dragover", (event) => { if (isFiles(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    veil(false);
    if (!isFiles(event)) return;
    event.preventDefault();
    dropped(event.dataTransfer);
  });
  addEventListener("beforeunload", (event) => { if (working) event.preventDefault(); });
  addEventListener("paste", (event) => { if (event.clipboardData?.files.length) takeIn([...event.clipboardData.files]); });
}
