/**
 * A sorted map for price levels: short sorted chunks in a sorted list. A search is binary in both,
 * and an insert moves at most one chunk, so the cost grows with the logarithm of the size. Knows
 * prices as keys and nothing about orders.
 *
 * @module
 */

import type { Decimal } from "../decimal.ts";

// Small enough to move in well under a microsecond, large enough to keep the outer list short.
const CHUNK_SIZE = 256;

interface Chunk<T> {
  // Doubles lie side by side and compare fast, so they lead the search; where two are equal, the
  // exact prices decide.
  readonly hints: number[];
  readonly prices: Decimal[];
  readonly values: T[];
}

/** Values by price, lowest first. */
export class Levels<T> {
  readonly #chunks: Chunk<T>[] = [];

  /** The value at that price, made by `create` if there is none. */
  getOrInsert(price: Decimal, create: (price: Decimal) => T): T {
    const hint = price.toNumber();
    const index = this.#chunkOf(hint, price);
    const chunk = this.#chunks[index] ?? this.#append();
    const at = lowerBound(chunk, hint, price);
    const found = chunk.values[at];
    if (found !== undefined && chunk.prices[at]?.eq(price)) return found;
    const value = create(price);
    chunk.hints.splice(at, 0, hint);
    chunk.prices.splice(at, 0, price);
    chunk.values.splice(at, 0, value);
    if (chunk.values.length > CHUNK_SIZE) this.#split(chunk, index);
    return value;
  }

  /** Takes the value at that price out. */
  delete(price: Decimal): void {
    const hint = price.toNumber();
    const index = this.#chunkOf(hint, price);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const at = lowerBound(chunk, hint, price);
    if (!chunk.prices[at]?.eq(price)) return;
    cut(chunk, at, 1);
    if (chunk.values.length === 0) this.#chunks.splice(index, 1);
  }

  /** Every value, lowest price first. */
  *ascending(): Generator<T> {
    for (const { values } of this.#chunks) yield* values;
  }

  /** Every value, highest price first. */
  *descending(): Generator<T> {
    for (let outer = this.#chunks.length - 1; outer >= 0; outer--) {
      const values = this.#chunks[outer]?.values ?? [];
      for (let inner = values.length - 1; inner >= 0; inner--) {
        const value = values[inner];
        if (value !== undefined) yield value;
      }
    }
  }

  // The first chunk that ends at or above the price, or else the last one.
  #chunkOf(hint: number, price: Decimal): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const chunk = this.#chunks[middle];
      if (chunk !== undefined && isBelow(chunk, chunk.values.length - 1, hint, price)) {
        low = middle + 1;
      } else high = middle;
    }
    return Math.max(0, Math.min(low, this.#chunks.length - 1));
  }

  #append(): Chunk<T> {
    const chunk = { hints: [], prices: [], values: [] };
    this.#chunks.push(chunk);
    return chunk;
  }

  #split(chunk: Chunk<T>, index: number): void {
    this.#chunks.splice(index + 1, 0, cut(chunk, CHUNK_SIZE / 2, CHUNK_SIZE));
  }
}

function cut<T>({ hints, prices, values }: Chunk<T>, from: number, count: number): Chunk<T> {
  return {
    hints: hints.splice(from, count),
    prices: prices.splice(from, count),
    values: values.splice(from, count),
  };
}

/** The index of the first price in the chunk that is not below this one. */
function lowerBound<T>(chunk: Chunk<T>, hint: number, price: Decimal): number {
  let low = 0;
  let high = chunk.values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(chunk, middle, hint, price)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isBelow<T>(
  { hints, prices }: Chunk<T>,
  at: number,
  hint: number,
  price: Decimal,
): boolean {
  const other = hints[at] ?? NaN;
  return other < hint || (other === hint && prices[at]?.lt(price) === true);
}
