/**
 * Markets by what they did in the last 24 hours: traded, risen or fallen most.
 *
 * Follows the API digest, section 4.3: `GET /api/v1/tickers`; a market without a trade has a row of
 * zeros there, or none.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal } from "../decimal.ts";
import type { Ticker } from "../schemas/mod.ts";
import type { MarketRow } from "./list.ts";
import type { MarketSource } from "./source.ts";
import { tradedTicker } from "./ticker.ts";

/** What markets can be ranked by, the most of it first. */
export const RANKINGS = ["volume", "gainers", "losers"] as const;
/** One of {@linkcode RANKINGS}. */
export type Ranking = typeof RANKINGS[number];

/** A market with its last 24 hours; decimals as text. */
export type RankedRow = MarketRow & {
  lastPrice: string;
  /** Absent where the exchange tells none. */
  changePercent?: string;
  /** In the quote asset. */
  quoteVolume: string;
};

/** Those of `rows` that were traded within 24 hours, and rose or fell if that is asked for. */
export async function ranked(
  { exchange }: MarketSource,
  rows: readonly MarketRow[],
  by: Ranking,
  call: Call,
): Promise<RankedRow[]> {
  const tickers = new Map((await exchange.tickers(call)).map((ticker) => [ticker.symbol, ticker]));
  return rows.map((row) => rankedRow(row, tickers.get(row.symbol)))
    .filter((row) => row !== undefined)
    .map((row) => ({ row, rank: rankOf(row, by) }))
    .filter(({ rank }) => rank.gt(0))
    .sort((a, b) => b.rank.comparedTo(a.rank) || (a.row.symbol < b.row.symbol ? -1 : 1))
    .map(({ row }) => row);
}

function rankedRow(row: MarketRow, ticker: Ticker | undefined): RankedRow | undefined {
  const traded = tradedTicker(ticker);
  if (traded === undefined) return undefined;
  const { lastPrice, changePercent, quoteVolume } = traded;
  return {
    ...row,
    lastPrice,
    ...(changePercent === undefined ? {} : { changePercent }),
    quoteVolume,
  };
}

/** The more, the further in front; not above zero for what does not belong there. */
function rankOf({ quoteVolume, changePercent = "0" }: RankedRow, by: Ranking): Decimal {
  if (by === "volume") return decimal(quoteVolume);
  return by === "gainers" ? decimal(changePercent) : decimal(changePercent).negated();
}
