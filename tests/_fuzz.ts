/**
 * Arguments that nobody would send, replies that no exchange would and bytes that no client would,
 * and what runs them through the real thing.
 *
 * @module
 */

import fc from "fast-check";
import { callsOf, type DrawnCall, type Published } from "./_fuzz_arguments.ts";
import { FuzzDesk } from "./_fuzz_desk.ts";
import type { ProgramOptions } from "./_fuzz_program.ts";
import { badReplies, ReplyWorld } from "./_fuzz_replies.ts";
import { faultsOf } from "./_fuzz_truth.ts";
import { pieces, WireProgram } from "./_fuzz_wire.ts";

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
      throwIfAny(faults.map((fault) => `${name}: ${fault}`));
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
const MAX_REPORT = 6000;

/** What fast-check found, shrunk, with the seed and the path that repeat it; `undefined` if nothing. */
async function reportOf<T>(
  property: fc.IAsyncProperty<T>,
  numRuns: number,
  seed: number,
): Promise<string | undefined> {
  const details = await fc.check(property, { numRuns, seed, timeout: RUN_MS });
  if (!details.failed) return undefined;
  return [fc.defaultReportMessage(details), details.errorInstance]
    .map((text) => String(text).slice(0, MAX_REPORT)).join("\n");
}

/** Makes at least that many calls, from `seed` on; the report of the first run that fails. */
export async function fuzzInputs(
  calls: number,
  seed: number,
  totals: Totals,
): Promise<string | undefined> {
  const property = holdingInputs(await publishedTools(), totals);
  for (let chunk = seed; totals.calls < calls; chunk++) {
    const numRuns = Math.min(RUNS_A_CHUNK, Math.ceil((calls - totals.calls) / 6));
    const report = await reportOf(property, numRuns, chunk);
    if (report !== undefined) return report;
  }
  return undefined;
}

/** Plays that many bad replies; the report of the first that breaks something. */
export async function fuzzReplies(runs: number, seed: number): Promise<string | undefined> {
  const names = (await publishedTools()).map(({ name }) => name);
  const world = new ReplyWorld();
  const property = fc.asyncProperty(badReplies(names.length), async (bad) => {
    throwIfAny(await world.faultsOf(names, bad));
  });
  return await reportOf(property, runs, seed);
}

/** Writes that many strange inputs to a program; the report of the first that breaks something. */
export async function fuzzWire(
  runs: number,
  seed: number,
  options: ProgramOptions,
): Promise<string | undefined> {
  const program = new WireProgram(options);
  const property = fc.asyncProperty(pieces, async (written) => {
    throwIfAny(await program.faultsOf(written));
  });
  const report = await reportOf(property, runs, seed);
  const faults = await program.end();
  return report ?? (faults.length === 0 ? undefined : faults.join("\n"));
}

function throwIfAny(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
