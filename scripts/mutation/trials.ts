/**
 * The tests of one file against one fault after another, in a process that is begun afresh when a
 * fault has left anything behind.
 *
 * @module
 */

import { type Start, TrialProcess } from "./process.ts";
import { keyOf, type Noticed, type Test, type TestFile, testsAt } from "./reach.ts";
import type { Told } from "./trial.ts";

/** A test that takes longer than this and ten times its own time hangs. */
const PATIENCE_MS = 4_000;
/** A slower test would hold up every fault that is not noticed before: it is left out. */
const SLOW_MS = 4_000;
const LIMIT_MS = 30_000;

/** What a test file runs, told by running it twice: only what passes again can tell a fault. */
export async function measure(start: Start, path: string): Promise<TestFile> {
  const [process, count] = await TrialProcess.start(start, path);
  await using trial = process;
  const tests: Test[] = [];
  for (let number = 0; number < count; number++) {
    const first = await trial.ask({ test: number, fault: 0 }, LIMIT_MS);
    if (first === undefined) return { path, tests };
    if (!first.isPassed || first.durationMs > SLOW_MS) continue;
    const again = await trial.ask({ test: number, fault: 0 }, LIMIT_MS);
    if (again === undefined) return { path, tests };
    if (!again.isPassed) continue;
    const places = [...new Set([...first.reached, ...again.reached])];
    tests.push({ number, durationMs: Math.round(again.durationMs), places });
  }
  return { path, tests };
}

/** One test file; tries one fault at a time. */
export class Trials implements AsyncDisposable {
  readonly #start: Start;
  readonly #file: TestFile;
  readonly #noticed: Noticed;
  #process: TrialProcess | undefined;

  /** Starts nothing yet. */
  constructor(start: Start, file: TestFile, noticed: Noticed) {
    this.#start = start;
    this.#file = file;
    this.#noticed = noticed;
  }

  /** Whether a test notices the fault with that number, whose statement is at `place`. */
  async isNoticed(fault: number, place: string): Promise<boolean> {
    for (const test of testsAt(this.#file, place, this.#noticed)) {
      if (!await this.#fails(test, fault)) continue;
      const key = keyOf(this.#file, test, place.replace(/:\d+$/, ""));
      this.#noticed.set(key, (this.#noticed.get(key) ?? 0) + 1);
      return true;
    }
    return false;
  }

  /** Ends the process. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = undefined;
  }

  /** A failure counts if the same process passes without the fault, or a new one fails with it. */
  async #fails(test: Test, fault: number): Promise<boolean> {
    const isFresh = this.#process === undefined;
    if (await this.#passes(test, fault)) return false;
    if (isFresh || this.#process !== undefined && await this.#passes(test, 0)) return true;
    await this[Symbol.asyncDispose]();
    return !await this.#passes(test, fault);
  }

  async #passes({ number, durationMs }: Test, fault: number): Promise<boolean> {
    this.#start.signal.throwIfAborted();
    this.#process ??= (await TrialProcess.start(this.#start, this.#file.path))[0];
    const limitMs = PATIENCE_MS + 10 * durationMs;
    const told: Told | undefined = await this.#process.ask({ test: number, fault }, limitMs);
    if (told === undefined) await this[Symbol.asyncDispose]();
    return told?.isPassed === true;
  }
}
