/* What happened, in words: a quiet line for screen readers, a card for what somebody must read. */
import { $, icon, make } from "./dom.js";
import { t } from "./texts.js";

let said = 0;

/** Say something to a screen reader without moving the focus. */
export function say(text) {
  // The same text twice would not be announced twice.
  $("status").textContent = said++ % 2 ? text : `${text} `;
}

/** Show a message until it is dismissed (errors, or with `stay`) or for some seconds; `action` is {text, act}. */
export function notice(text, { error = false, stay = error, action = null } = {}) {
  const old = [...$("notices").children].find((n) => n.dataset.text === text);
  old?.remove();
  const card = make("div", { className: error ? "notice problem" : "notice", attrs: { role: error ? "alert" : "status" } },
    make("p", { textContent: text }),
    action && make("button", { type: "button", className: "small", textContent: action.text, on: { click: () => { card.remove(); action.act(); } } }),
    make("button", { type: "button", className: "square quiet", attrs: { "aria-label": t("notices.dismiss") }, on: { click: () => card.remove() } }, icon("close")));
  card.dataset.text = text;
  $("notices").append(card);
  while ($("notices").children.length > 4) $("notices").firstChild.remove();
  if (!stay) setTimeout(() => card.remove(), action ? 12_000 : 5000);
}

/** Take away what only told of something; errors stay until they are read. */
export function clearNotices() {
  for (const card of $("notices").querySelectorAll(".notice:not(.problem)")) card.remove();
}

/** Show an error, unless it only says that a newer request took over or the server is away (the banner says so). */
export function complain(error, name) {
  if (error?.name === "AbortError" || error?.code === "superseded" || error?.code === "lost") return;
  const message = error?.message || t("errors.unknown");
  notice(name && !message.startsWith(name) ? t("errors.file", { name, message }) : message, { error: true });
}
