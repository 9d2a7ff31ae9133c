/**
 * What was traded while nobody looked, from candles: where more trades went by than the exchange
 * still shows, such as while no server ran. Each candle stands for a trade at its low and one at its
 * high, of its volume; those that only touch the gap are left out, so that nothing is counted twice.
 *
 * @module
 */

import { HOUR_MS, MINUTE_MS } from "../intervals.ts";
import type { Trade } from "../schemas/mod.ts";
import { type Candle, type Feed, TRADES_LIMIT } from "./feed.ts";
import type { Seen } from "./live_quotes.ts";

const MAX_CANDLES = 900;

/** The trades between `seen` and the oldest of `trades`, as far as candles tell; none without a gap. */
export async function missedTrades(
  feed: Feed,
  symbol: string,
  seen: Seen | undefined,
  trades: readonly Trade[],
): Promise<Trade[]> {
  const [oldest] = trades;
  if (oldest === undefined || seen === undefined || trades.length < TRADES_LIMIT) return [];
  if (Number(oldest.id) <= seen.tradeId) return [];
  const lengthMs = oldest.timestamp - seen.atMs > MAX_CANDLES * MINUTE_MS ? HOUR_MS : MINUTE_MS;
  const toMs = Math.floor(oldest.timestamp / lengthMs) * lengthMs;
  const firstMs = Math.ceil(seen.atMs / lengthMs) * lengthMs;
  const fromMs = Math.max(firstMs, toMs - MAX_CANDLES * lengthMs);
  if (fromMs >= toMs) return [];
  const interval = lengthMs === HOUR_MS ? "1h" : "1m";
  const query = { symbol, interval, priceType: "Last", fromMs, toMs: toMs - lengthMs } as const;
  const candles = await feed.candles(query);
  return candles.filter(({ start }) => start >= fromMs && start < toMs).flatMap(tradesOf);
}

function tradesOf({ start, high, low, volume }: Candle): Trade[] {
  if (high === undefined || low === undefined) return [];
  const trade = { quantity: volume, quoteQuantity: "0", timestamp: start };
  return [
    { ...trade, price: low, isBuyerMaker: true },
    { ...trade, price: high, isBuyerMaker: false },
  ];
}
