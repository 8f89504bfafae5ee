/* The words of the page, in the reader's language where there is one. */
import { languages } from "../texts/index.js";

let words = {};
const english = (await languages.en()).default;

function find(tree, key) {
  return key.split(".").reduce((node, part) => node?.[part], tree);
}

/** The text under `key` in a language that is not the server's, if there is one. */
export const translated = (key) => (words === english ? undefined : find(words, key));

/** The text under `key`, or `undefined` when there is none. */
export function maybe(key, values = {}) {
  const found = find(words, key) ?? find(english, key);
  return typeof found === "function" ? found(values) : found;
}

/** The text under `key`. */
export const t = (key, values) => maybe(key, values) ?? key;

export async function initTexts() {
  const wanted = (navigator.languages || ["en"]).map((l) => l.split("-")[0]).find((l) => l in languages) || "en";
  words = (await languages[wanted]()).default;
  document.documentElement.lang = wanted;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    if (node.matches("button")) node.title = t(node.dataset.tLabel);
  }
  for (const node of document.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
}
