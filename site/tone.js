/* What kind of grey a photograph is: neutral, toned or in colour. As `tintype.photo.tone_kind` judges a whole view of it;
   the numbers come from data.json, which the build writes from that module. */

const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const f = (t) => (t > 216 / 24389 ? Math.cbrt(t) : (t * (24389 / 27) + 16) / 116);

/** Lab (3 planes) of RGBA samples; D65. */
export function labOf(samples) {
  const n = samples.length / 4;
  const lab = [0, 1, 2].map(() => new Float64Array(n));
  const table = Float64Array.from({ length: 256 }, (_, code) => linear(code / 255));
  for (let i = 0; i < n; i += 1) {
    const [r, g, b] = [table[samples[4 * i]], table[samples[4 * i + 1]], table[samples[4 * i + 2]]];
    const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
    lab[0][i] = 116 * y - 16;
    lab[1][i] = 500 * (x - y);
    lab[2][i] = 200 * (y - z);
  }
  return lab;
}

/** A plane blurred by a Gaussian; edges repeat. */
export function blurred(plane, width, height, sigma) {
  const reach = Math.ceil(sigma * 3);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * sigma ** 2)));
  const sum = weights.reduce((a, b) => a + b);
  const along = (from, count, stride, lines, jump) => {
    const to = new Float64Array(from.length);
    for (let line = 0; line < lines; line += 1) {
      for (let i = 0; i < count; i += 1) {
        let v = 0;
        for (let k = -reach; k <= reach; k += 1) v += weights[k + reach] * from[line * jump + Math.min(Math.max(i + k, 0), count - 1) * stride];
        to[line * jump + i * stride] = v / sum;
      }
    }
    return to;
  };
  return along(along(plane, width, 1, height, width), height, width, width, 1);
}

function percentile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const at = (q / 100) * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** The a and b that each pixel has by its lightness: medians of L's quantiles, joined. */
function toneCurve([L, a, b], knots) {
  const order = [...L.keys()].sort((i, j) => L[i] - L[j]);
  const count = Math.min(knots, order.length);
  const parts = [];
  for (let k = 0, from = 0; k < count; k += 1) {
    const size = Math.floor(order.length / count) + (k < order.length % count ? 1 : 0);
    parts.push(order.slice(from, from += size));
  }
  const at = parts.map((part) => part.reduce((sum, i) => sum + L[i], 0) / part.length);
  return [a, b].map((plane) => {
    const raw = parts.map((part) => percentile(part.map((i) => plane[i]), 50));
    const smooth = raw.map((v, k) => ((raw[k - 1] ?? v) + 2 * v + (raw[k + 1] ?? v)) / 4);
    return L.map((x) => {
      let k = at.findIndex((v) => v >= x);
      if (k < 0) return smooth.at(-1);
      if (k === 0) return smooth[0];
      while (at[k] === at[k - 1]) k -= 1;
      return smooth[k - 1] + ((x - at[k - 1]) / (at[k] - at[k - 1])) * (smooth[k] - smooth[k - 1]);
    });
  });
}

/** How far colours stray from the tone. */
function strays(tone, stray, C) {
  const across = C.map((c, i) => Math.abs(stray[0][i] * tone[1][i] - stray[1][i] * tone[0][i]) / Math.max(c, 1e-6));
  const away = stray[0].map((v, i) => Math.hypot(v, stray[1][i]));
  return (percentile(away, 99) * Math.sqrt(percentile(across, 95))) / (percentile(C, 90) + 0.5) ** 0.3;
}

/** Whether colours stray nearly as yellowed paper does alone. */
function onlyStained([a, b], [toA, toB], [red, blue]) {
  const along = a.map((v, i) => v * toA + b[i] * toB);
  const across = a.map((v, i) => Math.abs(v * toB - b[i] * toA));
  return percentile(across, 99) < red && -percentile(along, 1) < blue;
}

/** The kind of a small view: grey, sepia, cyanotype, toned or color. */
export function kindOf({ data: samples, width, height }, { colored, neutral, knots, hues, stain, stained }) {
  const sigma = Math.min(2, Math.max(width, height) / 16);
  const lab = labOf(samples).map((plane) => blurred(plane, width, height, sigma));
  const tone = toneCurve(lab, knots);
  const stray = [0, 1].map((k) => lab[k + 1].map((v, i) => v - tone[k][i]));
  const C = tone[0].map((v, i) => Math.hypot(v, tone[1][i]));
  if (strays(tone, stray, C) > colored && !onlyStained(stray, stain, stained)) return "color";
  if (percentile(C, 90) < neutral) return "grey";
  const mean = (plane) => plane.reduce((sum, v) => sum + v, 0) / plane.length;
  const [a, b] = tone.map(mean);
  const hue = ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;
  const named = Object.entries(hues).find(([, [low, high]]) => hue >= low && hue <= high);
  return Math.hypot(a, b) > 0.7 * mean(C) && named ? named[0] : "toned";
}
