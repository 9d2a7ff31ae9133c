/**
 * The tool that shows prices over time.
 *
 * @module
 */

import * as z from "zod";
import { drawCandles } from "../chart/candles.ts";
import { pictureOf } from "../chart/png.ts";
import { INTERVALS } from "../intervals.ts";
import { MAX_CANDLES } from "../market/intervals.ts";
import { type CandleList, getKlines as readKlines, PRICE_TYPES } from "../market/klines.ts";
import { percentText } from "../market/percent.ts";
import { assetsOf } from "../symbol.ts";
import { countArgument, flagArgument, symbolArgument, timeArgument } from "./arguments.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Candles. */
export const getKlines = defineTool({
  name: "get_klines",
  title: "Get candles",
  description: "Candles of a market, oldest first. Without from and to: the last 100. " +
    "isEmpty marks an interval without a trade, isRunning one that has not ended.",
  group: "market",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument(),
    interval: z.enum(INTERVALS).describe("Length of a candle"),
    from: timeArgument("Such as 2026-01-31T12:00:00Z, or Unix ms").optional(),
    to: timeArgument("Now unless given; like from").optional(),
    limit: countArgument(MAX_CANDLES, "The last ones; 100 unless from is given")
      .optional(),
    priceType: z.enum(PRICE_TYPES).optional().describe("Last unless given"),
    chart: flagArgument("Adds a picture").optional(),
  }),
  output: z.looseObject({
    candles: z.array(z.looseObject({
      start: z.string(),
      close: z.string().optional(),
    })),
  }),
  run: async ({ chart, ...query }, { desk, mode, call }) => {
    const value = await readKlines(desk, query, call);
    const image = chart ? await pictureOf(drawCandles(value)) : {};
    return { line: `${mode.toUpperCase()} ${candlesLine(value)}`, value, ...image };
  },
});

function candlesLine({ symbol, interval, priceType, candles, summary }: CandleList): string {
  const kind = priceType === "Last" ? "" : ` of the ${priceType.toLowerCase()} price`;
  const span = candles.length === 0 ? "" : `, ${candles[0]?.start} to ${candles.at(-1)?.start}`;
  const head = `${symbol} ${candles.length} ${interval} candles${kind}${span}`;
  if (summary === undefined) return `${head}: no trade`;
  const { open, high, low, close, changePercent, volume } = summary;
  const empty = candles.filter(({ isEmpty }) => isEmpty).length;
  const change = changePercent === undefined ? "" : ` (${percentText(changePercent)})`;
  return `${head}: open ${open}, close ${close}${change}; low ${low}, high ${high}; ` +
    `volume ${volume} ${assetsOf(symbol).base}${empty === 0 ? "" : `; ${empty} empty`}`;
}

/** The tools that show prices over time. */
export const CANDLE_TOOLS: readonly Tool[] = [getKlines];
