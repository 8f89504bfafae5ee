/* The words of the page, in the reader's language. Every word is in ../texts/, one file a language. */
import { languages } from "../texts/index.js";
import { kept } from "./dom.js";
import { writer } from "./message.js";

const folder = new URL("../texts/", import.meta.url);
const FALLBACK = "en";
let words = {};
let english = {};
let write = null;
let writeEnglish = null;

/** Which language the page speaks: a key of `languages`. */
export let language = FALLBACK;

async function load(code) {
  const response = await fetch(new URL(`${code}.json`, folder));
  if (!response.ok) throw new Error(`${code}.json: ${response.status}`);
  return response.json();
}

const primary = (tag) => tag.toLowerCase().split("-")[0];

/** The language that was chosen by hand, else the first of the browser's that there is. */
function choose() {
  const chosen = kept("language");
  const wanted = navigator.languages?.length ? navigator.languages : [FALLBACK];
  return chosen in languages ? chosen : (wanted.map(primary).find((code) => code in languages) ?? FALLBACK);
}

/** A tag as it should be written; null for one that is none, as "c" where a system has no language. */
function canonical(tag) {
  try { return Intl.getCanonicalLocales(tag)[0]; } catch { return null; }
}

/** What `Intl` is asked for: the browser's own kind of the language, as de-CH, else the language as it is written here. */
function localeOf(code) {
  return (navigator.languages ?? []).map(canonical).find((tag) => tag && primary(tag) === code) ?? languages[code].tag;
}

function find(tree, key) {
  return key.split(".").reduce((node, part) => node?.[part], tree);
}

const written = (found, values, by) => (typeof found === "string" ? by(found, values) : found);

/** The text under `key`, or `undefined` when there is none. */
export function maybe(key, values = {}) {
  return written(find(words, key), values, write) ?? written(find(english, key), values, writeEnglish);
}

/** What the server remarks, {text, code, values}, in the reader's language; in English where its code is not known. */
export const remark = ({ text, code, values }) => maybe(`notes.${code}`, values) ?? text;

/** What the server says went wrong, {code, message, values}: in English its own words, which name file and value. */
export const problem = ({ code, message, values = {} }) =>
  (language === FALLBACK && message) || maybe(`errors.${code}`, values) || t("errors.request");

/** The text under `key`. */
export const t = (key, values) => maybe(key, values) ?? key;

/** Fill in the words of what is in the document already. */
function dress(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    if (node.matches("button")) node.title = t(node.dataset.tLabel);
  }
  for (const node of root.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
}

export async function initTexts() {
  language = choose();
  // A page in English is better than none, where the language's file does not come.
  const [fallback, own] = await Promise.all([load(FALLBACK), language === FALLBACK ? null : load(language).catch(() => null)]);
  if (!own) language = FALLBACK;
  english = fallback;
  words = own ?? fallback;
  const { tag, dir = "ltr" } = languages[language];
  writeEnglish = writer(FALLBACK, dir === "rtl");
  write = writer(localeOf(language), dir === "rtl");
  Object.assign(document.documentElement, { lang: tag, dir });
  dress(document);
}
