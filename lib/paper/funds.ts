/**
 * Whether an account can pay for an order, once it is known what the order meets and what of it
 * would rest: with what is available on spot, with margin on perpetuals. Refuses, changes nothing.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import { type Listed, marginOf } from "./margin.ts";
import type { Market } from "./market.ts";
import type { Plan } from "./matching.ts";
import type { PaperOrder } from "./order.ts";
import { refusal } from "./refusal.ts";

/** What will become of an order. */
export interface Course {
  readonly plan: Plan;
  /** The base quantity that stays on the book. */
  readonly resting: Decimal;
}

/**
 * Refuses an order that its account can't pay for; the house always can.
 *
 * @throws {Refusal} `INSUFFICIENT_FUNDS` or `INSUFFICIENT_MARGIN`
 */
export function checkFunds(
  order: PaperOrder,
  course: Course,
  listed: Listed,
): void {
  const market = listed.markets.get(order.terms.symbol);
  if (order.account.isHouse || market === undefined) return;
  if (!market.isPerp) checkBalance(order, course, market);
  else if (!order.terms.reduceOnly) checkMargin(order, course, { market, listed });
}

function checkBalance(order: PaperOrder, { plan, resting }: Course, market: Market): void {
  const isBid = order.terms.side === "Bid";
  const { available } = order.account.balance(isBid ? market.quote : market.base);
  const locked = resting.isZero() ? ZERO : resting.times(order.price);
  const needed = isBid ? plan.quote.plus(locked) : plan.quantity.plus(resting);
  if (needed.gt(available)) throw refusal("INSUFFICIENT_FUNDS", "Insufficient funds");
}

function checkMargin(
  { account, terms }: PaperOrder,
  { plan, resting }: Course,
  where: { market: Market; listed: Listed },
): void {
  const { market, listed } = where;
  const intent = { market, side: terms.side, quantity: plan.quantity.plus(resting) };
  const before = marginOf(account, listed);
  const after = marginOf(account, listed, intent);
  // An order that closes a position is welcome even when the account is short of margin.
  if (after.required.gt(after.equity) && after.required.gt(before.required)) {
    throw refusal("INSUFFICIENT_MARGIN", "Insufficient margin");
  }
}
