/**
 * Orders on the book: what is reserved for one while it rests, and that book, account and market
 * agree on who rests there.
 *
 * @module
 */

import type { Market } from "./market.ts";
import type { PaperOrder } from "./order.ts";
import { reserveOf } from "./settlement.ts";

/** Lets what remains of an order rest; what that may spend is locked. */
export function rest(order: PaperOrder, market: Market): void {
  const [asset, amount] = reserveOf(order, market);
  order.account.lock(asset, amount);
  show(order, market);
}

/** Puts an order on the book for which everything is locked already. */
export function show(order: PaperOrder, market: Market): void {
  order.account.addResting(order, order.remaining);
  order.account.enter(order);
  order.link = market.book.add(order);
  market.updates++;
}

/** Takes an order off the book of which nothing remains, and so nothing is locked. */
export function leave(order: PaperOrder, market: Market): void {
  if (order.link !== undefined) market.book.remove(order.link);
  order.link = undefined;
  order.account.leave(order);
  market.updates++;
}

/** Takes what remains of an order off the book; what was locked for it is free again. */
export function takeOff(order: PaperOrder, market: Market): void {
  const [asset, amount] = reserveOf(order, market);
  order.account.lock(asset, amount.negated());
  order.account.addResting(order, order.remaining.negated());
  leave(order, market);
}
