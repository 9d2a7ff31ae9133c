/**
 * Conditional orders: which price they watch, whether they are due, and how much they become.
 * Which way a trigger price must be crossed follows from the side that the price is on when the
 * order comes in (the digest does not say). Fires nothing itself.
 *
 * @module
 */

import { type Decimal, decimal, isAmount, ZERO } from "../decimal.ts";
import type { Market } from "./market.ts";
import { closable } from "./matching.ts";
import type { PaperOrder, Terms } from "./order.ts";
import { badRequest } from "./refusal.ts";

const PERCENT_REGEXP = /^(100|[1-9]\d?)%$/;

/** Refuses a trigger quantity that is neither an amount nor a percentage. */
export function checkTriggerQuantity({ triggerQuantity }: Terms): void {
  if (triggerQuantity === null) return;
  if (isAmount(triggerQuantity) || PERCENT_REGEXP.test(triggerQuantity)) return;
  throw badRequest("Invalid `triggerQuantity`");
}

/** The conditional orders of a market, each with the way that it waits for. */
export class Triggers {
  readonly #reached = new Set<PaperOrder>();

  /** Lets the order wait. */
  add(order: PaperOrder, market: Market): void {
    market.waiting.add(order);
    order.rising = triggerPriceOf(order).gte(watchedPrice(order.terms, market));
  }

  /** Lets it wait no longer. */
  remove(order: PaperOrder, market: Market): void {
    market.waiting.delete(order);
    this.#reached.delete(order);
  }

  /** Remembers the orders whose price is reached now, should it move back before they are fired. */
  note(market: Market): void {
    for (const order of this.due(market)) this.#reached.add(order);
  }

  /** The orders whose price has been reached, oldest first. */
  due(market: Market): PaperOrder[] {
    return [...market.waiting].filter((order) => {
      if (this.#reached.has(order)) return true;
      const price = watchedPrice(order.terms, market);
      const trigger = triggerPriceOf(order);
      return order.rising ? price.gte(trigger) : price.lte(trigger);
    });
  }
}

/** What a conditional order trades once it fires: its amount, or that share of what is held. */
export function triggeredQuantity(order: PaperOrder, market: Market): Decimal {
  const { terms, account, covered } = order;
  if (covered !== null) return coveredQuantity(order, covered, market);
  const text = terms.triggerQuantity ?? "0";
  if (!text.endsWith("%")) return decimal(text);
  const held = market.isPerp
    ? closable(account, market.symbol, terms.side)
    : terms.side === "Ask"
    ? account.balance(market.base).available
    : ZERO;
  const share = held.times(text.slice(0, -1)).times("0.01");
  return share.minus(share.modulo(market.stepSize));
}

/** On spot the fee was taken out of what was bought: no more than is there can be sold. */
function coveredQuantity(
  { terms, account }: PaperOrder,
  covered: Decimal,
  market: Market,
): Decimal {
  const { available } = account.balance(market.base);
  const isShort = !market.isPerp && terms.side === "Ask" && available.lt(covered);
  const quantity = isShort ? available : covered;
  return quantity.minus(quantity.modulo(market.stepSize));
}

function triggerPriceOf(order: PaperOrder): Decimal {
  return order.terms.triggerPrice ?? ZERO;
}

function watchedPrice({ triggerBy }: Terms, market: Market): Decimal {
  if (triggerBy === "MarkPrice") return market.markPrice;
  return triggerBy === "IndexPrice" ? market.indexPrice : market.lastPrice;
}
