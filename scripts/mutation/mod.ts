/**
 * `deno task mutate`: puts one small fault after another into the sources that guard money and
 * tells which of them no test notices. `--under PATH` takes those of one file or folder, `--each N`
 * at most N of a file and `--sample N` N in all, by chance (`--seed S` the same ones again);
 * `--tests PATH` has only those tests try; `--min PERCENT` ends with 1 below that. `--workers N` is
 * how many work at once, and `--known FILE` keeps what each test runs for the next time.
 *
 * What follows `--` are Deno's flags for the registries that can be reached.
 *
 * @module
 */

import { filesUnder, Workshop } from "./copy.ts";
import { hunt, type Hunted, hunted, settle, verdictOf } from "./hunt.ts";
import { filesReached, startsPrograms } from "./imports.ts";
import { hashOf, readKnown, writeKnown } from "./known.ts";
import { type MutationOptions, mutationOptionsOf } from "./options.ts";
import type { Start } from "./process.ts";
import { durationOf, type Noticed, type TestFile } from "./reach.ts";
import { percentOf, reportOf, sentenceOf } from "./report.ts";
import { sampleOf } from "./sample.ts";
import { switched } from "./switched.ts";
import { measure } from "./trials.ts";

/** The signed text, exact arithmetic, the desk, and the book that the desk is tried against. */
const GUARDED = [
  ...["lib/signing.ts", "lib/decimal.ts", "lib/desk"],
  ...["lib/paper/book.ts", "lib/paper/levels.ts", "lib/paper/matching.ts"],
];

/** What says which statements are seen to run. */
const OWN = ["bodies.ts", "switched.ts", "trials.ts"].map((name) => `scripts/mutation/${name}`);

/** On a terminal, one line that is written over; otherwise a line each. */
function say(text: string, stays = true): void {
  const isTerminal = Deno.stderr.isTerminal();
  const line = isTerminal ? `\r\x1b[K${text}${stays ? "\n" : ""}` : `${text}\n`;
  Deno.stderr.writeSync(new TextEncoder().encode(line));
}

const options = optionsTyped();
const { flags } = options;

/** What was typed; says how it goes and ends with 2 if that can't be. */
function optionsTyped(): MutationOptions {
  try {
    return mutationOptionsOf(Deno.args, GUARDED);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    Deno.exit(2);
  }
}

/** Works through the list in all copies at once, to the last; each takes the next when it is free. */
async function share<T, R>(
  starts: readonly Start[],
  list: readonly T[],
  work: (start: Start, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = list.entries();
  const ends = await Promise.allSettled(starts.map(async (start) => {
    for (const [index, item] of queue) results[index] = await work(start, item);
  }));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return results;
}

/** What the tests of these files run: known from earlier, or measured now and kept. */
async function measured(
  starts: readonly Start[],
  root: string,
  sources: ReadonlyMap<string, string>,
): Promise<TestFile[]> {
  const known = await readKnown(options.known);
  const paths = options.tests.flatMap((path) => filesUnder(root, path))
    .filter((path) => path.endsWith("_test.ts") && isAbout(root, path, sources));
  return await share(starts, paths, async (start, path) => {
    const hash = await hashOf([...filesReached(root, path), ...sources.keys(), ...OWN], root);
    const before = known.get(path);
    if (before?.hash === hash) return before.file;
    const file = await measure(start, path);
    say(`${path}: ${file.tests.length} tests, ${durationOf(file)} ms`, false);
    known.set(path, { file, hash });
    writeKnown(options.known, known);
    return file;
  });
}

/**
 * Whether a test loads any of the sources. One that starts the program is left out: it is slow, and
 * what another process runs is not seen.
 */
function isAbout(root: string, path: string, sources: ReadonlyMap<string, string>): boolean {
  const reached = [...filesReached(root, path)];
  return reached.some((path) => sources.has(path)) &&
    !reached.some((path) => path.startsWith("tests/") && startsPrograms(root, path));
}

/** Files by path, as they are in the checkout. */
function sourcesUnder(root: string, paths: readonly string[]): Map<string, string> {
  const files = paths.flatMap((path) => filesUnder(root, path));
  return new Map(files.map((path) => [path, Deno.readTextFileSync(`${root}${path}`)]));
}

/** A copy of the checkout for each worker. */
async function copies(workshop: Workshop, name: string, signal: AbortSignal): Promise<Start[]> {
  const { temporary } = workshop;
  const names = Array.from({ length: options.workers }, (_, n) => `${name}${n}`);
  const roots = await Promise.all(names.map((name) => workshop.copy(name)));
  return roots.map((root) => ({ root, temporary, flags, signal }));
}

/** Puts all the faults into a copy, each behind its number. */
function putInto({ root }: Start, sources: ReadonlyMap<string, string>, faults: Hunted[]): void {
  for (const [path, source] of sources) {
    const own = faults.filter(({ mutant }) => mutant.path === path);
    Deno.writeTextFileSync(`${root}${path}`, switched(path, source, own));
  }
}

async function run(workshop: Workshop, signal: AbortSignal): Promise<number> {
  const root = await workshop.copy("measured");
  const chosen = sourcesUnder(root, options.under);
  const sources = new Map([...sourcesUnder(root, GUARDED), ...chosen]);
  const faults = hunted(sampleOf(chosen, options), sources);
  const starts = await copies(workshop, "switched", signal);
  for (const start of starts) putInto(start, sources, faults);
  const files = await measured(starts, root, sources);
  await huntAll(starts, files, faults);
  await settleAll(await copies(workshop, "plain", signal), files, faults);
  const verdicts = faults.map(verdictOf);
  Deno.stdout.writeSync(new TextEncoder().encode(`\n${reportOf(verdicts, options.under)}`));
  return percentOf(verdicts) >= options.min ? 0 : 1;
}

/** The quick files first: what they notice the slow ones need not. */
async function huntAll(
  starts: readonly Start[],
  files: readonly TestFile[],
  faults: readonly Hunted[],
): Promise<void> {
  const noticed: Noticed = new Map();
  const quickFirst = files.toSorted((a, b) => durationOf(a) - durationOf(b));
  await share(starts, quickFirst, async (start, file) => {
    const { tried, killed } = await hunt(start, file, { faults, noticed });
    if (tried > 0) say(`${file.path}: ${killed} of ${tried} noticed`, false);
  });
}

async function settleAll(
  starts: readonly Start[],
  files: readonly TestFile[],
  faults: readonly Hunted[],
): Promise<void> {
  const left = faults.filter(({ fate }) => fate === undefined);
  await share(starts, left, async (start, fault) => {
    fault.fate = await settle(start, fault, files);
    say(sentenceOf(verdictOf(fault)));
  });
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
