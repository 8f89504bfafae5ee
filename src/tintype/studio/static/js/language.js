/* The menu of languages. The page is loaded anew in the language that was chosen: nothing of it is left in another. */
import { keep, make } from "./dom.js";
import { language } from "./texts.js";
import { languages } from "../texts/index.js";

/** Fill `menus` with the languages; `before` is waited for until the page goes. */
export function initLanguage(menus, before) {
  for (const menu of menus) {
    menu.append(...Object.entries(languages).map(([code, { name, tag }]) => make("option", { value: code, textContent: name, lang: tag })));
    menu.value = language;
    menu.addEventListener("change", async () => {
      keep("language", menu.value);
      await before();
      location.reload();
    });
  }
}
