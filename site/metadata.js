/* EXIF and XMP of JPEG and PNG: taken from the photograph, put right, and given to the result with the mark. */
const text = (bytes) => new TextDecoder().decode(bytes);
const ascii = (string) => Uint8Array.from(string, (c) => c.charCodeAt(0));
const EXIF = ascii("Exif\0\0");
const XMP = ascii("http://ns.adobe.com/xap/1.0/\0");
const PNG_XMP = ascii("XML:com.adobe.xmp\0\0\0\0\0");
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const LARGEST = 65533; // bytes of a JPEG segment

const begins = (bytes, start) => start.every((b, i) => bytes[i] === b);

function joined(...parts) {
  const made = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) { made.set(p, at); at += p.length; }
  return made;
}

function* segments(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda) {
    const length = view.getUint16(at + 2);
    yield { kind: bytes[at + 1], body: bytes.subarray(at + 4, at + 2 + length) };
    at += 2 + length;
  }
}

function* chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    yield { kind: text(bytes.subarray(at + 4, at + 8)), body: bytes.subarray(at + 8, at + 8 + length), end: at + 12 + length };
    at += 12 + length;
  }
}

/** What a photograph says beside its pixels: {format, deep, exif, xmp}; damaged parts are passed over. */
export function read(bytes) {
  const found = { format: "", deep: false, exif: null, xmp: null };
  if (begins(bytes, [0xff, 0xd8])) {
    found.format = "jpeg";
    for (const { kind, body } of segments(bytes)) {
      if (kind !== 0xe1) continue;
      if (begins(body, EXIF)) found.exif ??= body.slice(EXIF.length);
      else if (begins(body, XMP)) found.xmp ??= text(body.subarray(XMP.length));
    }
  } else if (begins(bytes, PNG)) {
    found.format = "png";
    found.deep = bytes[24] === 16; // IHDR: bits of a sample
    for (const { kind, body } of chunks(bytes)) {
      if (kind === "eXIf") found.exif ??= body.slice();
      else if (kind === "iTXt" && begins(body, PNG_XMP)) found.xmp ??= text(body.subarray(PNG_XMP.length));
    }
  } else if (text(bytes.subarray(8, 12)) === "WEBP") {
    found.format = "webp";
  }
  return found;
}

/** EXIF of a picture whose pixels are upright and coloured: no turn, and no small grey picture in it. */
export function truthful(exif) {
  const made = exif.slice();
  const view = new DataView(made.buffer);
  const little = made[0] === 0x49;
  try {
    const first = view.getUint32(4, little);
    const count = view.getUint16(first, little);
    for (let i = 0; i < count; i += 1) {
      const at = first + 2 + 12 * i;
      if (view.getUint16(at, little) === 0x0112) view.setUint16(at + 8, 1, little);
    }
    view.setUint32(first + 2 + 12 * count, 0, little); // the second directory is the thumbnail's
    return made;
  } catch {
    return null; // An offset beyond the end: nothing in it can be trusted.
  }
}

const escaped = (string) => string.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** The XMP packet with the mark; a packet that is there keeps what it says. */
export function marked(xmp, { source, history, packet }, settings) {
  const told = history.replace("@settings@", escaped(JSON.stringify(settings)));
  const parts = (has) => [[/AISystemUsed|DigitalSourceType/, source], [/CreatorTool|xmpMM:History/, told]].filter(([known]) => !known.test(has)).map(([, part]) => part).join("");
  if (xmp?.includes("</rdf:RDF>")) return xmp.replace("</rdf:RDF>", () => `${parts(xmp)}</rdf:RDF>`);
  return packet.replace("@parts@", () => parts(""));
}

function segment(kind, body) {
  if (body.length > LARGEST) return new Uint8Array(); // A JPEG has no room for it.
  return joined(Uint8Array.of(0xff, kind, (body.length + 2) >> 8, (body.length + 2) & 255), body);
}

let table = null;
function crc(bytes) {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}

function chunk(kind, body) {
  const inner = joined(ascii(kind), body);
  const made = joined(new Uint8Array(4), inner, new Uint8Array(4));
  const view = new DataView(made.buffer);
  view.setUint32(0, body.length);
  view.setUint32(made.length - 4, crc(inner));
  return made;
}

/** A JPEG or PNG with EXIF (or null) and XMP put into it. */
export function written(bytes, { exif, xmp }) {
  const packet = new TextEncoder().encode(xmp);
  if (begins(bytes, PNG)) {
    const [head] = chunks(bytes); // IHDR comes first
    const more = [exif && chunk("eXIf", exif), chunk("iTXt", joined(PNG_XMP, packet))].filter(Boolean);
    return joined(bytes.subarray(0, head.end), ...more, bytes.subarray(head.end));
  }
  const more = [exif && segment(0xe1, joined(EXIF, exif)), segment(0xe1, joined(XMP, packet))].filter(Boolean);
  // Behind the JFIF header, which comes first where it is there.
  const start = bytes[3] === 0xe0 ? 4 + ((bytes[4] << 8) | bytes[5]) : 2;
  return joined(bytes.subarray(0, start), ...more, bytes.subarray(start));
}
