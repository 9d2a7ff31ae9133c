/**
 * The exchange's rules for a new order, in the exchange's words (API digest, sections 6.1 to 6.4).
 * Each either passes or throws a refusal; none changes anything. Whether the account can pay is
 * asked elsewhere, once it is known what the order meets.
 *
 * @module
 */

import { type Decimal, decimal, isMultiple, ZERO } from "../decimal.ts";
import { DAY_MS } from "../intervals.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import type { Terms } from "./order.ts";
import { badRequest, type Refusal, refusal } from "./refusal.ts";

// The digest leaves open for how long a client id stays taken: here for a day after its use.
const CLIENT_ID_MEMORY_MS = DAY_MS;

/** Checks everything about the terms that does not depend on the book. */
export function checkTerms(terms: Terms, market: Market): void {
  checkState(terms, market);
  checkMembers(terms, market);
  if (terms.price !== null) checkTick(terms.price, market);
  // A conditional order's limit is meant for the price at its trigger, and is checked then.
  if (terms.triggerPrice === null) checkBand(terms, market);
  if (terms.quantity !== null) checkQuantity(terms.quantity, market);
  if (terms.triggerPrice !== null) checkTick(terms.triggerPrice, market);
  checkExits(terms, market);
}

/** Refuses a limit price too far from the market. */
export function checkBand({ price }: Terms, market: Market): void {
  const [min, max] = market.band;
  if (price !== null && (price.lt(min) || price.gt(max))) {
    throw refusal("INVALID_PRICE", "Price is too far from the last active price");
  }
}

/** Refuses a client id that is taken. */
export function checkClientId(account: Account, clientId: number | null, nowMs: number): void {
  if (clientId === null) return;
  const usedAt = account.clientIds.get(clientId);
  const isOpen = account.openByClientId(clientId) !== undefined;
  if (isOpen || (usedAt !== undefined && nowMs - usedAt < CLIENT_ID_MEMORY_MS)) {
    throw refusal("INVALID_ORDER", `Order with client ID already exists: ${clientId}`);
  }
}

/** Refuses a quantity off the step or below the minimum. */
export function checkQuantity(quantity: Decimal, market: Market): void {
  const tooLong = badRequest("Quantity decimal too long");
  if ((quantity.decimalPlaces() ?? 0) > (market.stepSize.decimalPlaces() ?? 0)) throw tooLong;
  if (quantity.lt(market.minQuantity)) {
    throw badRequest("Quantity is below the minimum allowed value");
  }
  if (!isMultiple(quantity, market.stepSize)) throw tooLong;
}

function checkState(terms: Terms, market: Market): void {
  const { state } = market;
  if (state === "Open") return;
  const isLimit = terms.orderType === "Limit";
  const accepted = state === "LimitOnly" ? isLimit : state === "PostOnly" && terms.postOnly;
  if (!accepted) throw refusal("TRADING_PAUSED", `Market does not accept this order: ${state}`);
}

function checkMembers(terms: Terms, market: Market): void {
  const isTrigger = terms.triggerPrice !== null;
  if (isTrigger !== (terms.triggerQuantity !== null)) {
    throw badRequest("Must specify both `triggerPrice` and `triggerQuantity` or neither");
  }
  if (isTrigger && (terms.quantity !== null || terms.quoteQuantity !== null)) throw invalidOrder();
  if (terms.reduceOnly && !market.isPerp) throw invalidOrder();
  if (terms.orderType === "Limit") checkLimit(terms, isTrigger);
  else checkMarketOrder(terms, isTrigger);
}

function checkLimit(terms: Terms, isTrigger: boolean): void {
  if (terms.price === null) throw badRequest("Limit orders must specify a `price`");
  if (terms.quantity === null && !isTrigger) {
    throw badRequest("Limit orders must specify a `quantity`");
  }
  if (terms.quoteQuantity !== null || terms.slippageTolerance !== null) throw invalidOrder();
  if (terms.postOnly && terms.timeInForce !== "GTC") throw invalidOrder();
}

function checkMarketOrder(terms: Terms, isTrigger: boolean): void {
  const { quantity, quoteQuantity } = terms;
  if (terms.price !== null || terms.postOnly) throw invalidOrder();
  if ((terms.slippageTolerance === null) !== (terms.slippageToleranceType === null)) {
    throw invalidOrder();
  }
  if (isTrigger) return;
  if (quantity === null && quoteQuantity === null) {
    throw badRequest("Market orders must specify a `quantity` or `quoteQuantity`");
  }
  if (quantity !== null && quoteQuantity !== null) throw invalidOrder();
  if (quoteQuantity !== null && quoteQuantity.lte(ZERO)) {
    throw badRequest("Quantity is below the minimum allowed value");
  }
}

function checkExits({ exits }: Terms, market: Market): void {
  for (const kind of ["takeProfit", "stopLoss"] as const) {
    const trigger = exits[`${kind}TriggerPrice`];
    const limit = exits[`${kind}LimitPrice`];
    if (trigger === null && (limit !== null || exits[`${kind}TriggerBy`] !== null)) {
      throw invalidOrder();
    }
    for (const price of [trigger, limit]) if (price !== null) checkTick(decimal(price), market);
  }
}

function checkTick(price: Decimal, market: Market): void {
  if (price.lte(ZERO)) throw invalidOrder();
  if (!isMultiple(price, market.tickSize)) throw badRequest("Price decimal too long");
}

function invalidOrder(): Refusal {
  return refusal("INVALID_ORDER", "Invalid order");
}
