/**
 * A sorted map for price levels: short sorted chunks, and the price at which each begins. A search
 * is binary in both, and an insert moves at most one chunk, so the cost grows with the logarithm of
 * the size. Knows prices as keys and nothing about orders.
 *
 * @module
 */

import type { Decimal } from "../decimal.ts";

// Small enough to move in well under a microsecond, large enough to keep the outer list short.
const CHUNK_SIZE = 64;

// Doubles lie side by side and compare fast, so they lead the search; where two are equal, the
// exact prices decide.
interface Chunk<T> {
  /** Nothing in it is below this; the first chunk has none. */
  readonly from: Decimal | undefined;
  readonly hints: number[];
  readonly values: T[];
}

/** Values by their price, lowest first. */
export class Levels<T extends { readonly price: Decimal }> {
  readonly #chunks: Chunk<T>[] = [{ from: undefined, hints: [], values: [] }];
  /** The hint of each chunk's `from`. */
  readonly #starts: number[] = [-Infinity];

  /** The value at that price, made by `create` if there is none. */
  getOrInsert(price: Decimal, create: (price: Decimal) => T): T {
    const hint = price.toNumber();
    const index = this.#chunkOf(hint, price);
    const chunk = this.#chunks[index] as Chunk<T>;
    const at = lowerBound(chunk, hint, price);
    const found = chunk.values[at];
    if (found !== undefined && chunk.hints[at] === hint && found.price.eq(price)) return found;
    const value = create(price);
    insert(chunk.hints, at, hint);
    insert(chunk.values, at, value);
    if (chunk.values.length > CHUNK_SIZE) this.#split(chunk, index);
    return value;
  }

  /** Takes the value at that price out. */
  delete(price: Decimal): void {
    const hint = price.toNumber();
    const index = this.#chunkOf(hint, price);
    const chunk = this.#chunks[index] as Chunk<T>;
    const at = lowerBound(chunk, hint, price);
    if (!chunk.values[at]?.price.eq(price)) return;
    chunk.hints.splice(at, 1);
    chunk.values.splice(at, 1);
    // What was its own falls to the chunk before it, which the first one does not have.
    if (chunk.values.length > 0 || index === 0) return;
    this.#chunks.splice(index, 1);
    this.#starts.splice(index, 1);
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

  /** The last chunk that begins at or below the price. */
  #chunkOf(hint: number, price: Decimal): number {
    let low = 1;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.#starts[middle] ?? NaN;
      const isAbove = start > hint ||
        (start === hint && this.#chunks[middle]?.from?.gt(price) === true);
      if (isAbove) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  #split({ hints, values }: Chunk<T>, index: number): void {
    const half = CHUNK_SIZE / 2;
    const upper = { hints: hints.splice(half), values: values.splice(half) };
    this.#chunks.splice(index + 1, 0, { ...upper, from: upper.values[0]?.price });
    this.#starts.splice(index + 1, 0, upper.hints[0] ?? NaN);
  }
}

/** In a short array faster than `splice`, which makes another one. */
function insert<Item>(items: Item[], at: number, item: Item): void {
  items.push(item);
  for (let index = items.length - 1; index > at; index--) items[index] = items[index - 1] as Item;
  items[at] = item;
}

/** The index of the first price in the chunk that is not below this one. */
function lowerBound<T extends { readonly price: Decimal }>(
  { hints, values }: Chunk<T>,
  hint: number,
  price: Decimal,
): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = hints[middle] ?? NaN;
    const isBelow = other < hint || (other === hint && values[middle]?.price.lt(price) === true);
    if (isBelow) low = middle + 1;
    else high = middle;
  }
  return low;
}
