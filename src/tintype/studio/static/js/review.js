/* A finished archive in review: its least certain results are accepted, or steered and put into it anew. */
import { api } from "./api.js";
import { $ } from "./dom.js";
import { complain, notice, say } from "./notices.js";
import { flush } from "./saving.js";
import { on, step, store } from "./store.js";
import { t } from "./texts.js";

const buttons = () => [$("review-accept"), $("review-redo")];

function show() {
  const photo = store.current;
  $("review").hidden = !photo?.archive;
  $("review-note").textContent = photo?.review ? t(photo.review === "accepted" ? "review.accepted" : "review.redone") : "";
}

async function judge(verdict) {
  const photo = store.current;
  for (const button of buttons()) button.disabled = true;
  if (verdict === "redone") say(t("review.making"));
  try {
    await flush();
    const { review } = await api.review(store.session.id, photo.id, verdict);
    photo.review = review;
    notice(`${photo.name}: ${t(review === "accepted" ? "review.accepted" : "review.redone")}`);
    show();
    if (photo === store.current) step(1);
  } catch (error) {
    complain(error, photo.name);
  }
  for (const button of buttons()) button.disabled = false;
}

export function initReview() {
  if (!store.about.review) return;
  on("current", show);
  $("review-accept").addEventListener("click", () => judge("accepted"));
  $("review-redo").addEventListener("click", () => judge("redone"));
}
