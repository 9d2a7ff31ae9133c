/**
 * Every fault of a run on its way to a verdict: one test file after another tries those that it
 * runs, and what none of them noticed is looked at alone.
 *
 * @module
 */

import { isEquivalent } from "./equivalent.ts";
import type { Start } from "./process.ts";
import { filesAbout, type Noticed, type TestFile } from "./reach.ts";
import type { Fate, Verdict } from "./report.ts";
import { isNoticedBy, isProgram } from "./runner.ts";
import type { Fault } from "./sample.ts";
import { placeOf } from "./switched.ts";
import { Trials } from "./trials.ts";

/** A fault of this run. */
export interface Hunted extends Fault {
  /** From 1. */
  readonly number: number;
  /** Its statement; none if it is there from the start. */
  readonly place: string | undefined;
  /** None as long as nobody has noticed it. */
  fate?: Fate;
}

/** The faults with their numbers and places. */
export function hunted(faults: readonly Fault[], sources: ReadonlyMap<string, string>): Hunted[] {
  return faults.map((fault, index) => ({
    ...fault,
    number: index + 1,
    place: placeOf(sources.get(fault.mutant.path) ?? "", fault.mutant),
    ...(isEquivalent(fault.change) ? { fate: "equivalent" } : {}),
  }));
}

/** Has the test file try what it runs and nobody has noticed yet; the numbers tried and noticed. */
export async function hunt(
  start: Start,
  file: TestFile,
  { faults, noticed }: { faults: readonly Hunted[]; noticed: Noticed },
): Promise<{ tried: number; killed: number }> {
  await using trials = new Trials(start, file, noticed);
  const places = new Set(file.tests.flatMap((test) => test.places));
  const count = { tried: 0, killed: 0 };
  for (const fault of faults) {
    const { fate, place, number } = fault;
    if (fate !== undefined || place === undefined || !places.has(place)) continue;
    count.tried++;
    if (!await trials.isNoticed(number, place)) continue;
    fault.fate = "killed";
    count.killed++;
  }
  return count;
}

/** What becomes of a fault that no test file has noticed; `start` is in a copy without faults. */
export async function settle(
  start: Start,
  { mutant, place }: Hunted,
  files: readonly TestFile[],
): Promise<Fate> {
  const able = place === undefined ? filesAbout(files, mutant.path) : files.filter(runs(place));
  if (able.length === 0) return "run by no test";
  if (!await isProgram(start, mutant)) return "refused";
  return place === undefined && await isNoticedBy(able, start, mutant) ? "killed" : "survived";
}

/** What a fault has come to; one that nobody tried to the end survives. */
export function verdictOf({ change, mutant, fate = "survived" }: Hunted): Verdict {
  return { change, line: mutant.line, fate };
}

function runs(place: string): (file: TestFile) => boolean {
  return ({ tests }) => tests.some(({ places }) => places.includes(place));
}
