/**
 * The roots under which every file lies.
 *
 * A release is built for nobody's directories, and a grant without any path can only be given up as
 * a whole: it is granted the roots, and the serving program keeps one directory of them.
 *
 * @module
 */

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * The roots of a system; on Windows the drives, and no network share.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(fileRoots(false), ["/"]);
 * assertEquals(fileRoots(true)[2], "C:\\");
 * ```
 */
export function fileRoots(isWindows: boolean): readonly string[] {
  return isWindows ? [...LETTERS].map((letter) => `${letter}:\\`) : ["/"];
}
