/* What of the page is cut off, or lies beside the screen. */
() => {
  const found = [];
  const tell = (node, what) => {
    found.push(`${what}: ${node.id || node.className} "${node.textContent.trim().slice(0, 40)}"`);
  };
  const seen = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const scrolls = (node) => node.closest(".film, .folder-list, .frame-name, .session-name, .sr-only, .skip");
  const kinds = "button, .button, select, summary, label, h2, h3, .toggle, .segments span";
  for (const node of document.querySelectorAll(kinds)) {
    const box = node.getBoundingClientRect();
    if (!box.width || !node.textContent.trim() || !seen(node) || scrolls(node)) continue;
    if (box.left < -1 || box.right > innerWidth + 1) tell(node, "beside the screen");
    if (node.clientWidth && node.scrollWidth > node.clientWidth + 1) tell(node, "cut off");
  }
  const { scrollWidth } = document.documentElement;
  if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} px wide`);
  return found;
}
