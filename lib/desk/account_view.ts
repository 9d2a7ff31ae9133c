/**
 * What the exchange shows of the account at the moment: open orders, the last day's fills,
 * positions, and what a quote asset is worth in USD. Read before an order is judged; everything
 * must be had, since a limit that can't be counted is not held.
 *
 * @module
 */

import { unlessNotFound } from "../account/attempt.ts";
import { MARKET_TYPES, openOrdersOf } from "../account/open_orders.ts";
import type { Call } from "../clock.ts";
import { type Decimal, decimal, largest, ZERO } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { DAY_MS } from "../intervals.ts";
import type { Fill, Order, Position } from "../schemas/mod.ts";
import { assetsOf } from "../symbol.ts";
import type { DeskParts } from "./parts.ts";

/** The account as the exchange shows it. */
export interface AccountView {
  /** When it was read: Unix ms by the exchange's clock. */
  atMs: number;
  /** Over all markets, pending triggers included. */
  openOrders: readonly Order[];
  /** Of the last 24 hours. */
  fills: readonly Fill[];
  /** Open perpetual positions. */
  positions: readonly Position[];
  /** USD of one unit of USD-like assets and of each quote asset that is needed; absent where nobody tells. */
  rates: ReadonlyMap<string, Decimal>;
}

const USD_LIKE: ReadonlySet<string> = new Set(["USD", "USDC", "USDT"]);
const PAGE_ROWS = 1000;
const MAX_PAGES = 20;

/**
 * Reads all of it. `symbols` are of the orders to come.
 *
 * @throws {DeskError} if any of it can't be had
 */
export async function readAccount(
  desk: DeskParts,
  symbols: readonly string[],
  call: Call,
): Promise<AccountView> {
  const atMs = await desk.effects.time(call);
  const [openOrders, fills] = await Promise.all([
    openOrdersOf(desk.exchange, { marketTypes: MARKET_TYPES }, call),
    readFills(desk, { from: atMs - DAY_MS }, call),
  ]);
  // Last, so that a fill that was counted is in the position too.
  const positions = await unlessNotFound(desk.exchange.positions(call)) ?? [];
  const traded = [...openOrders, ...fills].map((row) => row.symbol);
  const quotes = new Set([...traded, ...symbols].map((symbol) => assetsOf(symbol).quote));
  const rates = await readRates(desk, quotes, call);
  return { atMs, openOrders, fills, positions, rates };
}

/** Every fill since `from`, or of one order; all pages. */
export async function readFills(
  desk: Pick<DeskParts, "exchange">,
  query: { from?: number; orderId?: string; symbol?: string },
  call: Call,
): Promise<Fill[]> {
  const fills = new Map<string, Fill>();
  const keyOf = ({ orderId, tradeId }: Fill): string => `${orderId} ${tradeId ?? `#${fills.size}`}`;
  for (let page = 0; page < MAX_PAGES; page++) {
    const rows = await desk.exchange.fills(
      { ...query, limit: PAGE_ROWS, offset: page * PAGE_ROWS },
      call,
    );
    // New rows push old ones onto the next page, where they come a second time.
    for (const row of rows) fills.set(keyOf(row), row);
    if (rows.length < PAGE_ROWS) return [...fills.values()];
  }
  throw new DeskError("unavailable", `There are more than ${MAX_PAGES * PAGE_ROWS} fills to count`);
}

async function readRates(
  desk: DeskParts,
  quotes: ReadonlySet<string>,
  call: Call,
): Promise<Map<string, Decimal>> {
  const rates = new Map([...USD_LIKE].map((quote) => [quote, ZERO.plus(1)]));
  for (const quote of quotes.difference(USD_LIKE)) {
    const rate = await readRate(desk, quote, call);
    if (rate !== undefined) rates.set(quote, rate);
  }
  return rates;
}

/** The dearest of what the asset's own market tells, since a rate too low would let more through. */
async function readRate(
  desk: DeskParts,
  quote: string,
  call: Call,
): Promise<Decimal | undefined> {
  const symbol = `${quote}_USDC`;
  if (!(await desk.markets.all(call)).has(symbol)) return undefined;
  const [depth, ticker] = await Promise.all([
    desk.exchange.depth(symbol, 5, call),
    desk.exchange.ticker(symbol, call),
  ]);
  const prices = [...depth.asks, ...depth.bids].map(([price]) => price);
  return largest([...prices, ...(ticker ? [ticker.lastPrice] : [])].map(decimal));
}
