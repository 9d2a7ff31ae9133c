/**
 * `deno task fuzz`: generated arguments, replies and inputs, as many as asked for. A failure prints
 * its seed and what was found, shrunk, and ends with 1.
 *
 * @module
 */

import { fuzzInputs, fuzzReplies, fuzzWire, noTotals } from "./_fuzz.ts";
import { numberAfter, say } from "./_task.ts";

const USAGE = "deno task fuzz [inputs|replies|wire] --runs N [--seed S]";

type Part = (runs: number, seed: number) => Promise<string | undefined>;

const PARTS: Readonly<Record<string, Part>> = {
  inputs: async (runs, seed) => {
    const totals = noTotals();
    const report = await fuzzInputs(runs, seed, totals);
    const { calls, answered, refused, orders, tools } = totals;
    say(
      `inputs: ${calls} calls of ${tools.size} tools, ${answered} answered, ${refused} refused, `,
    );
    say(`${orders} orders as asked\n`);
    return report;
  },
  replies: async (runs, seed) => {
    const report = await fuzzReplies(runs, seed);
    say(`replies: ${runs} changed\n`);
    return report;
  },
  wire: async (runs, seed) => {
    const folder = Deno.makeTempDirSync();
    const env = { BACKPACK_MODE: "paper", BACKPACK_LOG: "error" };
    const report = await fuzzWire(runs, seed, { folder, env });
    Deno.removeSync(folder, { recursive: true });
    say(`wire: ${runs} inputs\n`);
    return report;
  },
};

async function fuzz(names: readonly string[], runs: number, seed: number): Promise<number> {
  say(`seed ${seed}\n`);
  for (const name of names) {
    const report = await PARTS[name]?.(runs, seed);
    if (report === undefined) continue;
    say(`${report}\nseed ${seed}: ${name} fail\n`);
    return 1;
  }
  say(`seed ${seed}: ${names.join(", ")} hold\n`);
  return 0;
}

const [first = ""] = Deno.args;
const names = Object.hasOwn(PARTS, first) ? [first] : Object.keys(PARTS);
const runs = numberAfter("--runs", Deno.args);
const seed = numberAfter("--seed", Deno.args) ??
  crypto.getRandomValues(new Uint32Array(1))[0]! >> 1;
if (runs === undefined || !(runs > 0) || Number.isNaN(seed)) {
  say(`${USAGE}\n`);
  Deno.exit(2);
}
Deno.exit(await fuzz(names, runs, seed));
