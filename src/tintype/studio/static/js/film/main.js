/* The page of one film, put together. */
import { initConnection } from "../connection.js";
import { ask, initDialogs } from "../dialogs.js";
import { $ } from "../dom.js";
import { initLanguage } from "../language.js";
import { complain } from "../notices.js";
import { initTexts, problem, remark, t } from "../texts.js";
import { initTheme } from "../theme.js";
import { films } from "./api.js";
import { initPanel } from "./panel.js";
import { initPicture, show } from "./picture.js";
import { initShots } from "./shots.js";
import { film, load } from "./state.js";

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function read() {
  for (film.model = await films.get(film.id); film.model.state === "reading"; film.model = await films.get(film.id)) {
    $("film-name").textContent = film.model.name;
    $("reading-text").textContent = t("film.reading", { done: film.model.progress * 100 });
    $("reading-bar").value = film.model.progress;
    await wait(300);
  }
  $("film-name").textContent = film.model.name;
  if (film.model.state === "failed") {
    $("reading-text").textContent = problem(film.model.problem);
    $("reading-bar").hidden = true;
    return false;
  }
  return true;
}

function facts() {
  const { width, height, rate, shots, notes } = film.model;
  const last = shots.at(-1);
  const values = { width, height, rate, minutes: Math.floor((last.time + last.seconds) / 60), seconds: Math.round((last.time + last.seconds) % 60) };
  $("film-facts").textContent = [t("film.facts", values), ...notes.map(remark)].join(" · ");
  $("film-facts").title = $("film-facts").textContent;
}

async function close() {
  if (!(await ask(t("film.closeAsk", film.model), t("film.close")))) return;
  try {
    await films.close(film.id);
    location.assign("/");
  } catch (error) {
    complain(error);
  }
}

async function begin() {
  $("film-close").addEventListener("click", close);
  if (!(await read())) return;
  load();
  $("reading").hidden = true;
  for (const id of ["picture", "film-bar", "panel"]) $(id).hidden = false;
  initPicture();
  initShots();
  initPanel();
  facts();
  const [first] = film.model.shots;
  show(Math.floor((first.start + first.end) / 2));
  document.body.dataset.ready = "yes";
}

await initTexts();
initTheme($("theme"));
initLanguage([$("language")], async () => {});
initDialogs();
initConnection();
try {
  await begin();
} catch (error) {
  complain(error);
}
