/**
 * The closest known names to a mistyped one.
 *
 * @module
 */

/**
 * At most `count` of `known`, the closest first; none that is farther than half of the name's
 * length. Letters in another case count as close.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(nearest("prise", ["price", "side", "symbol"], 1), ["price"]);
 * ```
 */
export function nearest(name: string, known: Iterable<string>, count = 3): string[] {
  const short = name.slice(0, 64);
  const limit = Math.max(2, Math.ceil(short.length / 2));
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distance(short, candidate) }))
    .filter((entry) => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map((entry) => entry.candidate);
}

/** Levenshtein's distance; a letter in another case costs a tenth. */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const current = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (previous[j] ?? 0) + substitution(from[i] ?? "", to[j] ?? "");
      current.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (current[j] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

function substitution(from: string, to: string): number {
  if (from === to) return 0;
  return from.toLowerCase() === to.toLowerCase() ? 0.1 : 1;
}
