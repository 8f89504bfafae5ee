/* The page, put together. */
import { api } from "./api.js";
import { initCamera } from "./camera.js";
import { initCompare } from "./compare-slider.js";
import { initConfidence } from "./confidence.js";
import { initConnection, whenBack } from "./connection.js";
import { initDialogs } from "./dialogs.js";
import { $ } from "./dom.js";
import { initDownloads } from "./downloads.js";
import { initFilmList } from "./film/list.js";
import { initFilmstrip } from "./filmstrip.js";
import { initFolder } from "./folder.js";
import { initHelp } from "./help.js";
import { initGestures, useTool } from "./gestures.js";
import { hintTool, initHints } from "./hints.js";
import { initHistory, redo, undo } from "./history.js";
import { initIntake } from "./intake.js";
import { initJobs } from "./jobs.js";
import { initLanguage } from "./language.js";
import { initMask, maskTool, showMask } from "./mask.js";
import { complain } from "./notices.js";
import { closePicker, initPicker } from "./picker.js";
import { initPictures } from "./pictures.js";
import { initProposals } from "./proposals.js";
import { flush, initSaving, sendUnsent } from "./saving.js";
import { initReview } from "./review.js";
import { initSessions, resume } from "./sessions.js";
import { initSettings } from "./settings-panel.js";
import { initStage } from "./stage.js";
import { store } from "./store.js";
import { initTexts, t } from "./texts.js";
import { initTheme } from "./theme.js";
import { initThumbnails } from "./thumbnails.js";

function initTools() {
  const choose = (name) => {
    document.body.dataset.tool = name;
    useTool(name === "mask" ? maskTool : hintTool);
    showMask(name === "mask");
    closePicker();
  };
  for (const input of document.querySelectorAll("input[name=tool]")) input.addEventListener("change", () => choose(input.value));
  choose(document.querySelector("input[name=tool]:checked").value);
}

function initKeys() {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.target.matches("input[type=text]") || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    const act = key === "z" ? (event.shiftKey ? redo : undo) : key === "y" ? redo : null;
    if (!act) return;
    event.preventDefault();
    act();
  });
}

async function begin() {
  store.about = await api.about();
  for (const init of [initSessions, initFilmstrip, initThumbnails, initStage, initCompare, initPictures, initGestures, initHistory, initSaving, initPicker, initHints, initMask, initConfidence, initSettings, initProposals, initIntake, initCamera, initJobs, initDownloads, initHelp, initReview, initTools, initKeys]) init();
  await sendUnsent();
  await resume();
  initFolder();
  initFilmList().catch(complain);
  if (!store.about.local && !["127.0.0.1", "localhost", "[::1]"].includes(location.hostname)) $("start-private").textContent = t("start.privateThere");
  document.body.dataset.ready = "yes";
}

await initTexts();
initTheme($("theme"), $("theme-too"));
initLanguage([$("language"), $("language-too")], () => flush().catch(complain));
initDialogs();
initConnection();
try {
  await begin();
} catch (error) {
  complain(error);
  if (error.code === "lost") whenBack(() => location.reload());
}
