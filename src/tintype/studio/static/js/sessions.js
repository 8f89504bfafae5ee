/* Sessions: what was done before, opened again. */
import { api } from "./api.js";
import { ask } from "./dialogs.js";
import { $, icon, kept, make } from "./dom.js";
import { complain } from "./notices.js";
import { flush } from "./saving.js";
import { on, setSession, store } from "./store.js";
import { t } from "./texts.js";

// Seconds since 1970 from the server; a text is taken as it is.
const date = (value) => new Date(typeof value === "number" ? value * 1000 : value);
const titleOf = (s) => s?.title || t("sessions.untitled");

export async function openSession(id) {
  await flush().catch(complain);
  setSession(await api.session(id));
}

async function remove(session) {
  if (!(await ask(t("sessions.removeAsk", { name: titleOf(session) }), t("sessions.removeYes")))) return;
  try {
    await api.deleteSession(session.id);
    if (store.session?.id === session.id) setSession(null);
    await list();
  } catch (error) {
    complain(error);
  }
}

function line(session) {
  const name = titleOf(session);
  const label = t("sessions.remove", { name });
  return make("li", {},
    make("button", {
      type: "button", className: "session", attrs: { "aria-current": session.id === store.session?.id ? "true" : null },
      on: { click: () => { $("sessions").close(); openSession(session.id).catch(complain); } },
    }, make("strong", { dir: "auto", textContent: name }), make("span", { className: "dim small", textContent: t("sessions.line", { n: session.photos, when: date(session.modified) }) })),
    make("button", { type: "button", className: "square quiet", title: label, attrs: { "aria-label": label }, on: { click: () => remove(session) } }, icon("trash")));
}

async function list() {
  const { sessions } = await api.sessions();
  $("session-list").replaceChildren(...(sessions.length ? sessions.map(line) : [make("li", { className: "dim", textContent: t("sessions.none") })]));
}

async function open() {
  $("session-name").value = store.session?.title ?? "";
  $("session-rename").hidden = !store.session;
  try {
    await list();
    $("sessions").showModal();
  } catch (error) {
    complain(error);
  }
}

/** The session of the address, else the one before, else the latest. */
export async function resume() {
  const { sessions } = await api.sessions();
  const asked = /^#s=(\w+)/.exec(location.hash)?.[1];
  const found = [asked, kept("session"), sessions[0]?.id].find((id) => id && sessions.some((s) => s.id === id));
  setSession(found ? await api.session(found) : null);
}

export function initSessions() {
  $("sessions-open").addEventListener("click", open);
  $("session-new").addEventListener("click", async () => {
    $("sessions").close();
    await flush().catch(complain);
    setSession(null);
    $("pick-files").focus();
  });
  $("session-rename").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const title = $("session-name").value.trim();
      await api.renameSession(store.session.id, title);
      store.session.title = title;
      $("session-title").textContent = titleOf(store.session);
      await list();
    } catch (error) {
      complain(error);
    }
  });
  on("session", () => { $("session-title").textContent = titleOf(store.session); });
}
