/* One photo as a file, or all of them as a zip; always at full resolution. */
import { api } from "./api.js";
import { $, make, save } from "./dom.js";
import { startZip } from "./jobs.js";
import { complain, notice, say } from "./notices.js";
import { flush } from "./saving.js";
import { store } from "./store.js";
import { maybe, remark, t } from "./texts.js";

function nameOf(response, photo) {
  const header = response.headers.get("Content-Disposition") ?? "";
  const plain = /filename="?([^";]+)"?/.exec(header)?.[1];
  const coded = /filename\*=(?:UTF-8'')?([^;]+)/i.exec(header)?.[1];
  return coded ? decodeURIComponent(coded) : (plain ?? `${photo.name.replace(/\.[^.]+$/, "")}.color`);
}

async function one() {
  const photo = store.current;
  const button = $("download-one");
  button.disabled = true;
  button.textContent = t("download.making");
  say(t("download.making"));
  try {
    await flush();
    const response = await api.download(store.session.id, photo.id, $("download-format").value);
    const name = nameOf(response, photo);
    const url = URL.createObjectURL(await response.blob());
    save(url, name);
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    $("download").close();
    const told = JSON.parse(response.headers.get("Tintype-Notes") ?? "[]").map(remark);
    notice([t("download.done", { name }), ...told].join(" "), { stay: told.length > 0 });
  } catch (error) {
    $("download").close();
    complain(error, photo.name);
  }
  button.disabled = false;
  button.textContent = t("download.one");
}

export function initDownloads() {
  const formats = store.about.settings.find((s) => s.name === "format").choices;
  $("download-format").append(...formats.map((f) => make("option", { value: f, textContent: f ? (maybe(`settings.choices.format.${f}`) ?? f.toUpperCase()) : t("settings.original") })));
  $("download-open").addEventListener("click", () => {
    $("download-format").value = store.current.state.settings.format ?? "";
    $("download-one").textContent = t("download.one");
    $("download-all").textContent = t("download.all", { n: store.photos.length });
    $("download-all").hidden = store.photos.length < 2;
    $("download").showModal();
  });
  $("download-one").addEventListener("click", one);
  $("download-all").addEventListener("click", () => { $("download").close(); startZip(); });
}
