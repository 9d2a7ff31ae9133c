/**
 * Chance that repeats itself: the same seed draws the same numbers. For the market maker's
 * quotes, never for anything that must be secret.
 *
 * @module
 */

/** A generator of whole numbers below `bound`, by mulberry32. */
export function createRandom(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
