/**
 * The order book, best price first on both sides, with what a trader reads off it.
 *
 * Follows the API digest, section 4.3: bids arrive ascending, time in microseconds, the number of
 * levels from a fixed set, and a closed market has no book at all.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, divide, ZERO } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { word } from "../quote.ts";
import type { Depth, Market } from "../schemas/mod.ts";
import { knownMarket, type MarketSource } from "./source.ts";
import { isoTime } from "./time.ts";

/** One price of a side; decimals as text. */
export type BookLevel = {
  price: string;
  quantity: string;
  /** What is offered at this price and at better ones. */
  cumulative: string;
};

/** A book at one moment; decimals as text, absent members where a side is empty. */
export type Book = {
  symbol: string;
  bids: BookLevel[];
  asks: BookLevel[];
  spread?: string;
  mid?: string;
  spreadBps?: string;
  timeMs: number;
  time: string;
  note?: string;
};

/** The most levels of a side that can be asked for. */
export const MAX_LEVELS = 100;
const EXCHANGE_LEVELS = [5, 10, 20, 50, 100];
const HALF = decimal("0.5");
const BASIS_POINTS = decimal("10000");

/**
 * The best `levels` prices of each side, at most {@linkcode MAX_LEVELS}.
 *
 * @throws {DeskError} `not_found` when the market has no book
 */
export async function getDepth(
  source: MarketSource,
  symbol: string,
  levels: number,
  call: Call,
): Promise<Book> {
  const market = await knownMarket(source, symbol, call);
  const limit = EXCHANGE_LEVELS.find((known) => known >= levels) ?? MAX_LEVELS;
  const depth = await source.exchange.depth(symbol, limit, call).catch((error) => {
    throw error instanceof DeskError && error.code === "not_found" ? noBook(error, market) : error;
  });
  return bookOf(symbol, depth, levels);
}

/** The first `levels` of each side of `book`. */
export function cutBook(book: Book, levels: number): Book {
  return { ...book, bids: book.bids.slice(0, levels), asks: book.asks.slice(0, levels) };
}

function noBook(error: DeskError, market: Market | undefined): DeskError {
  const state = market === undefined ? "" : `: the market is ${word(market.orderBookState)}`;
  return error.with({
    message: `There is no order book${state}`,
    hint: "list_markets lists the markets that are open",
  });
}

function bookOf(symbol: string, depth: Depth, levels: number): Book {
  const timeMs = Math.floor(depth.timestamp / 1000);
  // Sorted here, so that nothing hangs on the sequence in which the exchange writes them.
  const bids = sideOf(depth.bids, (a, b) => b.comparedTo(a) ?? 0).slice(0, levels);
  const asks = sideOf(depth.asks, (a, b) => a.comparedTo(b) ?? 0).slice(0, levels);
  const time = { timeMs, time: isoTime(timeMs) };
  return { symbol, bids, asks, ...touchOf(bids[0], asks[0]), ...time };
}

function sideOf(
  rows: Depth["bids"],
  byPrice: (a: Decimal, b: Decimal) => number,
): BookLevel[] {
  const sorted = rows.toSorted(([a], [b]) => byPrice(decimal(a), decimal(b)));
  let sum = ZERO;
  return sorted.map(([price, quantity]) => {
    sum = sum.plus(decimal(quantity));
    return { price, quantity, cumulative: sum.toFixed() };
  });
}

function touchOf(
  bid: BookLevel | undefined,
  ask: BookLevel | undefined,
): Partial<Pick<Book, "spread" | "mid" | "spreadBps" | "note">> {
  if (bid === undefined && ask === undefined) return { note: "The book is empty" };
  if (bid === undefined) return { note: "Nobody bids: a market sell would find nothing" };
  if (ask === undefined) return { note: "Nobody offers: a market buy would find nothing" };
  const [best, worst] = [decimal(bid.price), decimal(ask.price)];
  const spread = worst.minus(best);
  const mid = worst.plus(best).times(HALF);
  const bps = divide(spread.times(BASIS_POINTS), mid, 4);
  return {
    spread: spread.toFixed(),
    mid: mid.toFixed(),
    ...(bps === undefined ? {} : { spreadBps: bps.toFixed() }),
    ...(spread.gt(ZERO) ? {} : { note: "The best bid is not below the best ask: no trading now" }),
  };
}
