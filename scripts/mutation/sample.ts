/**
 * Which faults a run tries.
 *
 * @module
 */

import { createRandom } from "../../lib/paper/random.ts";
import { type Change, changeOf, type Mutant, mutantsOf } from "./mutants.ts";

/** A fault, and what it does to its line. */
export interface Fault {
  readonly mutant: Mutant;
  readonly change: Change;
}

/** How much of all there is. */
export interface SampleOptions {
  /** At most so many of one file. */
  readonly each: number;
  /** At most so many in all. */
  readonly sample: number;
  /** The same seed takes the same ones. */
  readonly seed: number;
}

interface Drawn extends Fault {
  readonly rank: number;
}

/** The faults of these sources, by path, or as many of them as were asked for. */
export function sampleOf(
  sources: ReadonlyMap<string, string>,
  { each, sample, seed }: SampleOptions,
): Fault[] {
  const random = createRandom(seed);
  const drawn = [...sources].flatMap(([path, source]) => {
    const all = mutantsOf(path, source)
      .map((mutant) => ({ mutant, change: changeOf(source, mutant), rank: random(2 ** 31) }));
    return lowest(all, each);
  });
  return lowest(drawn, sample);
}

function lowest(drawn: readonly Drawn[], most: number): Drawn[] {
  return drawn.toSorted((a, b) => a.rank - b.rank).slice(0, most);
}
