/* Several ways to colour the same photograph, side by side. */
import { api } from "./api.js";
import { $, make } from "./dom.js";
import { edit } from "./history.js";
import { complain, say } from "./notices.js";
import { look, store } from "./store.js";
import { t } from "./texts.js";

function take(candidate) {
  $("proposals").close();
  edit((state) => { state.candidate = candidate; });
  say(t("proposals.taken", { n: candidate + 1 }));
}

async function open() {
  const grid = $("proposals-grid");
  const photo = store.current;
  const now = look().candidate;
  grid.replaceChildren(make("p", { className: "dim", textContent: t("proposals.loading"), attrs: { role: "status" } }));
  $("proposals").showModal();
  try {
    const { candidates } = await api.candidates(store.session.id, photo.id, { count: 6, size: 384, state: structuredClone(look()) });
    grid.replaceChildren(...candidates.map(({ candidate, image }) => make("button", {
      type: "button", className: "proposal",
      attrs: { "aria-label": t("proposals.one", { n: candidate + 1 }), "aria-pressed": String((now ?? 0) === candidate) },
      on: { click: () => take(candidate) },
    }, make("img", { src: image, alt: "" }), make("span", { textContent: String(candidate + 1), attrs: { "aria-hidden": "true" } }))));
    grid.querySelector("[aria-pressed=true]")?.focus();
  } catch (error) {
    $("proposals").close();
    complain(error, photo.name);
  }
}

export function initProposals() {
  $("proposals-open").addEventListener("click", open);
}
