/**
 * What an order is worth and what it would fill, by the prices of now. Pure.
 *
 * Its value is taken at the worse of its own price and the market's, so that neither a limit far
 * above the market nor one far below it looks small.
 *
 * @module
 */

import { type Decimal, decimal, divide, largest, ZERO } from "../decimal.ts";
import { isTrigger, type OrderRequest } from "./order_request.ts";
import { type Level, opposite, type Prices } from "./prices.ts";

/** What would fill at once. */
export interface Fillable {
  /** In the base asset. */
  quantity: Decimal;
  /** In the quote asset. */
  cost: Decimal;
  /** Of the last level that is reached. */
  worstPrice: Decimal;
}

/** An order's value, all in the quote asset. */
export interface Estimate extends Entry {
  /** Of the dearer of its take-profit and stop-loss; zero without them. */
  exits: Decimal;
}

interface Entry {
  notional: Decimal;
  /** Of one unit of the base asset; what an unfilled rest is counted at. */
  unit: Decimal;
  /** In the base asset. */
  quantity: Decimal;
  /** What would fill at once, if anything. */
  fill?: Fillable;
  /** A Market order finds less than it asks for. */
  isShort: boolean;
}

const EXIT_PRICES = [
  "takeProfitTriggerPrice",
  "takeProfitLimitPrice",
  "stopLossTriggerPrice",
  "stopLossLimitPrice",
] as const;

/** The estimate, or why there is none. */
export type Estimated = Estimate | { missing: string };

/** Estimates an order whose members have been checked before. */
export function estimate(request: OrderRequest, prices: Prices): Estimated {
  const reference = marketValue(request, prices);
  if (reference === undefined) return { missing: "the market tells no price" };
  if (isTrigger(request)) return withExits(estimateTrigger(request, reference), request);
  const estimated = request.orderType === "Limit"
    ? estimateLimit(request, prices, reference)
    : estimateMarket(request, prices, reference);
  return "missing" in estimated ? estimated : withExits(estimated, request);
}

/**
 * What waits for a trigger. The market has its say: which way a price must cross a trigger is not
 * documented, and one that is crossed already would fire at once.
 */
function estimateTrigger(request: OrderRequest, reference: Decimal): Entry {
  const quantity = decimal(request.triggerQuantity ?? "0");
  const own = [request.triggerPrice, request.price].filter((price) => price !== undefined);
  const unit = largest([reference, ...own.map(decimal)]) ?? reference;
  return { notional: unit.times(quantity), unit, quantity, isShort: false };
}

/** Of take-profit and stop-loss only one can fill, so that the dearer counts. */
function withExits(entry: Entry, request: OrderRequest): Estimate {
  const prices = EXIT_PRICES.map((name) => request[name]).filter((price) => price !== undefined);
  const exits = (largest(prices.map(decimal)) ?? ZERO).times(entry.quantity);
  return { ...entry, exits };
}

function estimateLimit(
  request: OrderRequest,
  prices: Prices,
  reference: Decimal,
): Entry {
  const price = decimal(request.price ?? "0");
  const quantity = decimal(request.quantity ?? "0");
  const unit = largest([price, reference]) ?? price;
  const isBid = request.side === "Bid";
  const crossing = opposite(prices, request.side)
    .filter((level) => isBid ? level.price.lte(price) : level.price.gte(price));
  const { fill } = take(crossing, { quantity });
  const fills = fill === undefined || request.postOnly ? {} : { fill };
  return { notional: unit.times(quantity), unit, quantity, ...fills, isShort: false };
}

function estimateMarket(
  request: OrderRequest,
  prices: Prices,
  reference: Decimal,
): Entry | { missing: string } {
  const { quantity, quoteQuantity } = request;
  const wanted = quantity === undefined
    ? { cost: decimal(quoteQuantity ?? "0") }
    : { quantity: decimal(quantity) };
  const { fill, isShort } = take(opposite(prices, request.side), wanted);
  if (fill === undefined) return { missing: "the book is empty on the other side" };
  const unit = largest([reference, fill.worstPrice]) ?? reference;
  const traded = wanted.quantity ?? fill.quantity;
  const cost = wanted.cost ?? fill.cost;
  // Who buys for a sum spends that and no more; what is sold for one may be worth more than it.
  const isSum = wanted.cost !== undefined && request.side === "Bid";
  const notional = isSum ? cost : largest([cost, reference.times(traded)]) ?? cost;
  return { notional, unit, quantity: traded, fill, isShort };
}

/** What the market says that a unit is worth: the highest price that this order can meet. */
function marketValue(request: OrderRequest, prices: Prices): Decimal | undefined {
  const known = [prices.last, prices.mark].filter((price) => price !== undefined);
  const best = opposite(prices, request.side)[0]?.price;
  // A buyer's limit keeps it from an ask above; a seller gets what the best bid pays.
  const counts = request.side === "Ask" || known.length === 0;
  return largest(counts && best !== undefined ? [...known, best] : known);
}

type Wanted = { quantity: Decimal; cost?: undefined } | { cost: Decimal; quantity?: undefined };

/** Takes levels until `quantity` or `cost` is reached. */
function take(levels: readonly Level[], wanted: Wanted): { fill?: Fillable; isShort: boolean } {
  let taken = { quantity: ZERO, cost: ZERO, worstPrice: ZERO };
  for (const level of levels) {
    const part = partOf(level, taken, wanted);
    taken = {
      quantity: taken.quantity.plus(part.quantity),
      cost: taken.cost.plus(part.cost),
      worstPrice: level.price,
    };
    if (part.isLast) return { fill: taken, isShort: false };
  }
  return taken.quantity.isZero() ? { isShort: true } : { fill: taken, isShort: true };
}

/** What is taken of one level; the last one gives exactly what is left to take. */
function partOf(
  { price, quantity }: Level,
  taken: Pick<Fillable, "quantity" | "cost">,
  wanted: Wanted,
): { quantity: Decimal; cost: Decimal; isLast: boolean } {
  const whole = price.times(quantity);
  if (wanted.quantity !== undefined) {
    const left = wanted.quantity.minus(taken.quantity);
    if (left.gt(quantity)) return { quantity, cost: whole, isLast: false };
    return { quantity: left, cost: left.times(price), isLast: true };
  }
  const left = wanted.cost.minus(taken.cost);
  if (left.gt(whole)) return { quantity, cost: whole, isLast: false };
  return { quantity: divide(left, price) ?? ZERO, cost: left, isLast: true };
}
