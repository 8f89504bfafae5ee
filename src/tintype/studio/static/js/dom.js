/* Small helpers around the document. */
export const $ = (id) => document.getElementById(id);

/** An element with properties, attributes (in `attrs`) and children. */
export function make(tag, { attrs = {}, on = {}, ...props } = {}, ...children) {
  const node = document.createElement(tag);
  Object.assign(node, props);
  for (const [name, value] of Object.entries(attrs)) if (value !== null && value !== undefined) node.setAttribute(name, value);
  for (const [name, fn] of Object.entries(on)) node.addEventListener(name, fn);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Whether the page reads from right to left. */
export const mirrored = () => document.documentElement.dir === "rtl";

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

export function debounce(fn, ms) {
  let timer = 0;
  const later = (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; fn(...args); }, ms);
  };
  later.cancel = () => { clearTimeout(timer); timer = 0; };
  later.pending = () => timer !== 0;
  return later;
}

export function keep(name, value) {
  try { localStorage.setItem(`tintype.${name}`, value); } catch { /* Storage is off: only this visit knows. */ }
}

export function kept(name) {
  try { return localStorage.getItem(`tintype.${name}`); } catch { return null; }
}

/** Hand a blob to the browser as a file. */
export function save(href, name) {
  const link = make("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}
