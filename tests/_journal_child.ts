/**
 * What the journal's tests share, and the process that they start beside themselves: it appends
 * to the journal it is told of. Imports nothing remote, so that it starts quickly anywhere.
 *
 * @module
 */

import { Journal, type JournalFile } from "../lib/journal/mod.ts";

/** The file at `path`, as `lib/program/` describes it. */
export function journalFile(path: string): JournalFile {
  return {
    path,
    identity(): string | undefined {
      try {
        const { dev, ino } = Deno.statSync(path);
        return `${dev}:${ino}`;
      } catch {
        return undefined;
      }
    },
  };
}

/** Commits an intent for 1 SOL and returns its `seq`. */
export function addIntent(
  journal: Journal,
  clientId: number,
  body: Record<string, unknown> = {},
): number {
  const tool = { tool: "create_order", symbol: "SOL_USDC", key: "k1" };
  const request = { symbol: "SOL_USDC", side: "Bid", quantity: "1", price: "140.10" };
  return journal.transact(() =>
    journal.append("intent", { clientId, body: { ...tool, request, ...body } })
  );
}

/** Commits an outcome for an intent and returns its `seq`. */
export function addOutcome(journal: Journal, intent: number, state: string): number {
  return journal.transact(() => journal.append("outcome", { intent, body: { state } }));
}

/** Appends `count` entries, one transaction each, or without end; a line for each that is done. */
function appendEntries(path: string, name: string, count: number): void {
  using journal = Journal.open(journalFile(path), Date.now);
  const line = new TextEncoder();
  for (let n = 0; n < count; n++) {
    journal.transact(() => {
      journal.append("noted", { body: { name, n, half: 1, pad: "x".repeat(300) } });
      if (!Number.isFinite(count)) journal.append("noted", { body: { name, n, half: 2 } });
    });
    if (!Number.isFinite(count)) Deno.stdout.writeSync(line.encode(`${n}\n`));
  }
}

if (import.meta.main) {
  const [path = "", name = "", count = ""] = Deno.args;
  appendEntries(path, name, Number(count));
}
