/**
 * Funding of perpetual positions: which intervals have ended since it was last paid, and the
 * payments. Long pays short when the rate is positive; the amount is the position at the mark price
 * of that minute, times the rate.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import { HOUR_MS, MINUTE_MS } from "../intervals.ts";
import type { Account } from "./account.ts";
import type { Feed } from "./feed.ts";
import { naiveIso } from "./reply.ts";

/** One interval of one market that is to be paid. */
export interface FundingDue {
  readonly symbol: string;
  /** When the interval ends, Unix ms. */
  readonly endMs: number;
  /** A fraction of the position's value; longs pay if it is positive. */
  readonly rate: string;
  /** The price that the position is valued at. */
  readonly markPrice: string;
}

/** The intervals that have ended since each position was last paid, oldest first. */
export async function dueFunding(
  feed: Feed,
  account: Account,
  nowMs: number,
): Promise<FundingDue[]> {
  const due: FundingDue[] = [];
  for (const { symbol, fundedUntilMs } of account.positions.values()) {
    // No exchange's interval is shorter than an hour, and all of them end on one.
    if (Math.floor(nowMs / HOUR_MS) === Math.floor(fundedUntilMs / HOUR_MS)) continue;
    const rates = await feed.fundingRates(symbol);
    for (const { fundingRate: rate, intervalEndTimestamp: endMs } of rates.toReversed()) {
      if (endMs <= fundedUntilMs || endMs > nowMs) continue;
      const markPrice = await markPriceAt(feed, symbol, endMs);
      if (markPrice !== undefined) due.push({ symbol, endMs, rate, markPrice });
    }
  }
  return due;
}

/** The first mark price of that minute; none yet if the candle is not there. */
async function markPriceAt(feed: Feed, symbol: string, atMs: number): Promise<string | undefined> {
  const times = { fromMs: atMs - MINUTE_MS, toMs: atMs + MINUTE_MS };
  const candles = await feed.candles({ symbol, interval: "1m", priceType: "Mark", ...times });
  const priced = candles.filter(({ open }) => open !== undefined);
  return (priced.find(({ start }) => start >= atMs) ?? priced.at(-1))?.open;
}

/** Pays what is due and was not paid yet. */
export function payFunding(due: readonly FundingDue[], account: Account): void {
  for (const { symbol, endMs, rate, markPrice } of due) {
    const position = account.positions.get(symbol);
    if (position === undefined || endMs <= position.fundedUntilMs) continue;
    const payment = position.quantity.times(markPrice).times(rate).negated();
    position.funding = position.funding.plus(payment);
    position.fundedUntilMs = endMs;
    account.add("USDC", payment);
    account.funding.push({
      userId: account.id,
      symbol,
      quantity: payment.toFixed(),
      intervalEndTimestamp: naiveIso(endMs).slice(0, -4),
      fundingRate: decimal(rate).toFixed(),
    });
  }
}
