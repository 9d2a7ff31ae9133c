/**
 * One fault alone in a copy of the checkout: what the type check says, and whole test files.
 *
 * @module
 */

import { type Mutant, mutate } from "./mutants.ts";
import { commandIn, type Start } from "./process.ts";
import { durationOf, type TestFile } from "./reach.ts";

/** A test that hangs has noticed the fault. */
const LIMIT_MS = 240_000;
const CHECK_LIMIT_MS = 120_000;
/** Each loads the program anew. */
const MAX_FILES = 12;

/** Whether it is a program at all with the fault in it. */
export function isProgram(start: Start, mutant: Mutant): Promise<boolean> {
  return withFault(
    start,
    mutant,
    () => succeeds(start, ["check", ...start.flags, mutant.path], CHECK_LIMIT_MS),
  );
}

/** Whether one of the test files notices a fault that is there from the start. */
export function isNoticedBy(
  files: readonly TestFile[],
  start: Start,
  mutant: Mutant,
): Promise<boolean> {
  const groups = [files.slice(0, 2), files.slice(2, MAX_FILES)];
  return withFault(start, mutant, async () => {
    for (const group of groups) if (!await pass(start, group)) return true;
    return false;
  });
}

async function pass(start: Start, files: readonly TestFile[]): Promise<boolean> {
  if (files.length === 0) return true;
  const usualMs = files.reduce((sum, file) => sum + 2_000 + durationOf(file), 0);
  const paths = files.map(({ path }) => path);
  const args = ["test", "-A", "--quiet", "--no-check", "--fail-fast", ...start.flags, ...paths];
  return await succeeds(start, args, Math.min(LIMIT_MS, 10_000 + 4 * usualMs));
}

async function succeeds(start: Start, args: readonly string[], limitMs: number): Promise<boolean> {
  const signal = AbortSignal.any([start.signal, AbortSignal.timeout(limitMs)]);
  const { success } = await commandIn({ ...start, signal }, args).output();
  start.signal.throwIfAborted();
  return success;
}

/** The source is as it was afterwards. */
async function withFault<T>(
  { root }: Start,
  mutant: Mutant,
  work: () => Promise<T>,
): Promise<T> {
  const path = `${root}${mutant.path}`;
  const source = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, mutate(source, mutant));
  try {
    return await work();
  } finally {
    await Deno.writeTextFile(path, source);
  }
}
