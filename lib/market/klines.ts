/**
 * Candles, oldest first; an interval without a trade is marked and has no prices.
 *
 * Follows the API digest, section 4.3: the request counts in seconds, the reply writes UTC
 * without a zone, and empty intervals have no prices. There is no limit to ask with: the window
 * is computed.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal, largest, smallest, ZERO } from "../decimal.ts";
import type { Interval } from "../intervals.ts";
import type { Kline } from "../schemas/mod.ts";
import { type Window, windowOf, type WindowQuery } from "./intervals.ts";
import { percentChange } from "./percent.ts";
import { knownMarket, type MarketSource } from "./source.ts";
import { isoTime } from "./time.ts";

/** Whose prices candles are made of. */
export const PRICE_TYPES = ["Last", "Index", "Mark"] as const;

/** Which candles to read. */
export interface KlineQuery extends WindowQuery {
  readonly symbol: string;
  /** Whose price the candles show; the last trade's unless given. */
  readonly priceType?: typeof PRICE_TYPES[number] | undefined;
}

/** One candle; decimals as text, `start` as ISO text. */
export type Candle = {
  start: string;
  /** Nothing was traded: there are no prices. */
  isEmpty?: true;
  /** Its interval has not ended. */
  isRunning?: true;
  open?: string;
  high?: string;
  low?: string;
  close?: string;
  volume?: string;
  quoteVolume?: string;
  trades?: string;
};

/** Candles and what they come to; without a trade there is no summary. */
export type CandleList = {
  symbol: string;
  interval: Interval;
  priceType: typeof PRICE_TYPES[number];
  candles: Candle[];
  summary?: CandleSummary;
};

/** What all candles together come to. */
export type CandleSummary = {
  open: string;
  high: string;
  low: string;
  close: string;
  changePercent?: string;
  volume: string;
};

/** A candle that has prices. */
export type TradedCandle = Candle & Record<"open" | "high" | "low" | "close" | "volume", string>;

/** Reads the candles of a window. */
export async function getKlines(
  source: MarketSource,
  query: KlineQuery,
  call: Call,
): Promise<CandleList> {
  const { symbol, interval, priceType } = query;
  await knownMarket(source, symbol, call);
  const nowMs = await source.exchange.time(call);
  const window = windowOf(query, nowMs);
  const klines = await source.exchange.klines({
    ...{ symbol, interval },
    startTime: Math.floor(window.fromMs / 1000),
    endTime: Math.floor(window.toMs / 1000),
    ...(priceType === undefined ? {} : { priceType }),
  }, call);
  const candles = inWindow(klines, window).map((kline) => candleOf(kline, nowMs));
  const summary = summaryOf(candles.filter(isTraded));
  return {
    ...{ symbol, interval, priceType: priceType ?? "Last", candles },
    ...(summary === undefined ? {} : { summary }),
  };
}

/** Whether a candle has prices. */
export function isTraded(candle: Candle): candle is TradedCandle {
  return candle.isEmpty !== true;
}

function inWindow(klines: readonly Kline[], { fromMs, toMs, count }: Window): Kline[] {
  return klines.filter(({ start, end }) => start < toMs && end > fromMs)
    .sort((a, b) => a.start - b.start)
    .slice(-count);
}

function candleOf(kline: Kline, nowMs: number): Candle {
  const { open, high, low, close, volume, quoteVolume, trades } = kline;
  const start = {
    start: isoTime(kline.start),
    ...(kline.end > nowMs ? { isRunning: true as const } : {}),
  };
  if (open === undefined || high === undefined || low === undefined || close === undefined) {
    return { ...start, isEmpty: true };
  }
  return { ...start, open, high, low, close, volume, quoteVolume, trades };
}

function summaryOf(candles: readonly TradedCandle[]): CandleSummary | undefined {
  const [first, last] = [candles[0], candles.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const changePercent = percentChange(decimal(first.open), decimal(last.close));
  return {
    open: first.open,
    high: (largest(candles.map(({ high }) => decimal(high))) ?? ZERO).toFixed(),
    low: (smallest(candles.map(({ low }) => decimal(low))) ?? ZERO).toFixed(),
    close: last.close,
    ...(changePercent === undefined ? {} : { changePercent }),
    volume: candles.reduce((sum, { volume }) => sum.plus(decimal(volume)), ZERO).toFixed(),
  };
}
