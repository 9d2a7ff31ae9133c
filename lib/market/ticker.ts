/**
 * The last day or week of a market.
 *
 * Follows the API digest, section 4.3: no trade may mean 204 or a row of zeros, and the change
 * is a fraction or no number at all.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import type { Ticker } from "../schemas/mod.ts";
import { percentChange, percentOfFraction } from "./percent.ts";
import { knownMarket, type MarketSource } from "./source.ts";

/** The stretches of time that the exchange knows. */
export const TICKER_INTERVALS = ["1d", "1w"] as const;
/** A stretch of time up to now. */
export type TickerInterval = typeof TICKER_INTERVALS[number];

/** A ticker; without a trade in its time it has no prices. Decimals as text. */
export type TickerView = {
  symbol: string;
  interval: TickerInterval;
  hasTraded: boolean;
  lastPrice?: string;
  firstPrice?: string;
  high?: string;
  low?: string;
  change?: string;
  changePercent?: string;
  /** In the base asset. */
  volume: string;
  /** In the quote asset. */
  quoteVolume: string;
  trades: string;
};

/** A ticker of a market in which there was a trade. */
export type TradedTicker = Omit<TickerView, "interval"> & { lastPrice: string };

/** Asks for a market's ticker. */
export async function getTicker(
  source: MarketSource,
  symbol: string,
  interval: TickerInterval,
  call: Call,
): Promise<TickerView> {
  await knownMarket(source, symbol, call);
  const ticker = await source.exchange.ticker(symbol, call, interval);
  const traded = tradedTicker(ticker);
  if (traded !== undefined) return { interval, ...traded };
  const none = { volume: "0", quoteVolume: "0", trades: "0" };
  return { symbol, interval, hasTraded: false, ...none };
}

/** What was traded, and how the price moved; `undefined` where nothing was. */
export function tradedTicker(ticker: Ticker | undefined): TradedTicker | undefined {
  if (ticker === undefined || decimal(ticker.lastPrice).isZero()) return undefined;
  const { priceChange: change, priceChangePercent, ...rest } = ticker;
  const changePercent = percentOfFraction(priceChangePercent) ??
    percentChange(decimal(ticker.firstPrice), decimal(ticker.lastPrice));
  return {
    ...rest,
    hasTraded: true,
    change,
    ...(changePercent === undefined ? {} : { changePercent }),
  };
}
