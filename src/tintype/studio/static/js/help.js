/* How it works, and the keys. */
import { $, make } from "./dom.js";
import { t } from "./texts.js";

export function initHelp() {
  $("help-steps").append(...t("help.steps").map((text) => make("li", { textContent: text })));
  $("help-keys").append(...t("help.keys").flatMap(([keys, text]) => [make("dt", {}, make("kbd", { textContent: keys })), make("dd", { textContent: text })]));
  $("help-open").addEventListener("click", () => $("help").showModal());
}
