/* What a file is that this browser can't open, for a message that says which program does. */
const RAW = /\.(dng|cr2|cr3|crw|nef|nrw|arw|sr2|srf|raf|orf|rw2|pef|x3f|3fr|fff|iiq|mos|mrw|erf|dcr|kdc|srw|rwl)$/i;

const text = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));
const begins = (bytes, ...start) => start.every((b, i) => bytes[i] === b);

/** The kind's name, which is the same in all languages; null for what is no picture, or damaged. */
export function pictureKind(bytes, name) {
  const brand = text(bytes, 4, 8) === "ftyp" ? text(bytes, 8, 12) : "";
  if (RAW.test(name) || brand === "crx " || text(bytes, 0, 8) === "FUJIFILM") return "RAW";
  if (/^(hei[cxms]|hev[cxms]|mif1|msf1)$/.test(brand)) return "HEIC";
  if (/^avi[fs]$/.test(brand)) return "AVIF";
  if (begins(bytes, 0x49, 0x49, 0x2a, 0) || begins(bytes, 0x4d, 0x4d, 0, 0x2a) || begins(bytes, 0x49, 0x49, 0x2b, 0)) return "TIFF";
  if (begins(bytes, 0xff, 0x0a) || text(bytes, 4, 8) === "JXL ") return "JPEG XL";
  if (begins(bytes, 0xff, 0x4f, 0xff, 0x51) || text(bytes, 4, 8) === "jP  ") return "JPEG 2000";
  if (text(bytes, 0, 4) === "8BPS") return "PSD";
  if (text(bytes, 0, 5) === "%PDF-") return "PDF";
  if (begins(bytes, 0x76, 0x2f, 0x31, 0x01)) return "OpenEXR";
  if (/<svg[\s>]/i.test(text(bytes, 0, 1000))) return "SVG";
  return null;
}

/** Whether a JPEG, PNG or WebP ends before its end, as after a broken copy; browsers show such a one in part. */
export function cutShort(bytes, format) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Cameras write more behind the end, so that it is looked for from there.
  if (format === "jpeg") return !ends(bytes, 0xff, 0xd9);
  if (format === "png") return !ends(bytes, 0x49, 0x45, 0x4e, 0x44);
  if (format === "webp") return bytes.length < 12 || view.getUint32(4, true) + 8 > bytes.length;
  return false;
}

function ends(bytes, ...mark) {
  for (let at = bytes.length - mark.length; at >= 0; at -= 1) if (mark.every((b, i) => bytes[at + i] === b)) return true;
  return false;
}
