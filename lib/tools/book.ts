/**
 * The tools that look into a market: its book and its latest trades.
 *
 * @module
 */

import * as z from "zod";
import { drawDepth } from "../chart/depth.ts";
import { pictureOf } from "../chart/png.ts";
import {
  type Book,
  type BookLevel,
  cutBook,
  getDepth as readDepth,
  MAX_LEVELS,
} from "../market/depth.ts";
import { assetsOf } from "../symbol.ts";
import { listTrades as readTrades, type TradeList } from "../market/trades.ts";
import { countArgument, flagArgument, symbolArgument } from "./arguments.ts";
import { counted } from "./line.ts";
import { defineTool, type Tool } from "./tool.ts";

const DEFAULT_LEVELS = 20;
const DEFAULT_TRADES = 50;
const MAX_TRADES = 200;

/** The order book. */
export const getDepth = defineTool({
  name: "get_depth",
  title: "Get the order book",
  description: "Bids and asks, best price first on both sides, with spread and mid. " +
    "cumulative is what an order down to that price would find.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument(),
    limit: countArgument(MAX_LEVELS, "Levels a side; 20 unless given").optional(),
    chart: flagArgument("Adds a picture").optional(),
  }),
  output: z.looseObject({
    bids: z.array(z.looseObject({ price: z.string() })),
    asks: z.array(z.looseObject({ price: z.string() })),
  }),
  run: async ({ symbol, limit = DEFAULT_LEVELS, chart }, { desk, mode, call }) => {
    const book = await readDepth(desk, symbol, chart ? MAX_LEVELS : limit, call);
    const value = cutBook(book, limit);
    const image = chart ? await pictureOf(drawDepth(book)) : {};
    return { line: `${mode.toUpperCase()} ${depthLine(value)}`, value, ...image };
  },
});

/** The latest trades. */
export const listTrades = defineTool({
  name: "list_trades",
  title: "List latest trades",
  description: "The latest public trades of a market, newest first, with the aggressor's side: " +
    "Bid bought, Ask sold. For prices over time use get_klines.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument(),
    limit: countArgument(MAX_TRADES, "50 unless given").optional(),
  }),
  output: z.looseObject({
    trades: z.array(z.looseObject({
      side: z.enum(["Bid", "Ask"]),
      price: z.string(),
      time: z.string(),
    })),
  }),
  run: async ({ symbol, limit = DEFAULT_TRADES }, { desk, mode, call }) => {
    const value = await readTrades(desk, symbol, limit, call);
    return { line: `${mode.toUpperCase()} ${tradesLine(value)}`, value };
  },
});

function depthLine({ symbol, bids, asks, spread, spreadBps, mid, time, note }: Book): string {
  const { base } = assetsOf(symbol);
  const gap = spread === undefined ? [] : [`spread ${spread} = ${spreadBps} bps, mid ${mid}`];
  return [
    `${symbol} bid ${touch(bids[0])} / ask ${touch(asks[0])}`,
    ...gap,
    `${bids.at(-1)?.cumulative ?? "0"} ${base} bid and ${
      asks.at(-1)?.cumulative ?? "0"
    } ${base} offered ` +
    `on ${bids.length} and ${asks.length} levels at ${time}`,
    ...(note === undefined ? [] : [note]),
  ].join("; ");
}

function touch(level: BookLevel | undefined): string {
  return level === undefined ? "none" : `${level.price} (${level.quantity})`;
}

function tradesLine({ symbol, trades, bought, sold }: TradeList): string {
  const { base, quote } = assetsOf(symbol);
  const [newest, oldest] = [trades[0], trades.at(-1)];
  if (newest === undefined || oldest === undefined) return `${symbol}: no trades`;
  const verb = newest.side === "Bid" ? "bought" : "sold";
  return `${symbol} last ${verb} ${newest.quantity} ${base} at ${newest.price} ${quote} at ` +
    `${newest.time}; ${counted(trades.length, "trade")} since ${oldest.time}: ` +
    `aggressors bought ${bought} and sold ${sold} ${base}`;
}

/** The tools that look into a market, in the order in which clients list them. */
export const BOOK_TOOLS: readonly Tool[] = [getDepth, listTrades];
