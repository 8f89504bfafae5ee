/* Files that are large: fetched once with progress, their hashes checked, kept in the browser's cache. */
const CACHE = "tintype-network";

/** A file that did not come as it should. */
class NotFetched extends Error {
  constructor(message) { super(message); Object.assign(this, { status: 502, code: "fetch" }); }
}

const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
const hashOf = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

async function read({ name, bytes: total }, response, tell) {
  const bytes = new Uint8Array(total);
  let done = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value, done: over } = await reader.read().catch((error) => { throw new NotFetched(`${name}: ${error.message}`); });
    if (over) break;
    if (done + value.length > total) throw new NotFetched(`${name} is longer than it should be`);
    bytes.set(value, done);
    done += value.length;
    tell(done);
  }
  if (done < total) throw new NotFetched(`${name} was cut short: ${done} of ${total} bytes`);
  return bytes;
}

/** The bytes of a file as it is kept, or null; what is damaged is thrown away. */
async function keptBytes(cache, address, { sha256 }) {
  try {
    const kept = await cache?.match(address);
    if (!kept) return null;
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await hashOf(bytes) === sha256) return bytes;
    await cache.delete(address);
  } catch { /* A cache that can't be read is none. */ }
  return null;
}

async function load(file, address, tell, signal) {
  const response = await fetch(address, { signal }).catch((error) => { throw new NotFetched(`${file.name}: ${error.message}`); });
  if (!response.ok) throw new NotFetched(`${file.name}: ${response.status}`);
  const bytes = await read(file, response, tell);
  if (await hashOf(bytes) !== file.sha256) throw new NotFetched(`${file.name}: its hash is wrong; it came damaged`);
  return bytes;
}

/** The bytes of files {name, bytes, sha256}; whatever comes with another hash is refused and not kept.
    `known` are the names of all such files that there are: what else is kept is of an earlier version. */
export async function fetched(files, known, base, tell) {
  // Private windows may refuse, and addresses without encryption have none.
  const cache = await (async () => globalThis.caches?.open(CACHE))().catch(() => null);
  const addresses = files.map(({ name }) => new URL(name, base).href);
  const found = await Promise.all(files.map((file, i) => keptBytes(cache, addresses[i], file)));
  const missing = files.filter((_, i) => !found[i]);
  if (!missing.length) return found;
  const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  const done = new Map();
  const stop = new AbortController();
  const told = (file) => (n) => {
    if (stop.signal.aborted) return;
    done.set(file, n);
    tell({ done: Math.min([...done.values()].reduce((a, b) => a + b, 0), total - 1), total });
  };
  tell({ done: 0, total });
  const all = await Promise.all(files.map((file, i) => found[i] ?? load(file, addresses[i], told(file), stop.signal)))
    .catch((error) => { stop.abort(); throw error; }); // One is missing: the others are of no use.
  tell({ done: total, total });
  const wanted = new Set(known.map((name) => new URL(name, base).href));
  try {
    for (const old of (await cache?.keys()) ?? []) if (!wanted.has(old.url)) await cache.delete(old);
    for (const file of missing) {
      const i = files.indexOf(file);
      await cache?.put(addresses[i], new Response(all[i]));
    }
  } catch { /* A full disk, or no leave to keep anything: it is fetched again next time. */ }
  return all;
}
