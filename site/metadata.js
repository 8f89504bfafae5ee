/* What JPEG, PNG and WebP say beside their pixels: taken from the photograph, put right, and given to the result with
   the mark. What can't travel is named. */
const text = (bytes) => new TextDecoder().decode(bytes);
const ascii = (string) => Uint8Array.from(string, (c) => c.charCodeAt(0));
const EXIF = ascii("Exif\0\0");
const XMP = ascii("http://ns.adobe.com/xap/1.0/\0");
const EXTENDED = ascii("http://ns.adobe.com/xmp/extension/\0");
const PHOTOSHOP = ascii("Photoshop 3.0\0");
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

/** IPTC's records among Photoshop's resources, and whether there are others. */
function photoshop(block) {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const found = { iptc: null, others: false };
  let at = PHOTOSHOP.length;
  while (at + 12 <= block.length && text(block.subarray(at, at + 4)) === "8BIM") {
    const number = view.getUint16(at + 4);
    at += 7 + block[at + 6] + ((block[at + 6] + 1) % 2);
    if (at + 4 > block.length) break;
    const size = view.getUint32(at);
    if (at + 4 + size > block.length) break;
    if (number === 0x0404) found.iptc = block.slice(at + 4, at + 4 + size);
    else found.others = true;
    at += 4 + size + (size % 2);
  }
  return found;
}

/** IPTC's records but those that speak of the old pixels: previews, samplings, image type and orientation. */
export function recordsKept(iptc) {
  const kept = [];
  for (let at = 0; at + 5 <= iptc.length && iptc[at] === 0x1c;) {
    const [record, number] = [iptc[at + 1], iptc[at + 2]];
    const size = (iptc[at + 3] << 8) | iptc[at + 4];
    if (size & 0x8000) break; // longer than any caption: only previews are
    const end = at + 5 + size;
    if (end > iptc.length) break;
    const stale = [3, 7, 8, 9].includes(record) || (record === 2 && [130, 131, 200, 201, 202].includes(number));
    if (!stale) kept.push(iptc.subarray(at, end));
    at = end;
  }
  return kept.length ? joined(...kept) : null;
}

const FRAME = (kind) => kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind);

function readJpeg(bytes, found, left) {
  for (const { kind, body } of segments(bytes)) {
    if (kind === 0xe1 && begins(body, EXIF)) found.exif ??= body.slice(EXIF.length);
    else if (kind === 0xe1 && begins(body, XMP)) found.xmp ??= text(body.subarray(XMP.length));
    else if (kind === 0xe1 && begins(body, EXTENDED)) left.add("XMP (extended)");
    else if (kind === 0xed && begins(body, PHOTOSHOP)) {
      const { iptc, others } = photoshop(body);
      found.iptc ??= iptc && recordsKept(iptc);
      if (others) left.add("Photoshop");
    } else if (kind === 0xe0 && begins(body, ascii("JFIF\0")) && body[7]) {
      const inch = body[7] === 1 ? 1 : 2.54;
      found.dpi = [((body[8] << 8) | body[9]) * inch, ((body[10] << 8) | body[11]) * inch];
    } else if (kind === 0xe2 && begins(body, ascii("MPF\0"))) left.add("MPF");
    else if (kind === 0xfe) found.comment ??= body.slice();
    else if (FRAME(kind)) found.cmyk = body[5] === 4; // components
  }
}

function readPng(bytes, found, left) {
  found.deep = bytes[24] === 16; // IHDR: bits of a sample
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { kind, body, end } of chunks(bytes)) {
    const word = text(body.subarray(0, 24));
    if (kind === "eXIf") found.exif ??= body.slice();
    else if (kind === "iTXt" && begins(body, PNG_XMP)) found.xmp ??= text(body.subarray(PNG_XMP.length));
    else if (/^Raw profile type /.test(word)) left.add(word.slice(17).split("\0")[0].toUpperCase());
    else if (["tEXt", "zTXt", "iTXt"].includes(kind)) {
      if (!/^XML:com\.adobe/.test(word)) found.texts.push(bytes.slice(end - 12 - body.length, end));
    } else if (kind === "pHYs" && body[8] === 1) found.dpi = [view.getUint32(end - 4 - 9) * 0.0254, view.getUint32(end - 4 - 5) * 0.0254];
    else if (kind === "acTL") found.animated = true;
  }
}

function readWebp(bytes, found, left) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    const [kind, size] = [text(bytes.subarray(at, at + 4)), view.getUint32(at + 4, true)];
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (kind === "EXIF") found.exif ??= begins(body, EXIF) ? body.slice(EXIF.length) : body.slice();
    else if (kind === "XMP ") found.xmp ??= text(body);
    else if (kind === "ANIM") found.animated = true;
    else if (!/^(VP8[ LX]|ALPH|ICCP|ANMF)$/.test(kind)) left.add(kind.trim());
    at += 8 + size + (size % 2);
  }
}

/** Of AVIF only whether its table of contents names something: `infe` boxes of kind Exif, or mime with RDF. */
function readBoxes(bytes, left) {
  const table = Array.from(bytes.subarray(0, 1 << 16), (b) => String.fromCharCode(b)).join("");
  if (/infe[\s\S]{8}Exif/.test(table)) left.add("EXIF");
  if (table.includes("application/rdf+xml")) left.add("XMP");
}

/** What a photograph says beside its pixels; damaged parts are passed over. `left` names what can't travel. */
export function read(bytes) {
  const found = { format: "", deep: false, cmyk: false, animated: false, exif: null, xmp: null, iptc: null, comment: null, texts: [], dpi: null };
  const left = new Set();
  try {
    if (begins(bytes, [0xff, 0xd8])) { found.format = "jpeg"; readJpeg(bytes, found, left); }
    else if (begins(bytes, PNG)) { found.format = "png"; readPng(bytes, found, left); }
    else if (text(bytes.subarray(8, 12)) === "WEBP") { found.format = "webp"; readWebp(bytes, found, left); }
    else if (text(bytes.subarray(0, 3)) === "GIF") { found.format = "gif"; found.animated = text(bytes.subarray(0, 1000)).includes("NETSCAPE2.0"); }
    else if (text(bytes.subarray(4, 8)) === "ftyp") { found.format = "avif"; readBoxes(bytes, left); }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // A length beyond the end: what came before it holds.
  }
  return { ...found, left: [...left] };
}

const SIZES = { 0x0100: 0, 0x0101: 1, 0xa002: 0, 0xa003: 1 }; // width or height, in the first directory and in EXIF's own

/** EXIF of a picture whose pixels are upright and coloured: no turn, its own size, and no small grey picture in it. */
export function truthful(exif, size) {
  const made = exif.slice();
  const view = new DataView(made.buffer);
  const little = made[0] === 0x49;
  const put = (at, value) => (view.getUint16(at + 2, little) === 3 ? view.setUint16(at + 8, value, little) : view.setUint32(at + 8, value, little));
  const walk = (start) => {
    const count = view.getUint16(start, little);
    for (let i = 0; i < count; i += 1) {
      const at = start + 2 + 12 * i;
      const tag = view.getUint16(at, little);
      if (tag === 0x0112) view.setUint16(at + 8, 1, little);
      else if (tag in SIZES) put(at, size[SIZES[tag]]);
      else if (tag === 0x8769) walk(view.getUint32(at + 8, little));
    }
    return start + 2 + 12 * count;
  };
  try {
    view.setUint32(walk(view.getUint32(4, little)), 0, little); // the second directory is the thumbnail's
    return made;
  } catch {
    return null; // An offset beyond the end, or in a ring: nothing in it can be trusted.
  }
}

const escaped = (string) => string.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** The XMP packet with the mark; a packet that is there keeps what it says. */
export function marked(xmp, { source, history, packet }, settings) {
  const told = history.replace("@settings@", escaped(JSON.stringify(settings)));
  const parts = (has) => [[/AISystemUsed|DigitalSourceType/, source], [/CreatorTool|xmpMM:History/, told]].filter(([known]) => !known.test(has)).map(([, part]) => part).join("");
  // The pixels stand upright now.
  const upright = xmp?.replace(/(tiff:Orientation\s*=\s*["']|<tiff:Orientation>)\d/g, "$11");
  if (xmp?.includes("</rdf:RDF>")) return upright.replace("</rdf:RDF>", () => `${parts(xmp)}</rdf:RDF>`);
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

const words = (n) => [n >> 8, n & 255];

/** Photoshop's block with IPTC's records alone. */
function block(iptc) {
  const size = Uint8Array.of(0, 0, iptc.length >> 8, iptc.length & 255);
  return joined(PHOTOSHOP, ascii("8BIM"), Uint8Array.of(0x04, 0x04, 0, 0), size, iptc, new Uint8Array(iptc.length % 2));
}

/** What of a photograph a format has no place for, by name. */
export function homeless({ iptc, comment, texts }, format) {
  if (format === "png") return [iptc && "IPTC", comment && "JPEG COM"].filter(Boolean);
  return [texts.length && "PNG tEXt", iptc?.length > LARGEST - 64 && "IPTC"].filter(Boolean);
}

/** A JPEG or PNG with what a photograph says (see `read`) put into it; EXIF may be null. */
export function written(bytes, { exif, xmp, iptc = null, comment = null, texts = [], dpi = null }) {
  const packet = new TextEncoder().encode(xmp);
  if (begins(bytes, PNG)) {
    const [head] = chunks(bytes); // IHDR comes first
    const physical = new DataView(new ArrayBuffer(9));
    dpi?.forEach((n, i) => physical.setUint32(4 * i, Math.round(n / 0.0254)));
    physical.setUint8(8, 1);
    const more = [exif && chunk("eXIf", exif), chunk("iTXt", joined(PNG_XMP, packet)), ...texts, dpi && chunk("pHYs", new Uint8Array(physical.buffer))].filter(Boolean);
    return joined(bytes.subarray(0, head.end), ...more, bytes.subarray(head.end));
  }
  const more = [exif && segment(0xe1, joined(EXIF, exif)), segment(0xe1, joined(XMP, packet)), iptc && segment(0xed, block(iptc)), comment && segment(0xfe, comment)].filter(Boolean);
  // Behind the JFIF header, which comes first where it is there, and tells the resolution.
  const start = bytes[3] === 0xe0 ? 4 + ((bytes[4] << 8) | bytes[5]) : 2;
  const head = bytes.slice(0, start);
  if (dpi && start > 18) head.set([1, ...words(Math.round(dpi[0])), ...words(Math.round(dpi[1]))], 13);
  return joined(head, ...more, bytes.subarray(start));
}
