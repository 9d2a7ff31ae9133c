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

interface Entry<T> {
  readonly price: Decimal;
  readonly value: T;
}

/** Values by price, lowest first. */
export class Levels<T> {
  readonly #chunks: Entry<T>[][] = [];

  /** The value at that price, made by `create` if there is none. */
  getOrInsert(price: Decimal, create: () => T): T {
    const index = this.#chunkOf(price);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return this.#append(price, create());
    const at = lowerBound(chunk, price, priceOf);
    const found = chunk[at];
    if (found?.price.eq(price)) return found.value;
    const value = create();
    chunk.splice(at, 0, { price, value });
    if (chunk.length > CHUNK_SIZE) this.#split(chunk, index);
    return value;
  }

  /** Takes the value at that price out. */
  delete(price: Decimal): void {
    const index = this.#chunkOf(price);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return;
    const at = lowerBound(chunk, price, priceOf);
    if (!chunk[at]?.price.eq(price)) return;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(index, 1);
  }

  /** Every value, lowest price first. */
  *ascending(): Generator<T> {
    for (const chunk of this.#chunks) for (const entry of chunk) yield entry.value;
  }

  /** Every value, highest price first. */
  *descending(): Generator<T> {
    for (let outer = this.#chunks.length - 1; outer >= 0; outer--) {
      const chunk = this.#chunks[outer] ?? [];
      for (let inner = chunk.length - 1; inner >= 0; inner--) {
        const entry = chunk[inner];
        if (entry !== undefined) yield entry.value;
      }
    }
  }

  // The first chunk that ends at or above the price, or else the last one.
  #chunkOf(price: Decimal): number {
    const index = lowerBound(this.#chunks, price, endOf);
    return Math.min(index, this.#chunks.length - 1);
  }

  #append(price: Decimal, value: T): T {
    this.#chunks.push([{ price, value }]);
    return value;
  }

  #split(chunk: Entry<T>[], index: number): void {
    const upper = chunk.splice(CHUNK_SIZE / 2);
    this.#chunks.splice(index + 1, 0, upper);
  }
}

function priceOf<T>(entry: Entry<T>): Decimal | undefined {
  return entry.price;
}

function endOf<T>(chunk: Entry<T>[]): Decimal | undefined {
  return chunk.at(-1)?.price;
}

/** The index of the first item whose key is not below `price`. */
function lowerBound<I>(
  items: readonly I[],
  price: Decimal,
  keyOf: (item: I) => Decimal | undefined,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && keyOf(item)?.lt(price)) low = middle + 1;
    else high = middle;
  }
  return low;
}
