/**
 * Runs tests in a copy of the checkout, where faults can be put into the sources.
 *
 * @module
 */

import { linesIn, type TestFile } from "./coverage.ts";
import { type Mutant, mutate } from "./mutants.ts";

/** What {@linkcode TestRunner} works with. */
export interface TestRunnerOptions {
  /** The copy's folder, with a slash at its end; the runner's own. */
  readonly root: string;
  /** Deno's flags for the registries that can be reached, as paths inside the copy. */
  readonly flags: readonly string[];
}

/** A test that hangs has noticed the fault. */
const LIMIT_MS = 240_000;

/** One copy of the checkout; runs one thing at a time. */
export class TestRunner {
  readonly #options: TestRunnerOptions;

  /** Runs nothing yet. */
  constructor(options: TestRunnerOptions) {
    this.#options = options;
  }

  /** What a test file runs, and how long it takes; `undefined` if it fails. */
  async measure(path: string): Promise<TestFile | undefined> {
    const { root } = this.#options;
    const folder = `${root}coverage`;
    const startMs = performance.now();
    const isGood = await this.#test([path], LIMIT_MS, [`--coverage=${folder}`]);
    const durationMs = performance.now() - startMs;
    const report = new Deno.Command(Deno.execPath(), {
      args: ["coverage", "--quiet", "--lcov", folder],
      cwd: root,
      stderr: "null",
    });
    const { stdout } = await report.output();
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    if (!isGood) return undefined;
    return { path, durationMs, lines: linesIn(new TextDecoder().decode(stdout), root) };
  }

  /** Whether any of the tests notices the fault; the source is as it was afterwards. */
  async kills(mutant: Mutant, tests: readonly TestFile[]): Promise<boolean> {
    const path = `${this.#options.root}${mutant.path}`;
    const source = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, mutate(source, mutant));
    try {
      return await this.#anyFails(tests);
    } finally {
      await Deno.writeTextFile(path, source);
    }
  }

  /** The first ones alone, which mostly settle it; then all others at once. */
  async #anyFails(tests: readonly TestFile[]): Promise<boolean> {
    const groups = [tests.slice(0, 2), tests.slice(2, 8), tests.slice(8)];
    for (const group of groups.filter((group) => group.length > 0)) {
      const usualMs = group.reduce((sum, { durationMs }) => sum + durationMs, 0);
      const limitMs = Math.min(LIMIT_MS, 10_000 + 4 * usualMs);
      if (!await this.#test(group.map(({ path }) => path), limitMs)) return true;
    }
    return false;
  }

  async #test(
    paths: readonly string[],
    limitMs: number,
    more: readonly string[] = [],
  ): Promise<boolean> {
    const { root, flags } = this.#options;
    const command = new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--quiet", "--no-check", "--fail-fast", ...flags, ...more, ...paths],
      cwd: root,
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      signal: AbortSignal.timeout(limitMs),
    });
    return (await command.output()).success;
  }
}
