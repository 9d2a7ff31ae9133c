/**
 * The owner's price collar: how much worse than the market an order may be priced.
 *
 * @module
 */

import { type Decimal, decimal, divide, neighbours, roundUp, ZERO } from "../decimal.ts";
import type { Limits } from "../limit_settings.ts";
import { isTrigger, type OrderRequest } from "./order_request.ts";
import { type Prices, strictest } from "./prices.ts";
import type { Check, Proposal } from "./proposal.ts";

/** What a price is compared with, and what it is called. */
interface Reference {
  price: Decimal;
  name: string;
}

/** BACKPACK_PRICE_COLLAR_PERCENT; `undefined` where it is lifted or nothing can be compared. */
export function checkCollar(
  { priceCollarPercent: limit }: Limits,
  { request, prices, estimated, market }: Proposal,
): Check | undefined {
  if (limit === "none") return undefined;
  const variable = "BACKPACK_PRICE_COLLAR_PERCENT";
  const refused = (message: string): Check => ({ variable, ok: false, message, limit });
  if ("missing" in estimated) return refused(`the price can't be compared: ${estimated.missing}`);
  if (estimated.isShort) return refused("the book does not hold enough for this order");
  if (market.marketType !== "SPOT" && prices.mark === undefined && !isTrigger(request)) {
    return refused("the price can't be compared: the exchange tells no mark price");
  }
  const reference = referenceOf(request, prices);
  if (reference === "none") return undefined;
  if (reference === undefined) return refused("the price can't be compared: the market tells none");
  const price = request.orderType === "Limit"
    ? decimal(request.price ?? "0")
    : estimated.fill?.worstPrice ?? ZERO;
  return { variable, limit, ...compare(price, reference, { request, market, limit }) };
}

/** How a price stands to the collar around `reference`, which is `limit` percent wide. */
function compare(
  price: Decimal,
  reference: Reference,
  { request, market, limit }: Pick<Proposal, "request" | "market"> & { limit: string },
): Pick<Check, "ok" | "message" | "value"> {
  const bound = boundOf(reference.price, request.side, limit);
  const isBid = request.side === "Bid";
  const ok = isBid ? price.lte(bound) : price.gte(bound);
  const what = request.orderType === "Limit"
    ? `price ${price.toFixed()}`
    : `it would fill ${isBid ? "up" : "down"} to ${price.toFixed()}, which`;
  const worse = worsePercent(price, reference.price, isBid);
  const distance = worse.lte(0) ? "not worse than" : `${roundUp(worse)} % worse than`;
  const pass = isBid ? "at most" : "at least";
  const message = `${what} is ${distance} the ${reference.name}, ${reference.price.toFixed()}; ` +
    `${pass} ${tickWithin(bound, isBid, market)} passes the collar of ${limit} %`;
  return { ok, message, value: `${roundUp(worse)} %` };
}

/** What a price is compared with: the market's, or the trigger that a Limit order waits for. */
function referenceOf(
  request: OrderRequest,
  prices: Prices,
): Reference | "none" | undefined {
  if (request.triggerPrice === undefined) return strictest(prices, request.side);
  if (request.orderType === "Market") return "none";
  return { price: decimal(request.triggerPrice), name: "trigger" };
}

function boundOf(reference: Decimal, side: string, percent: string): Decimal {
  const share = decimal(percent).times("0.01");
  const factor = side === "Bid" ? share.plus(1) : ZERO.plus(1).minus(share);
  return reference.times(factor);
}

/** The last price that passes and can be sent: a bound between two ticks would be refused. */
function tickWithin(bound: Decimal, isBid: boolean, { filters }: Proposal["market"]): string {
  const [below, above] = neighbours(bound, decimal(filters.price.tickSize));
  return decimal(isBid ? below : above).toFixed();
}

function worsePercent(price: Decimal, reference: Decimal, isBid: boolean): Decimal {
  const difference = isBid ? price.minus(reference) : reference.minus(price);
  return divide(difference.times(100), reference) ?? ZERO;
}
