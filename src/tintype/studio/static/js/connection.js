/* A lost server: say so, ask again until it answers, then let everybody send what waited. */
import { whenLost } from "./api.js";
import { $ } from "./dom.js";
import { notice } from "./notices.js";
import { t } from "./texts.js";

let lost = false;
const listeners = [];
const waiting = [];

export const isLost = () => lost;

/** Call `fn` when a lost server answers again. */
export function whenBack(fn) { listeners.push(fn); }

/** Resolves when a lost server answers again; at once if it does. */
export const back = () => (lost ? new Promise((resolve) => { waiting.push(resolve); }) : Promise.resolve());

async function answers() {
  try {
    const response = await fetch("/api/about", { cache: "no-store", headers: { "X-Tintype": "1" } });
    return response.ok;
  } catch {
    return false;
  }
}

function loop(wait) {
  setTimeout(async () => {
    if (!(await answers())) { loop(Math.min(wait * 1.5, 5000)); return; }
    lost = false;
    $("lost").hidden = true;
    notice(t("lost.back"));
    for (const fn of [...listeners, ...waiting.splice(0)]) fn();
  }, wait);
}

export function initConnection() {
  whenLost(() => {
    if (lost) return;
    lost = true;
    $("lost").textContent = t("lost.text");
    $("lost").hidden = false;
    loop(600);
  });
}
