/**
 * `deno task soak`: as many random sequences as asked for, with progress on a terminal; or minutes of
 * traffic against a real server process. A failure prints its seed and, of sequences, the shortest,
 * and ends with 1.
 *
 * @module
 */

import fc from "fast-check";
import { holding } from "./_sequences.ts";
import { numberAfter, say } from "./_task.ts";
import { soakTraffic } from "./_traffic.ts";

const USAGE = "deno task soak --sequences N | --minutes N [--seed S]";
const EVERY = 50;

async function soak(numRuns: number, seed: number): Promise<number> {
  const isTerminal = Deno.stderr.isTerminal();
  let count = 0;
  const onRun = (): void => {
    if (++count % EVERY === 0 && isTerminal) say(`\r${count} of ${numRuns} sequences`);
  };
  const property = holding({ onRun });
  const details = await fc.check(property, { numRuns, seed });
  if (isTerminal) say("\r");
  if (details.failed) say(`${fc.defaultReportMessage(details)}\n${details.errorInstance}\n`);
  say(`seed ${seed}: ${details.numRuns} sequences, ${details.failed ? "one fails" : "all hold"}\n`);
  return details.failed ? 1 : 0;
}

async function traffic(minutes: number, seed: number): Promise<number> {
  say(`seed ${seed}: ${minutes} minutes of traffic\n`);
  const { text, faults } = await soakTraffic(minutes, seed);
  say(`${[text, ...faults.slice(0, 20).map((it) => it.slice(0, 500))].join("\n")}\n`);
  say(faults.length === 0 ? "all flat, all known, the books agree\n" : "NOT as it must be\n");
  return faults.length === 0 ? 0 : 1;
}

const numRuns = numberAfter("--sequences", Deno.args);
const minutes = numberAfter("--minutes", Deno.args);
const seed = numberAfter("--seed", Deno.args) ?? crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
const wanted = [numRuns, minutes].filter((number) => number !== undefined);
if (wanted.length !== 1 || !wanted.every((number) => number > 0) || Number.isNaN(seed)) {
  say(`${USAGE}\n`);
  Deno.exit(2);
}
Deno.exit(minutes === undefined ? await soak(numRuns ?? 0, seed) : await traffic(minutes, seed));
