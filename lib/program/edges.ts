/**
 * The real clock, chance and network, and the way to stderr.
 *
 * @module
 */

import type { Edges } from "../edges.ts";

/** The real clock, chance and network. */
export const edges: Edges = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  randomId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
};

/** Writes to stderr. */
export function writeError(text: string): void {
  writeAll(Deno.stderr, text);
}

/** Writes all of it. That nobody reads any more is no error: what is being done goes on. */
export function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(stream.writeSync(rest));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
