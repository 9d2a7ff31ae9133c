/**
 * Runs tests, and the type check, in a copy of the checkout where faults can be put into the
 * sources.
 *
 * @module
 */

import { linesIn, type Noticed, type TestFile } from "./coverage.ts";
import { type Mutant, mutate } from "./mutants.ts";

/** What {@linkcode TestRunner} works with. */
export interface TestRunnerOptions {
  /** The copy's folder, with a slash at its end; the runner's own. */
  readonly root: string;
  /** Where its tests put their temporary files. */
  readonly temporary: string;
  /** Deno's flags for the registries that can be reached, as paths inside the copy. */
  readonly flags: readonly string[];
  /** Learns which tests notice what; shared by all runners. */
  readonly noticed: Noticed;
  /** Ends what runs. */
  readonly signal: AbortSignal;
}

/** How a fault ended: a test failed, the type check did, or neither. */
export type Fate = "killed" | "refused" | "survived";

/** A test that hangs has noticed the fault. */
const LIMIT_MS = 240_000;
const CHECK_LIMIT_MS = 120_000;
/** A slower test file would hold every fault up that is not noticed before. */
const SLOW_MS = 30_000;

/** One copy of the checkout; runs one thing at a time. */
export class TestRunner {
  readonly #options: TestRunnerOptions;

  /** Runs nothing yet. */
  constructor(options: TestRunnerOptions) {
    this.#options = options;
  }

  /** What a test file runs, and how long it takes; `undefined` if it fails or takes too long. */
  async measure(path: string): Promise<TestFile | undefined> {
    const { root } = this.#options;
    const folder = `${root}coverage`;
    const startMs = performance.now();
    const isGood = await this.#test([path], SLOW_MS, [`--coverage=${folder}`]);
    const durationMs = Math.round(performance.now() - startMs);
    const report = this.#command(["coverage", "--quiet", "--lcov", folder], LIMIT_MS, "piped");
    const { stdout } = await report.output();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    if (!isGood) return undefined;
    return { path, durationMs, lines: linesIn(new TextDecoder().decode(stdout), root) };
  }

  /** What becomes of the fault; the source is as it was afterwards. */
  async fateOf(mutant: Mutant, tests: readonly TestFile[]): Promise<Fate> {
    const path = `${this.#options.root}${mutant.path}`;
    const source = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, mutate(source, mutant));
    try {
      return await this.#fateOf(mutant, tests);
    } finally {
      await Deno.writeTextFile(path, source);
    }
  }

  /** The first tests alone, which mostly settle it; all others when it is a program at all. */
  async #fateOf({ path }: Mutant, tests: readonly TestFile[]): Promise<Fate> {
    const first = [tests.slice(0, 2), tests.slice(2, 8)];
    for (const group of first) if (await this.#isNoticed(path, group)) return "killed";
    if (!await this.#succeeds(["check", path], CHECK_LIMIT_MS)) return "refused";
    return await this.#isNoticed(path, tests.slice(8)) ? "killed" : "survived";
  }

  async #isNoticed(path: string, tests: readonly TestFile[]): Promise<boolean> {
    if (tests.length === 0) return false;
    const usualMs = tests.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const limitMs = Math.min(LIMIT_MS, 10_000 + 4 * usualMs);
    if (await this.#test(tests.map(({ path }) => path), limitMs)) return false;
    const { noticed } = this.#options;
    for (const test of tests) {
      const key = `${test.path} in ${path}`;
      noticed.set(key, (noticed.get(key) ?? 0) + 1 / tests.length);
    }
    return true;
  }

  #test(paths: readonly string[], limitMs: number, more: readonly string[] = []): Promise<boolean> {
    const args = ["test", "-A", "--quiet", "--no-check", "--fail-fast", ...more, ...paths];
    return this.#succeeds(args, limitMs);
  }

  async #succeeds([name = "", ...args]: readonly string[], limitMs: number): Promise<boolean> {
    const command = this.#command([name, ...this.#options.flags, ...args], limitMs);
    const { success } = await command.output();
    this.#options.signal.throwIfAborted();
    return success;
  }

  #command(
    args: readonly string[],
    limitMs: number,
    stdout: "piped" | "null" = "null",
  ): Deno.Command {
    const { root, temporary, signal } = this.#options;
    return new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: root,
      env: { NO_COLOR: "1", TMPDIR: temporary, TMP: temporary, TEMP: temporary },
      stdin: "null",
      stdout,
      stderr: "null",
      signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    });
  }
}
