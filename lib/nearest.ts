/**
 * The closest known names to a mistyped one.
 *
 * @module
 */

/**
 * At most `count` of `known`, the closest first: those that hold every word of the name, and those
 * that differ from it by two letters, or by one in five. Letters in another case count as close.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(nearest("prise", ["price", "side", "symbol"], 1), ["price"]);
 * assertEquals(nearest("sol", ["BTC_USDC", "SOL_USDC"]), ["SOL_USDC"]);
 * ```
 */
export function nearest(name: string, known: Iterable<string>, count = 3): string[] {
  const short = name.slice(0, 64);
  const words = wordsOf(short);
  const limit = Math.max(2, Math.floor(short.length / 5));
  return [...new Set(known)]
    .map((candidate) => ({ candidate, distance: distanceOf(short, words, candidate) }))
    .filter((entry) => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, count)
    .map((entry) => entry.candidate);
}

/** Such as `sol` and `perp` of `SOL-PERP`; none of a name that is too short to tell anything. */
function wordsOf(name: string): string[] {
  const words = name.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "");
  return words.join("").length < 3 ? [] : words;
}

/** Of those that hold every word, the shortest is the closest. */
function distanceOf(name: string, words: readonly string[], candidate: string): number {
  const lower = candidate.toLowerCase();
  const isWhole = words.length > 0 && words.every((word) => lower.includes(word));
  return isWhole ? candidate.length / 1000 : distance(name, candidate);
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
