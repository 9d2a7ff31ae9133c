/**
 * What an incoming order would meet on the book, worked out before anything is changed: which
 * resting orders, how much of each, and why it would stop. Price first, then time; never moves
 * money and never touches an order.
 *
 * @module
 */

import { atLeastZero, type Decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import type { PaperOrder, Side } from "./order.ts";

/** A part of a plan: that much of that resting order, at its price. */
export interface Match {
  /** The order that rested. */
  readonly maker: PaperOrder;
  /** What changes hands, in the base asset. */
  readonly quantity: Decimal;
}

/** What will happen to an incoming order. */
export interface Plan {
  /** In the sequence in which they happen. */
  readonly matches: Match[];
  /** The account's own resting orders that give way (self-trade prevention). */
  readonly evicted: PaperOrder[];
  /** The sum of the matches. */
  quantity: Decimal;
  /** The sum of the matches, in quote. */
  quote: Decimal;
  /** Whether nothing is left of the demand. */
  readonly isFilled: boolean;
  /** Why it went no further, if not for its limit, its size or an empty book. */
  stop: string | null;
}

type Draft = Omit<Plan, "isFilled">;

/** How much is wanted. */
export interface Demand {
  /** The order that comes in. */
  readonly order: PaperOrder;
  /** In base, or `null` when the quote quantity decides. */
  readonly quantity: Decimal | null;
}

/** How much an order wants; if it may only reduce a position, no more than there is to reduce. */
export function demandOf(order: PaperOrder): Demand {
  const { terms, account, quantity } = order;
  if (!terms.reduceOnly || quantity === null) return { order, quantity };
  const most = closable(account, terms.symbol, terms.side);
  return { order, quantity: least(quantity, most) };
}

/** Whether an order of that side and limit would meet that price. */
export function crosses(side: Side, limit: Decimal | null, price: Decimal): boolean {
  return limit === null || (side === "Bid" ? price.lte(limit) : price.gte(limit));
}

/** Whether a limit order would meet the best opposite price. */
export function wouldTake({ terms, price }: PaperOrder, market: Market): boolean {
  const best = market.book.best(terms.side === "Bid" ? "Ask" : "Bid");
  return best !== undefined && crosses(terms.side, price, best.price);
}

/** Works out the plan for a demand in that market. */
export function planMatches(demand: Demand, market: Market): Plan {
  const plan: Draft = { matches: [], evicted: [], quantity: ZERO, quote: ZERO, stop: null };
  const { terms, account } = demand.order;
  const limits = limitsOf(demand.order, market);
  const reducible = new Map<Account, Decimal>();
  for (const maker of market.book.queue(terms.side === "Bid" ? "Ask" : "Bid")) {
    const left = leftOf(demand, plan, maker.price, market);
    if (left.isZero() || !crosses(terms.side, terms.price, maker.price)) break;
    plan.stop = limits.find(({ price }) => !crosses(terms.side, price, maker.price))?.reason ??
      null;
    if (plan.stop === null && maker.account === account) {
      if (terms.selfTradePrevention !== "RejectTaker") plan.evicted.push(maker);
      if (terms.selfTradePrevention !== "RejectMaker") plan.stop = "SelfTradePrevention";
      else continue;
    }
    if (plan.stop !== null) break;
    take(plan, maker, least(left, maker.remaining, reducibleBy(maker, reducible)));
  }
  const lastPrice = plan.matches.at(-1)?.maker.price;
  const isFilled = lastPrice !== undefined && leftOf(demand, plan, lastPrice, market).isZero();
  return { ...plan, isFilled };
}

function take(plan: Draft, maker: PaperOrder, quantity: Decimal): void {
  if (quantity.isZero()) return;
  plan.matches.push({ maker, quantity });
  plan.quantity = plan.quantity.plus(quantity);
  plan.quote = plan.quote.plus(quantity.times(maker.price));
}

/** How much is still wanted at that price, in whole steps. */
function leftOf(demand: Demand, plan: Draft, price: Decimal, market: Market): Decimal {
  if (demand.quantity !== null) return demand.quantity.minus(plan.quantity);
  const quote = (demand.order.terms.quoteQuantity ?? ZERO).minus(plan.quote);
  return quote.idiv(price.times(market.stepSize)).times(market.stepSize);
}

/** How much of a resting reduce-only order would still reduce, given what the plan already took. */
function reducibleBy(maker: PaperOrder, seen: Map<Account, Decimal>): Decimal {
  if (!maker.terms.reduceOnly) return maker.remaining;
  const { account, terms } = maker;
  const left = seen.get(account) ?? closable(account, terms.symbol, terms.side);
  const quantity = least(left, maker.remaining);
  seen.set(account, left.minus(quantity));
  return quantity;
}

/** Orders that could only reduce a position and have none left; a trigger of its own may wait. */
export function withoutPosition(account: Account, { symbol }: Market): PaperOrder[] {
  return [...account.reducing].filter(({ terms, status, parentId }) =>
    terms.symbol === symbol && (status !== "TriggerPending" || parentId !== null) &&
    closable(account, symbol, terms.side).isZero()
  );
}

/** How much an order of that side could reduce the account's position by. */
export function closable(account: Account, symbol: string, side: Side): Decimal {
  const held = account.positions.get(symbol)?.quantity ?? ZERO;
  return atLeastZero(side === "Bid" ? held.negated() : held);
}

/** The prices that a Market order may not pass, and the expiry reason if it would. */
function limitsOf(order: PaperOrder, market: Market): { price: Decimal; reason: string }[] {
  const { terms } = order;
  if (terms.orderType === "Limit") return [];
  const isBid = terms.side === "Bid";
  const impact = market.markPrice.times(market.listing.impact[isBid ? 1 : 0]);
  const limits = [{ price: impact, reason: "PriceImpact" }];
  const best = market.book.best(isBid ? "Ask" : "Bid")?.price;
  if (terms.slippageTolerance === null || best === undefined) return limits;
  const unit = terms.slippageToleranceType === "TickSize" ? market.tickSize : best.times("0.01");
  const slip = terms.slippageTolerance.times(unit);
  const price = isBid ? best.plus(slip) : best.minus(slip);
  return [...limits, { price, reason: "SlippageToleranceExceeded" }];
}

function least(...amounts: [Decimal, ...Decimal[]]): Decimal {
  return amounts.reduce((least, amount) => amount.lt(least) ? amount : least);
}
