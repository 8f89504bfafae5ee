/* The shots, on the left: one small frame each, asked for when it comes into sight. */
import { $, make } from "../dom.js";
import { t } from "../texts.js";
import { films } from "./api.js";
import { onFrame, show } from "./picture.js";
import { clock, film, shotOf } from "./state.js";

const SIDE = 240;
const items = [];

function mark() {
  const here = shotOf(film.frame);
  items.forEach((node, at) => {
    const button = node.firstElementChild;
    if (at === here) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
  });
  items[here]?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function initShots() {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      target.src = target.dataset.src;
      seen.unobserve(target);
    }
  });
  film.model.shots.forEach((shot, at) => {
    const image = make("img", { alt: "" });
    image.dataset.src = films.beforeUrl(film.id, Math.floor((shot.start + shot.end) / 2), SIDE);
    seen.observe(image);
    const name = t("film.shot", { n: at + 1, time: clock(shot.time) });
    items.push(make("li", {}, make("button", { type: "button", className: "frame", on: { click: () => show(Math.floor((shot.start + shot.end) / 2)) } }, image, make("span", { className: "frame-name", textContent: name }))));
  });
  $("shots").append(...items);
  $("shot-count").textContent = t("photos.count", { n: items.length });
  onFrame(mark);
}
