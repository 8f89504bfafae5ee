/* What a distribution over bins says beside the choice of colours: likely colours at a spot, other pictures, doubt.
   The numbers come from data.json, which the build writes from Tintype's own modules. */

/** Value at `x` of a line through knots at 0, 0.5 and 1. */
export function between([low, middle, high], x) {
  const v = Math.min(1, Math.max(0, x));
  return v < 0.5 ? low + (middle - low) * 2 * v : middle + (high - middle) * (2 * v - 1);
}

/** Probabilities of the bins at one place of logits (Q, places). */
export function softmaxAt(logits, count, places, place) {
  const p = new Float64Array(count);
  let most = -Infinity;
  for (let q = 0; q < count; q += 1) most = Math.max(most, logits[q * places + place]);
  let sum = 0;
  for (let q = 0; q < count; q += 1) sum += p[q] = Math.exp(logits[q * places + place] - most);
  for (let q = 0; q < count; q += 1) p[q] /= sum;
  return p;
}

const square = (a, b) => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;

/** Colours [a, b] that are likely at a place, each with its share: as Tintype's `suggest`. */
export function suggest(p, { bins, suggest: { spread, apart } }, count) {
  const near = bins.map((one) => bins.reduce((sum, other, q) => sum + Math.exp(-square(one, other) / (2 * spread ** 2)) * p[q], 0));
  const order = [...near.keys()].sort((i, j) => near[j] - near[i]);
  const chosen = [];
  for (const i of order) {
    if (chosen.length === count) break;
    if (chosen.every((j) => square(bins[i], bins[j]) >= apart ** 2)) chosen.push(i);
  }
  const shares = new Float64Array(chosen.length);
  bins.forEach((bin, q) => {
    let best = 0;
    chosen.forEach((i, k) => { if (square(bin, bins[i]) < square(bin, bins[chosen[best]])) best = k; });
    shares[best] += p[q];
  });
  return chosen.map((i, k) => ({ ab: bins[i], share: shares[k] }));
}

/** Mean colours (2, places) of the sharpened distribution under each leaning: the first has none. */
export function leanedMeans(logits, places, { bins, leans }, temperature) {
  const all = [new Array(bins.length).fill(0), ...leans].map((lean) => lean.map((v) => Math.exp(v / temperature)));
  const means = all.map(() => new Float32Array(2 * places));
  const p = new Float64Array(bins.length);
  for (let i = 0; i < places; i += 1) {
    let most = -Infinity;
    for (let q = 0; q < p.length; q += 1) most = Math.max(most, logits[q * places + i]);
    for (let q = 0; q < p.length; q += 1) p[q] = Math.exp((logits[q * places + i] - most) / temperature);
    all.forEach((weights, k) => {
      let [sum, a, b] = [0, 0, 0];
      for (let q = 0; q < p.length; q += 1) {
        const w = p[q] * weights[q];
        sum += w;
        a += w * bins[q][0];
        b += w * bins[q][1];
      }
      means[k][i] = a / sum;
      means[k][places + i] = b / sum;
    });
  }
  return means;
}

/** Which leanings make the most distinct pictures, as many as wanted, none (-1) first: as Tintype's `tilts`. */
export function distinct(means, count) {
  const gap = (x, y) => { let sum = 0; for (let i = 0; i < x.length; i += 1) sum += Math.abs(x[i] - y[i]); return sum; };
  const taken = [0];
  const pool = means.map((_, k) => k).slice(1);
  while (taken.length < count && pool.length) {
    const gaps = pool.map((k) => Math.min(...taken.map((other) => gap(means[k], means[other]))));
    taken.push(...pool.splice(gaps.indexOf(Math.max(...gaps)), 1));
  }
  return taken.map((k) => k - 1);
}

/** How sure the network is at each place, 0-1: 1 - entropy / log Q. */
export function confidence(logits, count, places) {
  const sure = new Float32Array(places);
  for (let i = 0; i < places; i += 1) {
    const p = softmaxAt(logits, count, places, i);
    let entropy = 0;
    for (const v of p) entropy -= v * Math.log(v + 1e-12);
    sure[i] = Math.min(1, Math.max(0, 1 - entropy / Math.log(count)));
  }
  return sure;
}
