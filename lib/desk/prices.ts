/**
 * What a market offers now: its book, last and mark price. An order is held against these, and is
 * refused when they can't be had.
 *
 * Follows the API digest, 4.3: bids come ascending, a ticker may be 204, spot has no mark price.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, largest, smallest } from "../decimal.ts";
import type { Exchange } from "../exchange.ts";
import type { Market } from "../schemas/mod.ts";
import type { OrderRequest } from "./order_request.ts";

/** One level of a book. */
export interface Level {
  /** In the quote asset. */
  price: Decimal;
  /** In the base asset. */
  quantity: Decimal;
}

/** A market's prices; a missing one could not be had. */
export interface Prices {
  /** Best first. */
  bids: readonly Level[];
  /** Best first. */
  asks: readonly Level[];
  /** The last trade's. */
  last?: Decimal;
  /** Perpetuals only. */
  mark?: Decimal;
}

/** A price and where it comes from. */
export interface Reference {
  price: Decimal;
  name: "best ask" | "best bid" | "last" | "mark";
}

const LEVELS_FOR_MARKET_ORDER = 1000;
const LEVELS_FOR_TOUCH = 5;

/** Reads a market's prices; as many levels as `request` may take. */
export async function readPrices(
  exchange: Exchange,
  market: Market,
  request: Pick<OrderRequest, "orderType">,
  call: Call,
): Promise<Prices> {
  const { symbol, marketType } = market;
  const limit = request.orderType === "Market" ? LEVELS_FOR_MARKET_ORDER : LEVELS_FOR_TOUCH;
  const [depth, ticker, marks] = await Promise.all([
    exchange.depth(symbol, limit, call),
    exchange.ticker(symbol, call),
    marketType === "SPOT" ? [] : exchange.markPrices({ symbol }, call),
  ]);
  const mark = marks.find((mark) => mark.symbol === symbol)?.markPrice;
  return {
    bids: sorted(depth.bids).reverse(),
    asks: sorted(depth.asks),
    ...(isPositive(ticker?.lastPrice) ? { last: decimal(ticker.lastPrice) } : {}),
    ...(isPositive(mark) ? { mark: decimal(mark) } : {}),
  };
}

/** The levels that an order of that side would take, best first. */
export function opposite(prices: Prices, side: "Bid" | "Ask"): readonly Level[] {
  return side === "Bid" ? prices.asks : prices.bids;
}

/** The prices that an order of that side is compared with. */
export function references(prices: Prices, side: "Bid" | "Ask"): Reference[] {
  const best = opposite(prices, side)[0]?.price;
  const named: [Reference["name"], Decimal | undefined][] = [
    [side === "Bid" ? "best ask" : "best bid", best],
    ["last", prices.last],
    ["mark", prices.mark],
  ];
  return named.flatMap(([name, price]) => price === undefined ? [] : [{ name, price }]);
}

/** The strictest of them: the lowest for a buyer, the highest for a seller. */
export function strictest(prices: Prices, side: "Bid" | "Ask"): Reference | undefined {
  const all = references(prices, side);
  const price = (side === "Bid" ? smallest : largest)(all.map((reference) => reference.price));
  return all.find((reference) => reference.price === price);
}

function sorted(levels: readonly [string, string][]): Level[] {
  return levels
    .map(([price, quantity]) => ({ price: decimal(price), quantity: decimal(quantity) }))
    .sort((a, b) => a.price.comparedTo(b.price) ?? 0);
}

function isPositive(text: string | undefined): text is string {
  return text !== undefined && decimal(text).gt(0);
}
