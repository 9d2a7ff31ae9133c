/**
 * The trades of one market, and what is read off them: the last price, the ticker and klines.
 * Owns no order and no clock (API digest, section 4.3).
 *
 * @module
 */

import { type Decimal, divide, ZERO } from "../decimal.ts";
import { klineTime } from "./reply.ts";

/** One trade. */
export interface Trade {
  readonly id: number;
  /** In the quote asset. */
  readonly price: Decimal;
  /** In the base asset. */
  readonly quantity: Decimal;
  /** Unix ms. */
  readonly timestamp: number;
  /** Whether the aggressor sold. */
  readonly isBuyerMaker: boolean;
}

/** What happened in a stretch of time. */
interface Bar {
  readonly open: Decimal;
  readonly high: Decimal;
  readonly low: Decimal;
  readonly close: Decimal;
  readonly volume: Decimal;
  readonly quoteVolume: Decimal;
  readonly trades: number;
}

/** One market's trades, oldest first. */
export class Tape {
  readonly #trades: Trade[] = [];

  /** Notes a trade. */
  add(trade: Trade): void {
    this.#trades.push(trade);
  }

  /** The price of the last trade. */
  get lastPrice(): Decimal | undefined {
    return this.#trades.at(-1)?.price;
  }

  /** Trades on the wire, newest first. */
  newest(limit: number, offset: number): Record<string, unknown>[] {
    const end = Math.max(0, this.#trades.length - offset);
    return this.#trades.slice(Math.max(0, end - limit), end).reverse().map(tradeToWire);
  }

  /** The ticker over the time from `from` on; `undefined` without a trade in it. */
  ticker(symbol: string, from: number): Record<string, string> | undefined {
    const bar = barOf(this.#between(from, Infinity));
    if (bar === undefined) return undefined;
    const change = bar.close.minus(bar.open);
    return {
      symbol,
      firstPrice: bar.open.toFixed(),
      lastPrice: bar.close.toFixed(),
      priceChange: change.toFixed(),
      priceChangePercent: (divide(change, bar.open, 6) ?? ZERO).toFixed(),
      high: bar.high.toFixed(),
      low: bar.low.toFixed(),
      volume: bar.volume.toFixed(),
      quoteVolume: bar.quoteVolume.toFixed(),
      trades: String(bar.trades),
    };
  }

  /** The klines of the buckets between those edges; prices are `null` where nothing traded. */
  klines(edges: readonly number[]): Record<string, string | null>[] {
    const trades = this.#between(edges[0] ?? 0, edges.at(-1) ?? 0);
    let from = 0;
    return edges.slice(1).map((end, index) => {
      let to = from;
      while ((trades[to]?.timestamp ?? Infinity) < end) to++;
      const bar = barOf(trades.slice(from, to));
      from = to;
      return barToKline(bar, edges[index] ?? 0, end);
    });
  }

  #between(from: number, to: number): Trade[] {
    return this.#trades.filter(({ timestamp }) => timestamp >= from && timestamp < to);
  }
}

function barOf(trades: readonly Trade[]): Bar | undefined {
  const [first] = trades;
  if (first === undefined) return undefined;
  const open = { open: first.price, high: first.price, low: first.price, close: first.price };
  return trades.reduce<Bar>(
    (bar, { price, quantity }) => ({
      open: bar.open,
      high: price.gt(bar.high) ? price : bar.high,
      low: price.lt(bar.low) ? price : bar.low,
      close: price,
      volume: bar.volume.plus(quantity),
      quoteVolume: bar.quoteVolume.plus(price.times(quantity)),
      trades: bar.trades + 1,
    }),
    { ...open, volume: ZERO, quoteVolume: ZERO, trades: 0 },
  );
}

function barToKline(
  bar: Bar | undefined,
  start: number,
  end: number,
): Record<string, string | null> {
  return {
    start: klineTime(start),
    end: klineTime(end),
    open: bar?.open.toFixed() ?? null,
    high: bar?.high.toFixed() ?? null,
    low: bar?.low.toFixed() ?? null,
    close: bar?.close.toFixed() ?? null,
    volume: (bar?.volume ?? ZERO).toFixed(),
    quoteVolume: (bar?.quoteVolume ?? ZERO).toFixed(),
    trades: String(bar?.trades ?? 0),
  };
}

function tradeToWire(trade: Trade): Record<string, unknown> {
  return {
    id: trade.id,
    price: trade.price.toFixed(),
    quantity: trade.quantity.toFixed(),
    quoteQuantity: trade.price.times(trade.quantity).toFixed(),
    timestamp: trade.timestamp,
    isBuyerMaker: trade.isBuyerMaker,
  };
}
