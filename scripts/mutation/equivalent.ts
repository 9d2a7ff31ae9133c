/**
 * Faults that change nothing anybody could notice, each with the reason: they are not tried.
 *
 * @module
 */

import equivalents from "../../tests/testdata/equivalent_faults.json" with { type: "json" };
import type { Change } from "./mutants.ts";

/** A change that is none, and why. */
export interface Equivalent extends Change {
  readonly why: string;
}

/** All of them, by the text of their lines, so that they hold when lines move. */
export const EQUIVALENTS: readonly Equivalent[] = equivalents;

const KEYS = new Set(EQUIVALENTS.map(keyOf));

/** Whether that change is known to be none. */
export function isEquivalent(change: Change): boolean {
  return KEYS.has(keyOf(change));
}

function keyOf({ path, line, becomes }: Change): string {
  return JSON.stringify([path, line, becomes]);
}
