/**
 * Candles with volume below them.
 *
 * @module
 */

import { type CandleList, isTraded, type TradedCandle } from "../market/klines.ts";
import { percentText } from "../market/percent.ts";
import { assetsOf } from "../symbol.ts";
import type { Box, Canvas, Color } from "./canvas.ts";
import {
  drawColumns,
  drawEdges,
  drawLevels,
  drawMark,
  drawUnit,
  frameOf,
  type Piece,
} from "./frame.ts";
import { place, type Scale, scaleOf, shortSize, ticksOf } from "./scale.ts";
import { timeTicks } from "./times.ts";

const VOLUME_SHARE = 0.2;
const GAP = 18;
const HEADROOM = 0.06;
/** Few candles are not drawn wider than this, in pixels. */
const MAX_SLOT = 40;
const LEVELS = 7;
const COLUMNS = 10;

/** Draws candles; `undefined` when none has a price. */
export function drawCandles(list: CandleList): Canvas | undefined {
  const traded = list.candles.filter(isTraded);
  const last = traded.at(-1);
  if (last === undefined) return undefined;
  const [low, high] = rangeOf(traded);
  const ticks = ticksOf(scaleOf(low, high, 0, 1), LEVELS);
  const most = Math.max(...traded.map(({ volume }) => place(volume)));
  const axis = [last.close, shortSize(most), ...ticks.map(({ label }) => label)];
  const { canvas, plot } = frameOf(titleOf(list), detailOf(list, last), axis);
  const split = plot.bottom - (plot.bottom - plot.top) * VOLUME_SHARE;
  const prices = scaleOf(low, high, split - GAP, plot.top);
  const volumes = scaleOf(0, most > 0 ? most : 1, plot.bottom, split);
  const mark = prices.at(place(last.close));
  drawLevels(canvas, plot, prices, ticks, [mark, split]);
  const slot = (plot.right - plot.left) / (list.candles.length + 1);
  drawColumns(canvas, plot, columnsOf(list, plot, slot));
  drawLevels(canvas, plot, volumes, [{ value: volumes.max, label: shortSize(most) }], [mark]);
  for (const [index, candle] of list.candles.entries()) {
    if (isTraded(candle)) {
      drawCandle(canvas, plot.left + (index + 0.5) * slot, slot, candle, {
        prices,
        volumes,
      });
    }
  }
  canvas.text(plot.left, split + 4, "Volume", "text");
  drawEdges(canvas, plot);
  drawMark(canvas, plot, mark, [last.close, colorOf(last)]);
  drawUnit(canvas, plot, "UTC");
  return canvas;
}

function rangeOf(candles: readonly TradedCandle[]): [low: number, high: number] {
  const low = Math.min(...candles.map((candle) => place(candle.low)));
  const high = Math.max(...candles.map((candle) => place(candle.high)));
  const room = (high - low) * HEADROOM;
  return [low - room, high + room];
}

function titleOf({ symbol, interval, priceType, candles, summary }: CandleList): Piece[] {
  const { changePercent } = summary ?? {};
  const color: Color = changePercent?.startsWith("-") ? "down" : "up";
  return [
    [symbol, "title"],
    [interval, "title"],
    ...(changePercent === undefined ? [] : [[percentText(changePercent), color] as const]),
    [`${priceType === "Last" ? "" : `${priceType} price, `}${assetsOf(symbol).quote}`, "text"],
    [`to ${(candles.at(-1)?.start ?? "").slice(0, 16).replace("T", " ")} UTC`, "text"],
  ];
}

function detailOf({ summary }: CandleList, last: TradedCandle): Piece[] {
  return [
    [`Open ${summary?.open}`, "text"],
    [`High ${summary?.high}`, "text"],
    [`Low ${summary?.low}`, "text"],
    [`Close ${last.close}`, "text"],
  ];
}

function columnsOf(
  { candles }: CandleList,
  plot: Box,
  slot: number,
): { x: number; label: string }[] {
  return timeTicks(candles.map(({ start }) => Date.parse(start)), COLUMNS)
    .map(({ index, label }) => ({ x: plot.left + (index + 0.5) * slot, label }));
}

function drawCandle(
  canvas: Canvas,
  center: number,
  slot: number,
  candle: TradedCandle,
  { prices, volumes }: { prices: Scale; volumes: Scale },
): void {
  const color = colorOf(candle);
  // An odd width has a middle for the wick.
  const half = Math.max(0, Math.floor((Math.min(slot, MAX_SLOT) * 0.7 - 1) / 2));
  const x = Math.round(center);
  const body = { left: x - half, right: x + half + 1 };
  const [open, close] = [prices.at(place(candle.open)), prices.at(place(candle.close))];
  const volumeTop = volumes.at(place(candle.volume));
  const dim = color === "up" ? "upDim" : "downDim";
  canvas.fill({ ...body, top: volumeTop, bottom: volumes.at(0) }, dim);
  const wick = { top: prices.at(place(candle.high)), bottom: prices.at(place(candle.low)) };
  canvas.fill({ left: x, right: x + 1, ...wick }, color);
  canvas.fill({ ...body, top: Math.min(open, close), bottom: Math.max(open, close) }, color);
}

function colorOf({ open, close }: TradedCandle): Color {
  return place(close) < place(open) ? "down" : "up";
}
