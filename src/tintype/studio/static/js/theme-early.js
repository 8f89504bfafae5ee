/* Before the first paint, so that a dark page never flashes white. */
try {
  const kept = localStorage.getItem("tintype.theme");
  if (kept) document.documentElement.dataset.theme = kept;
} catch { /* Storage is off: the system's choice stands. */ }
