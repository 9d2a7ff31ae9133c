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
  readonly price: Decimal;
  /** What has not been filled, in the base asset. */
  readonly remaining: Decimal;
  readonly terms: { readonly side: "Bid" | "Ask" };
}

/** The orders at one price, in a chain from the oldest to the newest. */
interface Level<T> {
  readonly price: Decimal;
  first: Link<T> | undefined;
  last: Link<T> | undefined;
}

/** An order's place in its level: what `remove` needs to find it at once. */
export interface Link<T> {
  readonly order: T;
  /** The price at which it rests. */
  readonly level: Level<T>;
  /** Came before it, at that price. */
  previous: Link<T> | undefined;
  /** Came after it, at that price. */
  next: Link<T> | undefined;
}

/** One market's book. */
export class Book<T extends Resting> {
  readonly #sides = { Bid: new Levels<Level<T>>(), Ask: new Levels<Level<T>>() };
  #size = 0;

  /** Puts the order behind the others at its price; the link takes it out again. */
  add(order: T): Link<T> {
    const level = this.#sides[order.terms.side].getOrInsert(order.price, createLevel<T>);
    const link: Link<T> = { order, level, previous: level.last, next: undefined };
    if (level.last === undefined) level.first = link;
    else level.last.next = link;
    level.last = link;
    this.#size++;
    return link;
  }

  /** Takes an order out, once: without a search, unless it was the last one at its price. */
  remove({ order, level, previous, next }: Link<T>): void {
    if (previous === undefined) level.first = next;
    else previous.next = next;
    if (next === undefined) level.last = previous;
    else next.previous = previous;
    if (level.first === undefined) this.#sides[order.terms.side].delete(level.price);
    this.#size--;
  }

  /** How many orders rest here. */
  get size(): number {
    return this.#size;
  }

  /** The orders of a side in the sequence in which they would be matched. */
  *queue(side: "Bid" | "Ask"): Generator<T> {
    for (const level of this.#best(side)) yield* ordersOf(level);
  }

  /** The first order of a side. */
  best(side: "Bid" | "Ask"): T | undefined {
    for (const order of this.queue(side)) return order;
    return undefined;
  }

  /** Price and total of a side's best levels, best first. */
  depth(side: "Bid" | "Ask", limit: number): [price: Decimal, quantity: Decimal][] {
    return this.#best(side).take(limit).map((level): [Decimal, Decimal] => [
      level.price,
      ordersOf(level).reduce((sum, order) => sum.plus(order.remaining), ZERO),
    ]).toArray();
  }

  #best(side: "Bid" | "Ask"): Generator<Level<T>> {
    return side === "Bid" ? this.#sides.Bid.descending() : this.#sides.Ask.ascending();
  }
}

function createLevel<T>(price: Decimal): Level<T> {
  return { price, first: undefined, last: undefined };
}

function* ordersOf<T>(level: Level<T>): Generator<T> {
  for (let link = level.first; link !== undefined; link = link.next) yield link.order;
}
