/* Dialogs: closing buttons, a click beside them, and a question before something goes. */
import { $ } from "./dom.js";

export function initDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close]")) dialog.close();
    });
  }
}

/** Ask; resolves to whether the person said yes. */
export function ask(text, yes) {
  const dialog = $("ask");
  $("ask-text").textContent = text;
  $("ask-yes").textContent = yes;
  return new Promise((resolve) => {
    const agree = () => dialog.close("yes");
    dialog.returnValue = "";
    $("ask-yes").addEventListener("click", agree, { once: true });
    dialog.addEventListener("close", () => {
      $("ask-yes").removeEventListener("click", agree);
      resolve(dialog.returnValue === "yes");
    }, { once: true });
    dialog.showModal();
  });
}
