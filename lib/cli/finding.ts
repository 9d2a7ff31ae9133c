/**
 * One line of the doctor's report.
 *
 * @module
 */

/**
 * `ok`; `note`: nothing to do, or nothing that could be told; `warning`: works, and should be mended;
 * `problem`: does not work.
 */
export type FindingState = "ok" | "note" | "warning" | "problem";

/** What a check found. */
export interface Finding {
  /** The check, in one word, such as `journal`. */
  readonly check: string;
  readonly state: FindingState;
  /** What was found; never a value of a setting. */
  readonly text: string;
  /** What to do about a warning or a problem. */
  readonly todo?: string;
}
