/**
 * Taking times: the floor and ours by turns, so that noise hits both, after a warm-up that does
 * not count.
 *
 * @module
 */

import type { Tell } from "./_figure.ts";

/** How often. */
export interface Rounds {
  /** For the progress line. */
  readonly name: string;
  /** Rounds that do not count. */
  readonly warmUp: number;
  /** Rounds that do: at least 10 for a median. */
  readonly rounds: number;
  readonly tell: Tell;
}

/** Two measurements of one thing each, in whatever unit both share. */
export interface Pair {
  floor(): Promise<number> | number;
  ours(): Promise<number> | number;
}

/** What was measured, in the sequence in which it was. */
export interface Samples {
  readonly floor: readonly number[];
  readonly ours: readonly number[];
}

/** Measures floor, ours, floor, ours. */
export async function interleave(pair: Pair, options: Rounds): Promise<Samples> {
  const { name, warmUp, rounds, tell } = options;
  const floor: number[] = [];
  const ours: number[] = [];
  for (let round = -warmUp; round < rounds; round++) {
    tell(round < 0 ? `${name}: warming up` : `${name}: ${round + 1} of ${rounds}`);
    const [one, other] = [await pair.floor(), await pair.ours()];
    if (round < 0) continue;
    floor.push(one);
    ours.push(other);
  }
  return { floor, ours };
}

/** How long `work` takes, ms. */
export async function timeOf(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

/** The middle one. */
export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** The smallest sample that at least this share of them does not exceed; `share` is 0 to 1. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
