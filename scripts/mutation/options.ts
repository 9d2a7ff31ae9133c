/**
 * The command line of `deno task mutate`.
 *
 * @module
 */

import { parseArgs } from "node:util";

const USAGE =
  "usage: deno task mutate [--under PATH]... [--tests PATH]... [--each N] [--sample N] " +
  "[--seed S] [--min PERCENT] [--workers N] [--known FILE]";

/** What was asked for. */
export interface MutationOptions {
  /** Where faults are put. */
  readonly under: readonly string[];
  /** Which tests try them. */
  readonly tests: readonly string[];
  /** The most faults of a file. */
  readonly each: number;
  /** How many in all, by chance. */
  readonly sample: number;
  readonly seed: number;
  /** The share that tests have to notice, percent. */
  readonly min: number;
  readonly workers: number;
  /** Where it is kept what each test runs. */
  readonly known: string;
  /** Deno's flags for the registries that can be reached. */
  readonly flags: readonly string[];
}

/**
 * Reads the command line; without `--under`, faults are put into `guarded`.
 *
 * @throws {RangeError} whose message says what was not understood, and how it goes
 */
export function mutationOptionsOf(
  args: readonly string[],
  guarded: readonly string[],
): MutationOptions {
  const { values, positionals: flags } = understood(args);
  const { under = [...guarded], tests = ["tests"], known = "dist/mutation.json" } = values;
  const stray = flags.find((flag) => !flag.startsWith("--"));
  if (stray !== undefined) throw unclear(`no use for ${stray}`);
  for (const path of [...under, ...tests]) mustBeThere(path);
  return {
    ...{ under, tests, known, flags },
    each: numberIn(values.each ?? "Infinity"),
    sample: numberIn(values.sample ?? "Infinity"),
    seed: numberIn(values.seed ?? "1"),
    min: numberIn(values.min ?? "0"),
    workers: numberIn(values.workers ?? "2"),
  };
}

const TEXT = { type: "string" } as const;
const TEXTS = { type: "string", multiple: true } as const;
const OPTIONS = {
  ...{ sample: TEXT, each: TEXT, seed: TEXT, min: TEXT, workers: TEXT, known: TEXT },
  ...{ under: TEXTS, tests: TEXTS },
};

function understood(args: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(args);
  } catch (error) {
    throw error instanceof TypeError ? unclear(error.message.split(". ")[0] ?? "") : error;
  }
}

// deno-lint-ignore explicit-function-return-type -- node's type follows from the options
function parse(args: readonly string[]) {
  return parseArgs({ options: OPTIONS, allowPositionals: true, args: [...args] });
}

function numberIn(text: string): number {
  if (text !== "" && !Number.isNaN(Number(text))) return Number(text);
  throw unclear(`"${text}" is no number`);
}

function mustBeThere(path: string): void {
  try {
    Deno.statSync(path);
  } catch {
    throw unclear(`${path}: no such file or folder`);
  }
}

function unclear(what: string): RangeError {
  return new RangeError(`${what}\n${USAGE}`);
}
