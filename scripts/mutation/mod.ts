/**
 * `deno task mutate`: puts one small fault after another into the sources that guard money and
 * tells which of them no test notices. `--under PATH` takes those of one file or folder, `--each N`
 * at most N of a file and `--sample N` N in all, by chance (`--seed S` the same ones again);
 * `--tests PATH` has only those tests try, `--most N` at most N test files a fault; `--min PERCENT`
 * ends with 1 below that.
 *
 * What follows `--` are Deno's flags for the registries that can be reached.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { filesUnder, Workshop } from "./copy.ts";
import { type Noticed, type TestFile, testsOf } from "./coverage.ts";
import { isEquivalent } from "./equivalent.ts";
import { filesReached, startsPrograms } from "./imports.ts";
import { hashOf, readKnown, stillKnown, writeKnown } from "./known.ts";
import { percentOf, reportOf, sentenceOf, type Verdict } from "./report.ts";
import { TestRunner, type TestRunnerOptions } from "./runner.ts";
import { type Fault, sampleOf } from "./sample.ts";

/** The signed text, exact arithmetic, the desk, and the book that the desk is tried against. */
const GUARDED = [
  ...["lib/signing.ts", "lib/decimal.ts", "lib/desk"],
  ...["lib/paper/book.ts", "lib/paper/levels.ts", "lib/paper/matching.ts"],
];

const { values, positionals: flags } = parseArgs({
  options: {
    sample: { type: "string", default: "Infinity" },
    each: { type: "string", default: "Infinity" },
    seed: { type: "string", default: "1" },
    under: { type: "string", multiple: true, default: GUARDED },
    min: { type: "string", default: "0" },
    workers: { type: "string", default: "2" },
    most: { type: "string", default: "Infinity" },
    tests: { type: "string", multiple: true, default: ["tests"] },
    known: { type: "string", default: "dist/mutation.json" },
  },
  allowPositionals: true,
  args: Deno.args,
});

/** On a terminal, one line that is written over; otherwise a line each. */
function say(text: string, stays = true): void {
  const isTerminal = Deno.stderr.isTerminal();
  const line = isTerminal ? `\r\x1b[K${text}${stays ? "\n" : ""}` : `${text}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}

/** Works through the list with all runners at once, to the last; each takes the next when it is free. */
async function share<T, R>(
  runners: readonly TestRunner[],
  list: readonly T[],
  work: (runner: TestRunner, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = list.entries();
  const ends = await Promise.allSettled(runners.map(async (runner) => {
    for (const [index, item] of queue) results[index] = await work(runner, item);
  }));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}

/** What the tests of these files run: known from earlier, or measured now and kept. */
async function measured(
  runners: readonly TestRunner[],
  root: string,
  sources: ReadonlyMap<string, string>,
): Promise<TestFile[]> {
  const known = await readKnown(values.known);
  const paths = values.tests.flatMap((path) => filesUnder(root, path))
    .filter((path) => path.endsWith("_test.ts") && isAbout(root, path, sources));
  const files = await share(runners, paths, async (runner, path) => {
    const before = await stillKnown(known, path, root);
    if (before !== undefined) return before;
    const file = await runner.measure(path);
    say(
      `${path}: ${file === undefined ? "fails or is slow, left out" : `${file.durationMs} ms`}`,
      false,
    );
    if (file !== undefined) known.set(path, { file, hash: await hashOf(file, root) });
    writeKnown(values.known, known);
    return file;
  });
  return files.filter((file) => file !== undefined);
}

/**
 * Whether a test loads any of the sources. One that starts the program is left out: it is slow, and
 * what another process runs is not seen.
 */
function isAbout(root: string, path: string, sources: ReadonlyMap<string, string>): boolean {
  const reached = [...filesReached(root, path)];
  return reached.some((path) => sources.has(path)) &&
    !reached.some((path) => path.startsWith("tests/") && startsPrograms(`${root}${path}`));
}

/** What becomes of one fault, given what every test file runs. */
async function judge(
  runner: TestRunner,
  { mutant, change }: Fault,
  { tests, noticed }: { tests: readonly TestFile[]; noticed: Noticed },
): Promise<Verdict> {
  const verdict = (fate: Verdict["fate"]): Verdict => ({ change, line: mutant.line, fate });
  if (isEquivalent(change)) return verdict("equivalent");
  const able = testsOf(tests, mutant, noticed).slice(0, Number(values.most));
  if (able.length === 0) return verdict("run by no test");
  return verdict(await runner.fateOf(mutant, able));
}

/** The files that faults are put into, by path, as they are in the checkout. */
function sourcesUnder(root: string): Map<string, string> {
  const paths = values.under.flatMap((path) => filesUnder(root, path));
  return new Map(paths.map((path) => [path, Deno.readTextFileSync(`${root}${path}`)]));
}

/** One runner for each copy of the checkout; what one learns they all know. */
async function runnersIn(workshop: Workshop, options: Shared): Promise<TestRunner[]> {
  const { temporary } = workshop;
  const copies = Array.from({ length: Number(values.workers) }, (_, n) => workshop.copy(`${n}`));
  const roots = await Promise.all(copies);
  return roots.map((root) => new TestRunner({ root, temporary, flags, ...options }));
}

type Shared = Pick<TestRunnerOptions, "noticed" | "signal">;

async function run(workshop: Workshop, signal: AbortSignal): Promise<number> {
  const noticed: Noticed = new Map();
  const runners = await runnersIn(workshop, { noticed, signal });
  const root = await workshop.copy("measured");
  const sources = sourcesUnder(root);
  const { sample, each, seed } = values;
  const options = { sample: Number(sample), each: Number(each), seed: Number(seed) };
  const faults = sampleOf(sources, options);
  const tests = await measured(runners, root, sources);
  let count = 0;
  const verdicts = await share(runners, faults, async (runner, fault) => {
    const verdict = await judge(runner, fault, { tests, noticed });
    say(`${++count}/${faults.length} ${sentenceOf(verdict)}`, verdict.fate !== "killed");
    return verdict;
  });
  Deno.stdout.writeSync(new TextEncoder().encode(`\n${reportOf(verdicts, values.under)}`));
  return percentOf(verdicts) >= Number(values.min) ? 0 : 1;
}

/** Leaves nothing behind, however it ends. */
async function main(): Promise<number> {
  const stop = new AbortController();
  const workshop = new Workshop();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    if (Deno.build.os !== "windows" || name === "SIGINT") {
      Deno.addSignalListener(name, () => stop.abort(new Interrupted()));
    }
  }
  try {
    return await run(workshop, stop.signal);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    throw error;
  } finally {
    await workshop.remove();
  }
}

/** Somebody has seen enough. */
class Interrupted extends Error {}

Deno.exit(await main());
