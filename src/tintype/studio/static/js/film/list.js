/* On the page of photographs: the films that are open, each a link to its own page. */
import { $, make } from "../dom.js";
import { films } from "./api.js";

export async function initFilmList() {
  const open = await films.all();
  $("open-films").hidden = !open.length;
  $("open-films").append(...open.map(({ id, name }) => make("a", { href: `/film?id=${id}`, dir: "auto", textContent: name })));
}
