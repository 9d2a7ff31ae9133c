/**
 * Looking again and again, with pauses, for a few seconds within a call.
 *
 * @module
 */

import { type Call, sleep, withDeadline } from "../clock.ts";
import type { Edges } from "../edges.ts";

/** The pauses before each look at what became of a cancel: it takes effect within moments. */
export const AFTER_CANCEL_MS: readonly number[] = [0, 200, 400, 800, 1600];

/** For all looks together: an effect leaves its call at least this long. */
const LOOKING_MS = 4500;

/**
 * Looks after each of `delaysMs` until `look` finds something; `undefined` if it never does.
 * Rejects when a look does, when time is up, and when the call ends.
 */
export async function keepLooking<T>(
  edges: Edges,
  delaysMs: readonly number[],
  look: (call: Call) => Promise<T | undefined>,
  call: Call,
): Promise<T | undefined> {
  return await withDeadline(edges, LOOKING_MS, async (looking) => {
    for (const delayMs of delaysMs) {
      await sleep(edges, delayMs, looking.signal);
      const found = await look(looking);
      if (found !== undefined) return found;
    }
  }, call.signal);
}
