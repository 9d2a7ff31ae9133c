/**
 * What every chart has: a title, a frame around the plot, and named gridlines.
 *
 * @module
 */

import { type Box, Canvas, type Color, textWidth } from "./canvas.ts";
import { CHARACTER_WIDTH, TEXT_HEIGHT } from "./font.ts";
import type { Scale, Tick } from "./scale.ts";

/** A chart is as large as this, in pixels. */
const WIDTH = 1000;
const HEIGHT = 600;
const MARGIN = 18;
const TITLE_TOP = 16;
const LABEL_GAP = 10;

/** A piece of a line of text. */
export type Piece = readonly [text: string, color: Color];

/** An empty chart with its title and a second line; the plot leaves room for `axis` on its right. */
export function frameOf(
  title: readonly Piece[],
  detail: readonly Piece[],
  axis: readonly string[],
): { canvas: Canvas; plot: Box } {
  const canvas = new Canvas(WIDTH, HEIGHT);
  writePieces(canvas, TITLE_TOP, title);
  writePieces(canvas, TITLE_TOP + TEXT_HEIGHT + LABEL_GAP, detail);
  const room = Math.max(...axis.map(textWidth)) + 2 * LABEL_GAP;
  const plot = { left: MARGIN, top: 74, right: WIDTH - room, bottom: HEIGHT - 40 };
  return { canvas, plot };
}

/** Level gridlines, named at the right edge of the plot unless that would touch one of `taken`. */
export function drawLevels(
  canvas: Canvas,
  plot: Box,
  scale: Scale,
  ticks: readonly Tick[],
  taken: readonly number[] = [],
): void {
  for (const { value, label } of ticks) {
    const y = Math.round(scale.at(value));
    canvas.line({ left: plot.left, right: plot.right, top: y, bottom: y + 1 }, "grid");
    if (taken.some((other) => Math.abs(other - y) < TEXT_HEIGHT + LABEL_GAP)) continue;
    canvas.text(plot.right + LABEL_GAP, y - TEXT_HEIGHT / 2, label, "text");
  }
}

/** Upright gridlines, named below the plot unless the name would run into another or the edge. */
export function drawColumns(
  canvas: Canvas,
  plot: Box,
  columns: readonly { x: number; label: string }[],
): void {
  let free = plot.left;
  for (const { x: exact, label } of columns) {
    const x = Math.round(exact);
    canvas.line({ left: x, right: x + 1, top: plot.top, bottom: plot.bottom }, "grid");
    const left = x - textWidth(label) / 2;
    if (left < free || left + textWidth(label) > plot.right) continue;
    canvas.text(left, plot.bottom + LABEL_GAP, label, "text");
    free = left + textWidth(label) + CHARACTER_WIDTH;
  }
}

/** The edges of the plot where its axes are. */
export function drawEdges(canvas: Canvas, plot: Box): void {
  canvas.line({ ...plot, top: plot.bottom, bottom: plot.bottom + 1 }, "frame");
  canvas.line({ ...plot, left: plot.right, right: plot.right + 1 }, "frame");
}

/** A value marked across the plot and in a field of its colour on the axis. */
export function drawMark(
  canvas: Canvas,
  plot: Box,
  y: number,
  [label, color]: Piece,
): void {
  const at = Math.round(y);
  canvas.line({ left: plot.left, right: plot.right, top: at, bottom: at + 1 }, color, true);
  const top = at - TEXT_HEIGHT / 2;
  const field = { left: plot.right + 1, right: WIDTH, top: top - 5, bottom: top + TEXT_HEIGHT + 4 };
  canvas.fill(field, color);
  canvas.text(plot.right + LABEL_GAP, top, label, "title");
}

/** A small note on the axis of times or prices, at the right end. */
export function drawUnit(canvas: Canvas, plot: Box, unit: string): void {
  canvas.text(plot.right + LABEL_GAP, plot.bottom + LABEL_GAP, unit, "text");
}

function writePieces(canvas: Canvas, top: number, pieces: readonly Piece[]): void {
  let left = MARGIN;
  for (const [text, color] of pieces) {
    if (left + textWidth(text) > WIDTH) return;
    canvas.text(left, top, text, color);
    left += textWidth(text) + 2 * CHARACTER_WIDTH;
  }
}
