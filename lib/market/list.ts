/**
 * The markets that somebody looks for: filtered, sorted and bounded, with a word on what was left
 * out.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { nearest } from "../nearest.ts";
import { isName } from "../quote.ts";
import type { Market } from "../schemas/mod.ts";
import { ranked, type RankedRow, type Ranking } from "./ranking.ts";
import type { MarketSource } from "./source.ts";

/** The states of a market; `ALL` adds those that the exchange hides. */
export const MARKET_STATUSES = [
  "Open",
  "Closed",
  "CancelOnly",
  "LimitOnly",
  "PostOnly",
  "ALL",
] as const;

/** Which markets to list. */
export interface MarketQuery {
  marketType?: "SPOT" | "PERP" | undefined;
  /** The quote asset, such as `USDC`, in any case. */
  quote?: string | undefined;
  /** A part of the symbol, in any case. */
  search?: string | undefined;
  /** `Open` unless given. */
  status?: typeof MARKET_STATUSES[number] | undefined;
  /** By symbol unless given. */
  sort?: Ranking | undefined;
}

/** A market and what an order on it must keep to; decimals as text. */
export type MarketRow = {
  symbol: string;
  baseSymbol: string;
  quoteSymbol: string;
  marketType: string;
  orderBookState: string;
  tickSize: string;
  stepSize: string;
  minQuantity?: string;
  maxQuantity?: string;
};

/** The markets found; at most {@linkcode MAX_ROWS} of `total`, ranked 20. */
export type MarketList = {
  markets: (MarketRow | RankedRow)[];
  total: number;
  /** How many more match in another state, or are hidden. */
  otherStates: Record<string, number>;
  /** The symbols of which the exchange says what can't be read; at most {@linkcode MAX_ROWS}. */
  unreadable?: string[];
  note?: string;
};

/** What one answer holds at most. */
export const MAX_ROWS = 50;
/** What it holds at most where markets are ranked: nobody asks who is fiftieth. */
const MAX_RANKED = 20;

/** Lists markets by symbol, or by what they did in the last 24 hours. */
export async function listMarkets(
  source: MarketSource,
  query: MarketQuery,
  call: Call,
): Promise<MarketList> {
  const all = [...(await source.markets.all(call)).values()];
  const matching = all.filter((market) => matches(market, query));
  const wanted = matching.filter((market) => hasStatus(market, query.status ?? "Open"));
  const sorted = sortedRows(wanted);
  const { sort } = query;
  const rows = sort === undefined ? sorted : await ranked(source, sorted, sort, call);
  const note = sort === undefined ? noteOn(rows.length, query, all) : noteOnRanked(rows);
  const unreadable = source.markets.unreadable.slice(0, MAX_ROWS);
  return {
    markets: rows.slice(0, sort === undefined ? MAX_ROWS : MAX_RANKED),
    total: rows.length,
    otherStates: countStates(matching.filter((market) => !wanted.includes(market))),
    ...(unreadable.length === 0 ? {} : { unreadable }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Markets as rows, by symbol: code unit for code unit, the same everywhere. */
export function sortedRows(markets: readonly Market[]): MarketRow[] {
  return markets.map(marketRow).sort((a, b) => a.symbol < b.symbol ? -1 : 1);
}

/** One market as a row. */
function marketRow(market: Market): MarketRow {
  const { symbol, baseSymbol, quoteSymbol, marketType, orderBookState, filters } = market;
  const { stepSize, minQuantity, maxQuantity } = filters.quantity;
  return {
    ...{ symbol, baseSymbol, quoteSymbol, marketType, orderBookState },
    ...{ tickSize: filters.price.tickSize, stepSize },
    ...(minQuantity === undefined ? {} : { minQuantity }),
    ...(maxQuantity === undefined ? {} : { maxQuantity }),
  };
}

function matches(market: Market, { marketType, quote, search }: MarketQuery): boolean {
  return (marketType === undefined || market.marketType === marketType) &&
    (quote === undefined || market.quoteSymbol.toLowerCase() === quote.toLowerCase()) &&
    (search === undefined || market.symbol.toLowerCase().includes(search.toLowerCase()));
}

function hasStatus(market: Market, status: typeof MARKET_STATUSES[number]): boolean {
  return status === "ALL" || (market.orderBookState === status && market.visible !== false);
}

function countStates(markets: readonly Market[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { orderBookState, visible } of markets) {
    const state = visible === false
      ? "hidden"
      : isName(orderBookState)
      ? orderBookState
      : "unknown";
    counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

/** Volumes in different assets can't be told apart by their size. */
function noteOnRanked(rows: readonly MarketRow[]): string | undefined {
  const quotes = new Set(rows.map(({ quoteSymbol }) => quoteSymbol));
  return quotes.size > 1 ? "quoteVolume is in each market's own quoteSymbol" : undefined;
}

function noteOn(
  count: number,
  query: MarketQuery,
  all: readonly Market[],
): string | undefined {
  if (count > MAX_ROWS) {
    return `Only the first ${MAX_ROWS} by symbol: narrow with search, quote or marketType`;
  }
  if (count > 0 || query.search === undefined) return undefined;
  const closest = nearest(
    query.search,
    all.flatMap((market) => [market.symbol, market.baseSymbol]),
  );
  return closest.length === 0 ? undefined : `Closest known names: ${closest.join(", ")}`;
}
