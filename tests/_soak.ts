/**
 * `deno task soak`: as many random sequences as asked for, with progress on a terminal. A failure
 * prints its seed and its shortest sequence, and ends with 1.
 *
 * @module
 */

import fc from "fast-check";
import { holding } from "./_sequences.ts";
import { numberAfter, say } from "./_task.ts";

const USAGE = "deno task soak --sequences N [--seed S]";
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

const numRuns = numberAfter("--sequences", Deno.args);
const seed = numberAfter("--seed", Deno.args) ?? crypto.getRandomValues(new Int32Array(1))[0] ?? 0;
if (numRuns === undefined || !(numRuns > 0) || Number.isNaN(seed)) {
  say(`${USAGE}\n`);
  Deno.exit(2);
}
Deno.exit(await soak(numRuns, seed));
