/**
 * The orders resting in one market, by price and then by time. Owns their sequence and nothing
 * else: it moves no money, matches nothing and reads no terms but side, price and what remains.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import { Levels } from "./levels.ts";

/** What the book needs to know of an order. */
export interface Resting {
  readonly id: string;
  readonly price: Decimal;
  readonly remaining: Decimal;
  readonly terms: { readonly side: "Bid" | "Ask" };
}

/** The orders at one price, oldest first: a `Map` keeps insertion order and deletes by key. */
interface Level<T> {
  readonly price: Decimal;
  readonly orders: Map<string, T>;
}

/** One market's book. */
export class Book<T extends Resting> {
  readonly #sides = { Bid: new Levels<Level<T>>(), Ask: new Levels<Level<T>>() };
  readonly #where = new Map<string, Level<T>>();

  /** Puts the order behind the others at its price. */
  add(order: T): void {
    const { price } = order;
    const levels = this.#sides[order.terms.side];
    const level = levels.getOrInsert(price, () => ({ price, orders: new Map<string, T>() }));
    level.orders.set(order.id, order);
    this.#where.set(order.id, level);
  }

  /** Takes the order out; its price level is found without a search. */
  remove(order: T): void {
    const level = this.#where.get(order.id);
    if (level === undefined) return;
    this.#where.delete(order.id);
    level.orders.delete(order.id);
    if (level.orders.size === 0) this.#sides[order.terms.side].delete(level.price);
  }

  /** How many orders rest here. */
  get size(): number {
    return this.#where.size;
  }

  /** The orders of a side in the sequence in which they would be matched. */
  *queue(side: "Bid" | "Ask"): Generator<T> {
    for (const level of this.#best(side)) yield* level.orders.values();
  }

  /** The first order of a side. */
  best(side: "Bid" | "Ask"): T | undefined {
    for (const order of this.queue(side)) return order;
    return undefined;
  }

  /** Price and total of a side's best levels, best first. */
  depth(side: "Bid" | "Ask", limit: number): [price: Decimal, quantity: Decimal][] {
    return this.#best(side).take(limit).map(({ price, orders }): [Decimal, Decimal] => [
      price,
      orders.values().reduce((sum, order) => sum.plus(order.remaining), ZERO),
    ]).toArray();
  }

  #best(side: "Bid" | "Ask"): Generator<Level<T>> {
    return side === "Bid" ? this.#sides.Bid.descending() : this.#sides.Ask.ascending();
  }
}
