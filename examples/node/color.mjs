// Colours a photograph: node color.mjs whole.onnx old.png new.png [x,y=#rrggbb ...]
import { readFileSync, writeFileSync } from "node:fs";
import { PNG } from "pngjs";

// Before it is loaded: from 1.32 on ONNX Runtime reports to its maker unless it is told not to.
process.env.ORT_DISABLE_TELEMETRY ??= "1";
const { InferenceSession, Tensor } = await import("onnxruntime-node");

/** x, y, radius (0: the default), red, green, blue. */
function hint(text) {
  const [place, color] = text.split("=#");
  const [x, y] = place.split(",").map(Number);
  return [x, y, 0, ...Buffer.from(color, "hex")];
}

const number = (value) => new Tensor("float32", [value], []);

const [network, source, target, ...hints] = process.argv.slice(2);
const { width, height, data } = PNG.sync.read(readFileSync(source)); // four channels; the fourth weighs nothing
const session = await InferenceSession.create(network);
const { colored } = await session.run(
  {
    picture: new Tensor("uint8", data, [height, width, 4]),
    vividness: number(0.5),
    saturation: number(1),
    warmth: number(0),
    hints: new Tensor("float32", hints.flatMap(hint), [hints.length, 6]),
  },
  ["colored"],
);
const png = new PNG({ width, height });
for (let i = 0; i < width * height; i++) {
  png.data.set(colored.data.subarray(3 * i, 3 * i + 3), 4 * i);
  png.data[4 * i + 3] = 255;
}
writeFileSync(target, PNG.sync.write(png));
