/**
 * Which intent each entry is about.
 *
 * @module
 */

import type { Entry, Intent, Journal } from "./mod.ts";

/** Each entry with the intent that it is, or is about, as that stands now. */
export function* withIntents(
  journal: Journal,
  entries: Iterable<Entry>,
): Generator<readonly [Entry, Intent | undefined]> {
  const known = new Map<number, Intent | undefined>();
  for (const entry of entries) {
    const seq = entry.kind === "intent" ? entry.seq : entry.intent;
    if (seq !== undefined && !known.has(seq)) known.set(seq, journal.intents({ seq })[0]);
    yield [entry, seq === undefined ? undefined : known.get(seq)];
  }
}
