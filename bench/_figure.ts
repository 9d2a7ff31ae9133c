/**
 * What a figure is: something that is measured beside a floor or a peer in the same run, and how
 * far apart the two may be. A figure alone says little on a shared machine; the comparison does.
 *
 * @module
 */

/** How far ours may be from the floor. */
export interface Reach {
  /** `ratio`: ours / floor. `difference`: ours - floor; `itself`: ours; both in the row's unit. */
  readonly compare: "ratio" | "difference" | "itself";
  /** Whether the bound is the most or the least that will do. */
  readonly limit: "most" | "least";
  readonly bound: number;
  /**
   * How far past the bound a run may be before it counts as broken, in the bound's own unit: for
   * noise, for other machines, and for what is known to be short.
   */
  readonly room: number;
}

/** A line of the table. */
export interface Row {
  /** What was measured. */
  readonly what: string;
  /** What it was measured against. */
  readonly against: string;
  readonly unit: string;
  readonly floor: number;
  readonly ours: number;
  readonly reach: Reach;
}

/** Says how far a figure has come, such as `list_orders: 3 of 12`. */
export type Tell = (progress: string) => void;

/** One figure; a file of this folder each. */
export interface Figure {
  /** What `deno task bench` takes to measure this one alone. */
  readonly name: string;
  /**
   * Measures it.
   *
   * @throws {NotMeasuredError} where this machine lacks what it takes
   */
  run(tell: Tell): Promise<readonly Row[]>;
}

/** A figure that can't be had here; the message says why and what would help. */
export class NotMeasuredError extends Error {
  override readonly name = "NotMeasuredError";
}

/** What a row comes to: `short` is past the bound and within its room, `TOO FAR` is not. */
export type Verdict = "reached" | "short" | "TOO FAR";

/** The number that the bound is about. */
export function compared({ floor, ours, reach }: Row): number {
  if (reach.compare === "itself") return ours;
  return reach.compare === "ratio" ? ours / floor : ours - floor;
}

/** Judges a row. What is no number at all is too far. */
export function verdictOf(row: Row): Verdict {
  const { limit, bound, room } = row.reach;
  const past = limit === "most" ? compared(row) - bound : bound - compared(row);
  if (past <= 0) return "reached";
  return past <= room ? "short" : "TOO FAR";
}
