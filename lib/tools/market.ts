/**
 * The market tools: what is public about markets, prices and books.
 *
 * @module
 */

import * as z from "zod";
import { HOUR_MS } from "../intervals.ts";
import { listMarkets as findMarkets, MARKET_STATUSES, type MarketList } from "../market/list.ts";
import { getMarkPrices, type MarkPriceRow } from "../market/mark_price.ts";
import { percentText } from "../market/percent.ts";
import { type RankedRow, RANKINGS } from "../market/ranking.ts";
import { getTicker as readTicker, TICKER_INTERVALS, type TickerView } from "../market/ticker.ts";
import { word } from "../quote.ts";
import { assetsOf } from "../symbol.ts";
import { symbolArgument } from "./arguments.ts";
import { plural } from "./line.ts";
import { defineTool, type Tool } from "./tool.ts";

/** The markets there are. */
export const listMarkets = defineTool({
  name: "list_markets",
  title: "List markets",
  description:
    "Finds or ranks markets, with the tickSize, stepSize and minQuantity that bind orders. " +
    "By symbol, at most 50 of total.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    marketType: z.enum(["SPOT", "PERP"]).optional().describe("Both unless given"),
    quote: z.string().optional().describe("Such as USDC"),
    search: z.string().optional().describe("Part of the symbol, in any case"),
    status: z.enum(MARKET_STATUSES).optional()
      .describe("Open unless given; ALL adds hidden ones"),
    sort: z.enum(RANKINGS).optional().describe("By the last 24 hours; 20 of total"),
  }),
  output: z.looseObject({
    markets: z.array(z.looseObject({
      symbol: z.string(),
      tickSize: z.string(),
      stepSize: z.string(),
    })),
    total: z.int(),
  }),
  run: async (args, { desk, mode, call }) => {
    const value = await findMarkets(desk, args, call);
    return { line: `${mode.toUpperCase()} ${listLine(value)}`, value };
  },
});

/** The last day or week. */
export const getTicker = defineTool({
  name: "get_ticker",
  title: "Get price and change",
  description:
    "Last price, high, low, change and volume (base asset; quoteVolume: quote asset) of the last " +
    "24 hours or week. For what a trade would cost now use get_depth.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument(),
    interval: z.enum(TICKER_INTERVALS).optional().describe("1d (24 hours) unless given"),
  }),
  output: z.looseObject({
    symbol: z.string(),
    hasTraded: z.boolean().describe("false: no trade in that time, and so no prices"),
    lastPrice: z.string().optional(),
    changePercent: z.string().optional().describe("Percent: -1.59 is a fall of 1.59 %"),
  }),
  run: async ({ symbol, interval = "1d" }, { desk, mode, call }) => {
    const value = await readTicker(desk, symbol, interval, call);
    return { line: `${mode.toUpperCase()} ${tickerLine(value)}`, value };
  },
});

/** Mark prices and funding. */
export const getMarkPrice = defineTool({
  name: "get_mark_price",
  title: "Get mark price and funding",
  description: "Mark price, index price and funding of a perpetual, or of all of them. Positions " +
    "are valued and liquidated at the mark price. Spot markets have none: use get_ticker.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument().optional(),
  }),
  output: z.object({
    markets: z.array(z.looseObject({
      symbol: z.string(),
      markPrice: z.string(),
      fundingPercent: z.string().optional()
        .describe("Percent per fundingIntervalMs; above 0 longs pay shorts"),
    })),
  }),
  run: async ({ symbol }, { desk, mode, call }) => {
    const markets = await getMarkPrices(desk, symbol, call);
    return { line: `${mode.toUpperCase()} ${markPriceLine(markets)}`, value: { markets } };
  },
});

function listLine({ markets, total, otherStates, unreadable, note }: MarketList): string {
  const others = Object.entries(otherStates).map(([state, count]) => `${count} ${state}`);
  const shown = markets.length < total ? `${markets.length} of ${total}` : `${total}`;
  const few = namesOf(markets);
  return [
    `${shown} ${plural(total, "market")}${few === "" ? "" : `: ${few}`}`,
    ...(others.length === 0 ? [] : [`not shown: ${others.join(", ")}`]),
    ...(unreadable === undefined ? [] : [`could not be read: ${unreadable.join(", ")}`]),
    ...(note === undefined ? [] : [note]),
  ].join("; ");
}

/** The names of a few; of ranked ones the first, with their price and how it moved. */
function namesOf(markets: MarketList["markets"]): string {
  const isRanked = (row: MarketList["markets"][number]): row is RankedRow => "lastPrice" in row;
  const first = markets.filter(isRanked).slice(0, 5).map(({ symbol, lastPrice, changePercent }) =>
    `${word(symbol)} ${lastPrice}${
      changePercent === undefined ? "" : ` ${percentText(changePercent)}`
    }`
  );
  if (first.length > 0) return first.join(", ");
  return markets.length <= 8 ? markets.map(({ symbol }) => word(symbol)).join(", ") : "";
}

function tickerLine(ticker: TickerView): string {
  const { symbol, lastPrice, high, low, volume, quoteVolume, changePercent } = ticker;
  const { base, quote } = assetsOf(symbol);
  const span = ticker.interval === "1d" ? "24 h" : "7 days";
  if (!ticker.hasTraded) return `${symbol}: no trade in the last ${span}`;
  const change = changePercent === undefined ? "" : `, ${percentText(changePercent)} in ${span}`;
  return `${word(symbol)} ${lastPrice} ${quote}${change}; low ${low}, high ${high}; ` +
    `volume ${volume} ${base} = ${quoteVolume} ${quote}`;
}

function markPriceLine(rows: readonly MarkPriceRow[]): string {
  const [row] = rows;
  if (row === undefined) return "no mark price";
  if (rows.length > 1) return `${rows.length} mark prices`;
  const { symbol, markPrice, indexPrice, fundingPercent, fundingPercentPerYear } = row;
  const perYear = fundingPercentPerYear === undefined
    ? ""
    : `, ${percentText(fundingPercentPerYear)} a year`;
  return [
    `${word(symbol)} mark ${markPrice}${indexPrice === undefined ? "" : `, index ${indexPrice}`}`,
    ...(fundingPercent === undefined
      ? []
      : [`funding ${fundingPercent}% ${every(row.fundingIntervalMs)}${perYear}`]),
    ...(row.nextFunding === undefined ? [] : [`next ${row.nextFunding}`]),
  ].join("; ");
}

function every(intervalMs: number | undefined): string {
  if (intervalMs === undefined) return "an interval";
  const hours = intervalMs / HOUR_MS;
  return hours === 1 ? "an hour" : `every ${hours} h`;
}

/** The market tools, in the order in which clients list them. */
export const MARKET_TOOLS: readonly Tool[] = [listMarkets, getTicker, getMarkPrice];
