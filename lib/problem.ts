/**
 * What is wrong with the configuration, in words that are safe to show: the variable and what is
 * wanted, never what was found. A name out of a file may be a key that was pasted in the wrong
 * place, so even names pass through {@linkcode shownName}.
 *
 * @module
 */

/** One reason why the desk stays closed. */
export interface Problem {
  /** The variable's name, or the path of a file that is at fault as a whole. */
  readonly variable: string;
  /** What is wanted, and where it was looked for; no value ever. */
  readonly message: string;
}

/** The problem in one line, such as `BACKPACK_MODE: wanted live or paper (set in …)`. */
export function problemText(problem: Problem): string {
  return `${problem.variable}: ${problem.message}`;
}

// 40 characters hold any name that somebody would think up, and are fewer than any form of a key.
const CLEAN_NAME_REGEXP = /^([A-Z][A-Z0-9_]{0,39}|[a-z][a-z0-9_]{0,39})$/;

/**
 * `name` if it is a plain variable name; otherwise only the known name that it begins with, or the
 * bare prefix, since the rest may be a secret (`BACKPACK_PRIVATE_KEYnWGx…`).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(shownName("BACKPACK_MOOD", ["BACKPACK_MODE"]), "BACKPACK_MOOD");
 * assertEquals(shownName("BACKPACK_MODEnWGx", ["BACKPACK_MODE"]), "BACKPACK_MODE…");
 * ```
 */
export function shownName(name: string, known: readonly string[]): string {
  if (CLEAN_NAME_REGEXP.test(name)) return name;
  const beginning = known.filter((candidate) => name.startsWith(candidate))
    .sort((a, b) => b.length - a.length)[0];
  return (beginning ?? "BACKPACK_") + "…";
}
