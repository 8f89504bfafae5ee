/* Files that are large: fetched once with progress, their hash checked, kept in the browser's cache. */
const CACHE = "tintype-network";

const hex = (buffer) => [...new Uint8Array(buffer)].map((b) => b.toString(16).padStart(2, "0")).join("");
const hashOf = async (bytes) => hex(await crypto.subtle.digest("SHA-256", bytes));

async function read(response, total, tell) {
  const bytes = new Uint8Array(total);
  let done = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value, done: over } = await reader.read();
    if (over) break;
    if (done + value.length > total) throw new Error("the network is longer than it should be");
    bytes.set(value, done);
    done += value.length;
    tell(Math.min(done, total - 1));
  }
  if (done < total) throw new Error(`the network was cut short: ${done} of ${total} bytes`);
  return bytes;
}

/** The bytes of a file {name, bytes, sha256}; whatever comes with another hash is refused and not kept. */
export async function fetched({ name, bytes: total, sha256 }, base, tell) {
  const cache = await caches.open(CACHE).catch(() => null); // private windows may refuse
  const address = new URL(name, base);
  const kept = await cache?.match(address);
  if (kept) {
    const bytes = new Uint8Array(await kept.arrayBuffer());
    if (await hashOf(bytes) === sha256) return bytes;
    await cache.delete(address);
  }
  tell(0);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  const bytes = await read(response, total, tell);
  if (await hashOf(bytes) !== sha256) throw new Error(`${name}: its hash is wrong; it came damaged`);
  tell(total);
  if (cache) {
    for (const old of await cache.keys()) if (old.url !== address.href) await cache.delete(old);
    await cache.put(address, new Response(bytes)).catch(() => {}); // a full disk: it is fetched again next time
  }
  return bytes;
}
