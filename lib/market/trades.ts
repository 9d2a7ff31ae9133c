/**
 * The latest public trades, newest first, with the side of whoever took the other's price.
 *
 * Follows the API digest, section 4.3: the sequence of the reply is not settled, and
 * `isBuyerMaker` means that the aggressor sold.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal, ZERO } from "../decimal.ts";
import type { Trade } from "../schemas/mod.ts";
import { knownMarket, type MarketSource } from "./source.ts";
import { isoTime } from "./time.ts";

/** One trade; decimals as text. */
export type TradeRow = {
  id?: string;
  /** Of the aggressor: `Bid` bought. */
  side: "Bid" | "Ask";
  price: string;
  quantity: string;
  quoteQuantity: string;
  timeMs: number;
  time: string;
};

/** The latest trades and what aggressors bought and sold in them, in the base asset. */
export type TradeList = { symbol: string; trades: TradeRow[]; bought: string; sold: string };

/** The latest `limit` trades of a market. */
export async function listTrades(
  source: MarketSource,
  symbol: string,
  limit: number,
  call: Call,
): Promise<TradeList> {
  await knownMarket(source, symbol, call);
  const trades = await source.exchange.trades({ symbol, limit }, call);
  const rows = trades.toSorted(newestFirst).slice(0, limit).map(tradeRow);
  return { symbol, trades: rows, bought: sumOf(rows, "Bid"), sold: sumOf(rows, "Ask") };
}

function newestFirst(a: Trade, b: Trade): number {
  return b.timestamp - a.timestamp || Number(b.id ?? 0) - Number(a.id ?? 0) || 0;
}

function tradeRow(trade: Trade): TradeRow {
  const { id, price, quantity, quoteQuantity, timestamp: timeMs } = trade;
  return {
    ...(id === undefined ? {} : { id }),
    side: trade.isBuyerMaker ? "Ask" : "Bid",
    ...{ price, quantity, quoteQuantity, timeMs, time: isoTime(timeMs) },
  };
}

function sumOf(rows: readonly TradeRow[], side: "Bid" | "Ask"): string {
  return rows.filter((row) => row.side === side)
    .reduce((sum, row) => sum.plus(decimal(row.quantity)), ZERO).toFixed();
}
