/* Photos come in: dropped, picked, a whole folder of them; one request each, in their order. */
import { ApiError, api } from "./api.js";
import { $ } from "./dom.js";
import { complain, notice, say } from "./notices.js";
import { addPhotos, needSession, store } from "./store.js";
import { t } from "./texts.js";

// Files that lie in every photo folder and are none.
const SKIP = /(^\.|^thumbs\.db$|^desktop\.ini$|\.(txt|md|pdf\.part|xmp|json|xml|html?|zip|db|ini|mp4|mov|avi|mp3|docx?|py|js|css)$)/i;
const queue = [];
let total = 0;
let done = 0;
let good = 0;
let working = false;

function progress() {
  const busy = working && total > done;
  $("intake").hidden = !busy;
  $("intake-text").textContent = t("photos.reading", { done: Math.min(done + 1, total), total });
  $("intake-bar").max = total;
  $("intake-bar").value = done;
}

async function worker(session) {
  while (queue.length) {
    const file = queue.shift();
    try {
      // A server that refuses in the middle of a body looks like a lost one; so it is not begun.
      if (file.size > store.about.limits.file_bytes) throw new ApiError(413, "too_large", t("errors.too_large"));
      const { photos } = await api.upload(session, file, file.name);
      good += photos.length;
      addPhotos(photos);
    } catch (error) {
      complain(error, file.name);
    }
    done += 1;
    progress();
  }
}

const folderOf = (file) => file.webkitRelativePath?.split("/").slice(0, -1).at(-1);

/** Take in files; of a folder, what is plainly no photo is left out. `from` names the folder. */
export async function takeIn(files, { folder = false, from = "" } = {}) {
  const wanted = folder ? files.filter((f) => !SKIP.test(f.name)) : files;
  if (!wanted.length) { if (files.length || folder) notice(t("photos.none"), { error: true }); return; }
  queue.push(...wanted);
  total += wanted.length;
  if (working) { progress(); return; }
  working = true;
  progress();
  try {
    const { id } = await needSession(from || folderOf(wanted[0]) || wanted[0].name.replace(/\.[^.]+$/, ""));
    await worker(id);
    if (good) say(t("photos.added", { n: good }));
  } catch (error) {
    queue.length = 0;
    complain(error);
  }
  working = false;
  total = done = good = 0;
  progress();
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
