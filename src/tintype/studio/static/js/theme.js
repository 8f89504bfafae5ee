/* Light or dark: the system's choice, until the person chooses. */
import { keep } from "./dom.js";

export function initTheme(...buttons) {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  for (const button of buttons) button.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    keep("theme", next);
  });
}
