/**
 * Mark prices and funding, of one perpetual or of all.
 *
 * Follows the API digest, section 4.3: the rate is a fraction for one funding interval, the
 * interval is the market's own, and a closed market is answered with a refusal.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal, divide } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { DAY_MS } from "../intervals.ts";
import { word } from "../quote.ts";
import type { Market, MarkPrice } from "../schemas/mod.ts";
import { percentOfFraction } from "./percent.ts";
import { knownMarket, type MarketSource } from "./source.ts";
import { isoTime } from "./time.ts";

/** A mark price; decimals as text. Funding in percent: above zero, longs pay shorts. */
export type MarkPriceRow = {
  symbol: string;
  markPrice: string;
  indexPrice?: string;
  /** For one funding interval. */
  fundingPercent?: string;
  /** The same rate over a year, added up and not compounded; only when the interval is known. */
  fundingPercentPerYear?: string;
  fundingIntervalMs?: number;
  nextFundingMs?: number;
  nextFunding?: string;
};

const YEAR_MS = decimal(String(365 * DAY_MS));

/**
 * The mark price of `symbol`, or of every perpetual, by symbol.
 *
 * @throws {DeskError} `invalid_input` for a spot market, with what to use instead
 */
export async function getMarkPrices(
  source: MarketSource,
  symbol: string | undefined,
  call: Call,
): Promise<MarkPriceRow[]> {
  const market = symbol === undefined ? undefined : await knownMarket(source, symbol, call);
  if (market?.marketType === "SPOT") throw await spotHasNone(source, market, call);
  const query = symbol === undefined ? {} : { symbol };
  const rows = await source.exchange.markPrices(query, call).catch((error) => {
    throw market !== undefined && error instanceof DeskError && error.code === "rejected"
      ? error.with({
        hint: `The market is ${word(market.orderBookState)}; list_markets lists open ones`,
      })
      : error;
  });
  const markets = await source.markets.all(call).catch(() => new Map<string, Market>());
  return rows.filter((row) => symbol === undefined || row.symbol === symbol)
    .map((row) => markPriceRow(row, markets.get(row.symbol)))
    .sort((a, b) => a.symbol < b.symbol ? -1 : 1);
}

async function spotHasNone(source: MarketSource, market: Market, call: Call): Promise<DeskError> {
  const perpetual = `${market.symbol}_PERP`;
  const hasPerpetual = (await source.markets.all(call)).has(perpetual);
  const instead = hasPerpetual ? `, or give ${perpetual} for the perpetual` : "";
  return new DeskError(
    "invalid_input",
    `${market.symbol} is a spot market: it has no mark price and no funding`,
    { hint: `Use get_ticker for its last price and get_depth for its book${instead}` },
  );
}

function markPriceRow(row: MarkPrice, market: Market | undefined): MarkPriceRow {
  const { symbol, markPrice, indexPrice, nextFundingTimestamp: nextMs } = row;
  return {
    ...{ symbol, markPrice },
    ...(indexPrice === undefined ? {} : { indexPrice }),
    ...fundingOf(row.fundingRate, market?.fundingInterval),
    ...(nextMs === undefined ? {} : { nextFundingMs: nextMs, nextFunding: isoTime(nextMs) }),
  };
}

function fundingOf(
  rate: string | undefined,
  intervalMs: number | undefined,
): Pick<MarkPriceRow, "fundingPercent" | "fundingPercentPerYear" | "fundingIntervalMs"> {
  const percent = rate === undefined ? undefined : percentOfFraction(rate);
  if (percent === undefined) return {};
  if (intervalMs === undefined || intervalMs <= 0) return { fundingPercent: percent };
  const perYear = divide(decimal(percent).times(YEAR_MS), decimal(String(intervalMs)), 4);
  return {
    fundingPercent: percent,
    ...(perYear === undefined ? {} : { fundingPercentPerYear: perYear.toFixed() }),
    fundingIntervalMs: intervalMs,
  };
}
