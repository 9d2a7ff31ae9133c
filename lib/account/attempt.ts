/**
 * Reads whose failure is a value: one that may fail without the others and is then named in the
 * answer, and one that finds nothing.
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

/** The value, or `undefined` when the exchange answers that there is no such thing. */
export async function unlessNotFound<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof DeskError && error.code === "not_found") return undefined;
    throw error;
  }
}
