/**
 * A read that may fail without the others: its failure becomes a value, to be named in the answer.
 *
 * @module
 */

import { DeskError } from "../errors.ts";

/** The value, or the `DeskError` that came instead; anything else is thrown on. */
export async function attempt<T>(work: Promise<T>): Promise<T | DeskError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DeskError) return error;
    throw error;
  }
}
