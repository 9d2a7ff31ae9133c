/**
 * The book of the simulated exchange: what an insert costs beside a sorted array, and how the cost
 * grows with the orders that rest already.
 *
 * @module
 */

import { type Decimal, decimal } from "../lib/decimal.ts";
import { Book } from "../lib/paper/book.ts";
import type { Figure, Row, Tell } from "./_figure.ts";
import { interleave, median } from "./_measure.ts";

const RESTING = 100_000;
const FEW = 1_000;
const INSERTS = 1_000;
const ROUNDS = { name: "paper_book", warmUp: 3, rounds: 15 };

interface Order {
  readonly price: Decimal;
  readonly remaining: Decimal;
  readonly terms: { readonly side: "Bid" };
}

/** Orders at prices in no sequence, the same in every run. */
function orders(count: number, seed: number): Order[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const price = decimal(`${1 + (state >>> 8)}.25`);
    return { price, remaining: decimal("1"), terms: { side: "Bid" } };
  });
}

/** What a book would be without any structure: binary search, and everything behind moves up. */
class SortedArray {
  readonly #orders: Order[] = [];

  add(order: Order): void {
    let [low, high] = [0, this.#orders.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#orders[middle]?.price.lte(order.price)) low = middle + 1;
      else high = middle;
    }
    this.#orders.splice(low, 0, order);
  }
}

/** Microseconds an insert, into what `count` orders rest in already. */
function inserts(book: { add(order: Order): unknown }, count: number): () => number {
  for (const order of orders(count, 1)) book.add(order);
  let seed = 2;
  return () => {
    const added = orders(INSERTS, seed++);
    const startMs = performance.now();
    for (const order of added) book.add(order);
    return (performance.now() - startMs) * 1000 / INSERTS;
  };
}

async function run(tell: Tell): Promise<readonly Row[]> {
  const ours = inserts(new Book<Order>(), RESTING);
  const array = await interleave({ floor: inserts(new SortedArray(), RESTING), ours }, {
    ...ROUNDS,
    tell,
  });
  const few = await interleave({ floor: inserts(new Book<Order>(), FEW), ours }, {
    ...ROUNDS,
    tell,
  });
  const unit = "inserts/s";
  return [{
    what: "paper book, 100,000 orders resting: inserts",
    against: "a sorted array",
    unit,
    floor: 1e6 / median(array.floor),
    ours: 1e6 / median(array.ours),
    reach: { compare: "ratio", limit: "least", bound: 20, room: 4 },
  }, {
    what: "the same, µs an insert",
    against: "1,000 orders resting",
    unit: "µs",
    floor: median(few.floor),
    ours: median(few.ours),
    // log(100,000) / log(1,000)
    reach: { compare: "ratio", limit: "most", bound: 1.67, room: 0.5 },
  }];
}

/** Inserts into a book of 100,000 orders. */
export const paperBook: Figure = { name: "paper_book", run };
