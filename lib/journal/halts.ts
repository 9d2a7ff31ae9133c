/**
 * What halts the desk by the journal's word.
 *
 * @module
 */

import type { Entry, Journal } from "./mod.ts";

/**
 * What has halted the desk since the owner last resumed, the oldest first.
 *
 * @throws {JournalError}
 */
export function haltsSinceResumed(journal: Journal): Entry[] {
  const [resumed] = journal.entries({ kind: "resumed", newestFirst: true, limit: 1 });
  return [...journal.entries({ kind: "halted", sinceSeq: (resumed?.seq ?? 0) + 1 })];
}
