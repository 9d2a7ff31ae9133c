/**
 * `deno task mutate`: puts one small fault after another into the sources that guard money and
 * tells which of them no test notices. `--sample N` takes N of them by chance (`--seed S` the same
 * ones again), `--under PATH` those of one file or folder, `--min PERCENT` ends with 1 below that.
 *
 * What follows `--` are Deno's flags for the registries that can be reached.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { createRandom } from "../../lib/paper/random.ts";
import { copyCheckout, filesUnder } from "./copy.ts";
import { type TestFile, testsOf } from "./coverage.ts";
import { type Mutant, mutantsOf } from "./mutants.ts";
import { TestRunner } from "./runner.ts";

/** The signed text, exact arithmetic, the desk, and the book that the desk is tried against. */
const GUARDED = [
  ...["lib/signing.ts", "lib/decimal.ts", "lib/desk"],
  ...["lib/paper/book.ts", "lib/paper/levels.ts", "lib/paper/matching.ts"],
];

type Fate = "killed" | "survived" | "run by no test";

/** What became of one fault. */
interface Verdict {
  readonly mutant: Mutant;
  readonly fate: Fate;
}

const { values, positionals: flags } = parseArgs({
  options: {
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    under: { type: "string", multiple: true, default: GUARDED },
    min: { type: "string", default: "0" },
    workers: { type: "string", default: "2" },
  },
  allowPositionals: true,
  args: Deno.args,
});

function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

/** The faults of the files asked for; a sample of them if one was asked for. */
async function chosenMutants(root: string): Promise<Mutant[]> {
  const paths = values.under.flatMap((path) => filesUnder(root, path));
  const all = (await Promise.all(
    paths.map(async (path) => mutantsOf(path, await Deno.readTextFile(`${root}${path}`))),
  )).flat();
  if (values.sample === undefined) return all;
  const random = createRandom(Number(values.seed));
  return all
    .map((mutant) => ({ mutant, rank: random(2 ** 31) }))
    .sort((a, b) => a.rank - b.rank)
    .slice(0, Number(values.sample))
    .map(({ mutant }) => mutant);
}

/** Works through the list with all runners at once; each takes the next when it is free. */
async function share<T, R>(
  runners: readonly TestRunner[],
  list: readonly T[],
  work: (runner: TestRunner, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = list.entries();
  await Promise.all(runners.map(async (runner) => {
    for (const [index, item] of queue) results[index] = await work(runner, item);
  }));
  return results;
}

async function judge(
  runner: TestRunner,
  mutant: Mutant,
  tests: readonly TestFile[],
): Promise<Verdict> {
  const able = testsOf(tests, mutant.path, mutant.line);
  if (able.length === 0) return { mutant, fate: "run by no test" };
  return { mutant, fate: await runner.kills(mutant, able) ? "killed" : "survived" };
}

async function describe(root: string, { mutant, fate }: Verdict): Promise<string> {
  const lines = (await Deno.readTextFile(`${root}${mutant.path}`)).split("\n");
  const line = lines[mutant.line - 1]?.trim();
  return `${fate}: ${mutant.path}:${mutant.line} \`${line}\` with ${JSON.stringify(mutant.text)}`;
}

async function main(): Promise<number> {
  const copies = await Promise.all(
    Array.from({ length: Number(values.workers) }, () => copyCheckout()),
  );
  try {
    return await run(copies, copies[0] ?? "");
  } finally {
    await Promise.all(copies.map((path) => Deno.remove(path, { recursive: true })));
  }
}

async function run(copies: readonly string[], root: string): Promise<number> {
  const runners = copies.map((root) => new TestRunner({ root, flags }));
  const paths = filesUnder(root, "tests").filter((path) => path.endsWith("_test.ts"));
  const measured = await share(runners, paths, async (runner, path) => {
    const file = await runner.measure(path);
    say(`${path}: ${file === undefined ? "fails here, left out" : `${file.lines.size} lines`}\n`);
    return file;
  });
  const tests = measured.filter((file) => file !== undefined);
  const mutants = await chosenMutants(root);
  let count = 0;
  const verdicts = await share(runners, mutants, async (runner, mutant) => {
    const verdict = await judge(runner, mutant, tests);
    say(`${++count}/${mutants.length} ${await describe(root, verdict)}\n`);
    return verdict;
  });
  return await report(root, verdicts);
}

/** Who survived, by place, and the part that was killed of all that a test could have run. */
async function report(root: string, verdicts: readonly Verdict[]): Promise<number> {
  for (const verdict of verdicts.filter(({ fate }) => fate !== "killed")) {
    print(`${await describe(root, verdict)}\n`);
  }
  const killed = verdicts.filter(({ fate }) => fate === "killed").length;
  const percent = 100 * killed / verdicts.length;
  print(`${killed} of ${verdicts.length} faults noticed, ${percent.toFixed(1)} %\n`);
  return percent >= Number(values.min) ? 0 : 1;
}

Deno.exit(await main());
