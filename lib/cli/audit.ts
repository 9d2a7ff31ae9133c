/**
 * `audit`: the trail of what the desk meant to do, what became of it, and who said yes.
 *
 * @module
 */

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../intervals.ts";
import type { Journal } from "../journal/mod.ts";
import {
  type Command,
  DATA_DIR_OPTION,
  type ExitCode,
  type Given,
  JSON_OPTION,
  Refusal,
} from "./command.ts";
import { dataDirectoryOf, existingJournal } from "./data.ts";
import { table } from "./table.ts";
import { TRAIL_COLUMNS, trailRows } from "./trail.ts";
import type { Terminal, World } from "./world.ts";

/** The command. */
export const audit: Command = {
  name: "audit",
  summary: "Shows the journal: every order and cancel, what became of it, and each yes",
  details:
    "Oldest first, times in UTC. --verify checks every row's hash from the first to the last\n" +
    "and ends with 1 at the first row in doubt. --json writes one object a line, hashes included.",
  example: "backpack-mcp audit --since 2h",
  options: [
    { name: "since", value: "TIME", meaning: "from then on: 30min, 2h, 1d, or 2026-01-31T12:00" },
    { name: "verify", meaning: "check the whole chain of hashes instead" },
    JSON_OPTION,
    DATA_DIR_OPTION,
  ],
  run,
};

const LONG = 50_000;

function run(given: Given, world: World): ExitCode {
  const sinceMs = sinceOf(given.values.get("since"), world.edges.now());
  using journal = existingJournal(dataDirectoryOf(given, world), world);
  const isJson = given.switches.has("json");
  if (given.switches.has("verify")) return verify(journal, isJson, world.terminal);
  const filter = sinceMs === undefined ? {} : { sinceMs };
  if (!isJson) return showTable(journal, filter, world.terminal);
  for (const { atMs, body, ...entry } of journal.entries(filter)) {
    // A code is short enough to be guessed from its hash.
    const { codeHash: _, ...shown } = body;
    const value = { ...entry, body: shown, time: new Date(atMs).toISOString() };
    world.terminal.print(`${JSON.stringify(value)}\n`);
  }
  return 0;
}

function showTable(journal: Journal, filter: { sinceMs?: number }, terminal: Terminal): ExitCode {
  const rows = trailRows(journal, filter);
  terminal.print(rows.length === 0 ? "No entry since then.\n" : table(TRAIL_COLUMNS, rows));
  terminal.print(
    `\nNewest hash: ${journal.newestHash}\nKept elsewhere, it proves later that nothing up to here ` +
      "was changed or lost (`audit --json` shows the hash of every row).\n",
  );
  return 0;
}

function verify(journal: Journal, isJson: boolean, terminal: Terminal): ExitCode {
  const [newest] = journal.entries({ newestFirst: true, limit: 1 });
  const count = newest?.seq ?? 0;
  if (count > LONG && terminal.showsNotes) terminal.say(`Checking ${count} rows …\n`);
  const verdict = journal.verify();
  if (isJson) terminal.print(`${JSON.stringify(verdict)}\n`);
  if (verdict.ok) {
    const { entries, hash } = verdict;
    const all = entries === 1
      ? "The only row is as it was"
      : `All ${entries} rows are as they were`;
    if (!isJson) terminal.print(`${all} written.\nHash: ${hash}\n`);
    return 0;
  }
  const where = verdict.seq === 0 ? "the file" : `row ${verdict.seq}`;
  throw new Refusal(1, `${where} is in doubt: ${verdict.problem}. Keep the file, see SAFETY.md`);
}

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  min: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

const TIME_REGEXP = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?(Z|[+-]\d\d:\d\d)?$/;

/** Unix ms; a time without a zone is in UTC, as the table is. */
function sinceOf(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = ""] = /^(\d{1,6})(s|min|h|d)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  if (count !== undefined && unitMs !== undefined) return nowMs - Number(count) * unitMs;
  const zone = TIME_REGEXP.exec(text)?.[4];
  const timeMs = Date.parse(zone === undefined && text.includes("T") ? `${text}Z` : text);
  if (TIME_REGEXP.test(text) && !Number.isNaN(timeMs) && isDay(text.slice(0, 10))) return timeMs;
  throw new Refusal(2, "--since: wanted 30min, 2h, 1d, or a time such as 2026-01-31T12:00 (UTC)");
}

/** Date.parse takes February 30th for March 2nd. */
function isDay(date: string): boolean {
  return new Date(Date.parse(date)).toISOString().startsWith(date);
}
