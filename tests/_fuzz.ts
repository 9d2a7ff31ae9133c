/**
 * Arguments that nobody would send, and what runs them through a real client.
 *
 * @module
 */

import fc from "fast-check";
import { callsOf, type DrawnCall, type Published } from "./_fuzz_arguments.ts";
import { FuzzDesk } from "./_fuzz_desk.ts";
import { faultsOf } from "./_fuzz_truth.ts";

/** A run that takes longer hangs. */
const RUN_MS = 30_000;

/** How many calls were made, and how they ended. */
export interface Totals {
  calls: number;
  answered: number;
  refused: number;
  orders: number;
  tools: Set<string>;
}

/** Nothing yet. */
export function noTotals(): Totals {
  return { calls: 0, answered: 0, refused: 0, orders: 0, tools: new Set() };
}

/** The tools as a client finds them. */
export async function publishedTools(): Promise<Published[]> {
  await using desk = await FuzzDesk.open();
  return desk.tools;
}

/** The property: no arguments break anything. A run is a few calls of one desk. */
export function holdingInputs(
  tools: readonly Published[],
  totals: Totals,
): fc.IAsyncProperty<[DrawnCall[]]> {
  const calls = fc.array(callsOf(tools), { minLength: 1, maxLength: 12 });
  return fc.asyncProperty(calls, async (drawn) => {
    await using desk = await FuzzDesk.open();
    for (const { name, arguments: args } of drawn) {
      const from = desk.lines.length;
      const posts = desk.seen.length;
      const faults = await faultsOf(desk, name, args);
      count(totals, name, desk, from, posts);
      if (faults.length > 0) throw new Error(`${name}: ${faults.join("\n")}`);
    }
  });
}

function count(totals: Totals, name: string, desk: FuzzDesk, line: number, request: number): void {
  const isError = desk.lines.slice(line).some((text) => /"isError":true|"error":/.test(text));
  totals.calls++;
  totals[isError ? "refused" : "answered"]++;
  totals.orders += desk.seen.slice(request).filter(({ method }) => method === "POST").length;
  totals.tools.add(name);
}

const RUNS_A_CHUNK = 200;

/**
 * Makes at least that many calls, from `seed` on. The report of the first run that fails, shrunk
 * and with the seed that repeats it; `undefined` when all hold.
 */
export async function fuzzInputs(
  calls: number,
  seed: number,
  totals: Totals,
): Promise<string | undefined> {
  const property = holdingInputs(await publishedTools(), totals);
  for (let chunk = seed; totals.calls < calls; chunk++) {
    const numRuns = Math.min(RUNS_A_CHUNK, Math.ceil((calls - totals.calls) / 6));
    const details = await fc.check(property, { numRuns, seed: chunk, timeout: RUN_MS });
    if (details.failed) {
      return `${fc.defaultReportMessage(details)?.slice(0, 5000)}\n${details.errorInstance}`;
    }
  }
  return undefined;
}
