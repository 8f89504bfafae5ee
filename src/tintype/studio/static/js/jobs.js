/* Work on many photos: how far it is, stopping it, and the zip at its end. */
import { api } from "./api.js";
import { $, make, save } from "./dom.js";
import { clearNotices, complain, say } from "./notices.js";
import { flush } from "./saving.js";
import { store } from "./store.js";
import { problem, t } from "./texts.js";

let job = null;
let events = null;
let reported = "";
let timer = 0;

const isOver = (now) => !["queued", "running"].includes(now.state);

function show(now) {
  if (job?.id === now.id && isOver(job)) return; // Told twice: by an event, and when asked.
  job = now;
  const over = isOver(now);
  $("job").hidden = false;
  $("job-text").textContent = t(`job.${now.state}`, now);
  $("job-bar").max = Math.max(now.total, 1);
  $("job-bar").value = now.progress * now.total; // A large photo is seen to move on, too.
  $("job-cancel").hidden = over;
  $("job-link").hidden = !(now.state === "done" && now.result);
  if (now.result) Object.assign($("job-link"), { href: now.result, download: `${store.session?.title || "tintype"}.zip` });
  $("job-failures").replaceChildren(...now.failures.map((failure) => {
    const name = store.photos.find((p) => p.id === failure.photo)?.name ?? failure.photo;
    const message = problem(failure);
    return make("li", { textContent: name && !message.startsWith(name) ? t("job.failure", { name, message }) : message });
  }));
  // Not every photo is announced: beginning, quarters and the end are enough to listen to.
  const key = `${now.state}:${Math.floor((4 * now.done) / Math.max(now.total, 1))}`;
  if (key !== reported) { reported = key; say($("job-text").textContent); }
  if (over) { events?.close(); events = null; if (now.state === "done" && now.result) fetchZip(); }
}

async function fetchZip() {
  // Asked for first, so that an error is told in words and not saved as a file. The browser then writes the zip to
  // disk by itself: a whole session may be larger than its memory.
  try {
    const { state, result } = await api.job(job.id);
    if (state === "done") save(result, $("job-link").download);
  } catch (error) {
    complain(error);
  }
}

function follow(id) {
  events?.close();
  events = new EventSource(`/api/jobs/${id}/events`);
  const take = (event) => show(JSON.parse(event.data));
  events.onmessage = take;
  // The browser connects again by itself after a lost line.
  events.addEventListener("job", take);
  events.onerror = () => poll(id);
}

/** Where no events come through, ask. */
async function poll(id) {
  clearTimeout(timer);
  try {
    const now = await api.job(id);
    if (job?.id !== id) return;
    show(now);
    if (isOver(now)) return;
  } catch (error) {
    complain(error);
    if (error.code !== "lost") { $("job").hidden = true; return; }
  }
  timer = setTimeout(() => poll(id), 1000);
}

/** Colour all photos at full resolution, into a zip. */
export async function startZip() {
  try {
    await flush();
    reported = "";
    const started = await api.startJob(store.session.id, null);
    show(started);
    clearNotices(); // On a phone they would lie on the progress.
    $("job").scrollIntoView({ block: "end" });
    if (!isOver(started)) follow(started.id);
  } catch (error) {
    complain(error);
  }
}

export function initJobs() {
  $("job-cancel").addEventListener("click", async () => {
    try {
      await api.cancelJob(job.id);
      if (!events) poll(job.id);
    } catch (error) {
      complain(error);
    }
    $("stage").focus({ preventScroll: true });
  });
  $("job-link").addEventListener("click", (event) => { event.preventDefault(); fetchZip(); });
}
