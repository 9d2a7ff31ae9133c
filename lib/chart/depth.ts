/**
 * The depth curve: what each side of the book offers in all, down to each price.
 *
 * @module
 */

import type { Book, BookLevel } from "../market/depth.ts";
import { assetsOf } from "../symbol.ts";
import { type Box, type Canvas, type Color, textWidth } from "./canvas.ts";
import { drawColumns, drawEdges, drawLevels, drawUnit, frameOf, type Piece } from "./frame.ts";
import { place, type Scale, scaleOf, shortSize, ticksOf } from "./scale.ts";

const LEVELS = 6;
const COLUMNS = 6;
/** How many times farther than the nearer side the farther one is shown. */
const MAX_SKEW = 4;

interface Scales {
  readonly prices: Scale;
  readonly sizes: Scale;
}

/** Draws a book; `undefined` when it is empty. */
export function drawDepth(book: Book): Canvas | undefined {
  if (book.bids.length + book.asks.length === 0) return undefined;
  const [low, high] = reachOf(book);
  const isShown = ({ price }: BookLevel): boolean => place(price) >= low && place(price) <= high;
  const sides = { up: book.bids.filter(isShown), down: book.asks.filter(isShown) };
  const most = Math.max(...Object.values(sides).flat().map((level) => place(level.cumulative)));
  const ticks = ticksOf(scaleOf(0, most, 0, 1), LEVELS).filter(({ value }) => value > 0)
    .map(({ value, label }) => ({ value, label: value < 1000 ? label : shortSize(value) }));
  const { canvas, plot } = frameOf(titleOf(book), detailOf(book), ticks.map(({ label }) => label));
  const prices = scaleOf(low, high, plot.left, plot.right);
  const scales = { prices, sizes: scaleOf(0, most * 1.05, plot.bottom, plot.top) };
  drawLevels(canvas, plot, scales.sizes, ticks);
  drawColumns(
    canvas,
    plot,
    ticksOf(prices, COLUMNS).map(({ value, label }) => ({
      x: prices.at(value),
      label,
    })),
  );
  for (const color of ["up", "down"] as const) drawSide(canvas, sides[color], scales, color);
  drawMid(canvas, plot, prices, book.mid);
  drawEdges(canvas, plot);
  drawUnit(canvas, plot, assetsOf(book.symbol).quote);
  return canvas;
}

/** The same distance on both sides of the middle, unless a side is empty. */
function reachOf({ bids, asks, mid }: Book): [low: number, high: number] {
  if (mid === undefined) {
    const prices = [...bids, ...asks].map(({ price }) => place(price));
    return [Math.min(...prices), Math.max(...prices)];
  }
  const middle = place(mid);
  // In a crossed book a side may end, or begin, beyond the middle.
  const distance = (level?: BookLevel): number => Math.abs(middle - place(level?.price ?? mid));
  const [near, far] = [distance(bids.at(-1)), distance(asks.at(-1))].sort((a, b) => a - b);
  const reach = Math.max(distance(bids[0]), Math.min(far ?? 0, (near ?? 0) * MAX_SKEW));
  return [middle - reach, middle + reach];
}

function titleOf({ symbol, bids, asks, time }: Book): Piece[] {
  const levels = `best ${Math.max(bids.length, asks.length)} levels a side`;
  const moment = `${time.slice(0, 19).replace("T", " ")} UTC`;
  return [[symbol, "title"], ["Order book", "title"], [levels, "text"], [moment, "text"]];
}

function detailOf({ symbol, bids, asks, spreadBps }: Book): Piece[] {
  return [
    [`Bid ${bids[0]?.price ?? "none"}`, "up"],
    [`Ask ${asks[0]?.price ?? "none"}`, "down"],
    ...(spreadBps === undefined ? [] : [[`Spread ${spreadBps} bps`, "text"] as const]),
    [`${assetsOf(symbol).base}, cumulative`, "text"],
  ];
}

/** Steps: between two prices what is offered stays what it was at the better one. */
function drawSide(
  canvas: Canvas,
  levels: readonly BookLevel[],
  { prices, sizes }: Scales,
  color: "up" | "down",
): void {
  const bottom = sizes.at(0);
  let above = bottom;
  for (const [index, { price, cumulative }] of levels.entries()) {
    const x = prices.at(place(price));
    const next = levels[index + 1];
    const end = next === undefined ? x : prices.at(place(next.price));
    const top = sizes.at(place(cumulative));
    const step = { left: Math.min(x, end), right: Math.max(x, end) };
    canvas.fill({ ...step, top, bottom }, color === "up" ? "upDim" : "downDim");
    canvas.fill(
      { left: step.left - 1, right: step.right + 1, top: top - 1, bottom: top + 1 },
      color,
    );
    canvas.fill({ left: x - 1, right: x + 1, top, bottom: above }, color);
    above = top;
  }
}

function drawMid(canvas: Canvas, plot: Box, prices: Scale, mid: string | undefined): void {
  if (mid === undefined) return;
  const x = Math.round(prices.at(place(mid)));
  const color: Color = "text";
  canvas.line({ left: x, right: x + 1, top: plot.top, bottom: plot.bottom }, color, true);
  const text = `Mid ${mid}`;
  const left = x - textWidth(text) / 2;
  canvas.fill({
    left: left - 6,
    right: left + textWidth(text) + 6,
    top: plot.top,
    bottom: plot.top + 22,
  }, "frame");
  canvas.text(left, plot.top + 4, text, "title");
}
