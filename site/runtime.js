/* Who runs the network: the graphics card (WebGPU) where there is one, else the processor (WebAssembly, with SIMD, and
   with threads where the page is isolated), which does all the rest. The build of ONNX Runtime for graphics cards is
   another one, fetched only where there is one: it has no arithmetic in doubles, which the other steps need. */
import { leanedMeans } from "./distribution.js";

const FURTHEST = 2; // Lab units: a graphics card that is further off computes something else

/** Name of the build for this browser's graphics card, or null; `wanted` is "webgpu", "wasm" or null. */
export async function buildForCard(wanted) {
  if (wanted === "wasm" || !navigator.gpu) return null;
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }).catch(() => null);
  // An adapter that is a program of the processor is slower than the processor's own build.
  const slow = adapter?.info?.isFallbackAdapter ?? adapter?.isFallbackAdapter;
  if (!adapter || (slow && wanted !== "webgpu")) return null;
  return "Suspending" in WebAssembly ? "jspi" : "asyncify";
}

/** The runtime of a build {module, loader} with its WebAssembly, which is here already. */
export async function start({ module, loader }, binary, base) {
  const ort = await import(new URL(module, base));
  ort.env.wasm.wasmBinary = binary;
  ort.env.wasm.wasmPaths = { mjs: new URL(loader, base).href };
  ort.env.wasm.numThreads = self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, 8) : 1;
  return ort;
}

/** Slopes of which the build of the page knows the colours, as scripts/site_build.py makes them. */
export function probe({ Tensor }, [height, width]) {
  const L = new Float32Array(height * width);
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) L[y * width + x] = (5 * x + 3 * y) % 101;
  const known = new Float32Array(3 * height * width);
  return { lightness: new Tensor("float32", L, [height, width]), known: new Tensor("float32", known, [3, height, width]) };
}

/** Whether what the network says of the probe is what it should be. */
export function agrees(logits, data) {
  const places = logits.dims[1] * logits.dims[2];
  const [ab] = leanedMeans(logits.data, places, { bins: data.bins, leans: [] }, 1);
  const { step, ab: expected } = data.probe;
  return expected.every(([a, b], i) => Math.hypot(ab[i * step] - a, ab[places + i * step] - b) <= FURTHEST);
}
