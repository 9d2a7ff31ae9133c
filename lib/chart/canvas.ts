/**
 * A picture of few colours, one byte a pixel, and what can be drawn on it. Knows nothing of
 * markets.
 *
 * @module
 */

import { CHARACTER_WIDTH, dotsOf } from "./font.ts";

/** The colours, on a dark ground of their own, so that any page may surround them. */
const PALETTE = {
  ground: [17, 21, 28],
  grid: [34, 41, 52],
  frame: [52, 61, 75],
  text: [150, 161, 176],
  title: [236, 240, 245],
  up: [38, 166, 154],
  upDim: [25, 76, 74],
  down: [239, 83, 80],
  downDim: [97, 44, 48],
} as const satisfies Readonly<Record<string, readonly [number, number, number]>>;

/** A colour's name. */
export type Color = keyof typeof PALETTE;

const COLORS = Object.keys(PALETTE) as Color[];

/** A rectangle in pixels; `right` and `bottom` are the first pixels outside. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** A picture. What lies outside of it is not drawn. */
export class Canvas {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** The colour of each pixel as an index into {@linkcode palette}, row by row. */
  readonly pixels: Uint8Array;

  /** A picture of the ground's colour. */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height);
  }

  /** Red, green and blue of each colour. */
  get palette(): [number, number, number][] {
    return COLORS.map((color) => [...PALETTE[color]]);
  }

  /** Fills a rectangle of at least one pixel. */
  fill(box: Box, color: Color): void {
    const [left, top] = [Math.max(0, Math.round(box.left)), Math.max(0, Math.round(box.top))];
    const right = Math.min(this.width, Math.max(left + 1, Math.round(box.right)));
    const bottom = Math.min(this.height, Math.max(top + 1, Math.round(box.bottom)));
    for (let y = top; y < bottom; y++) {
      this.pixels.fill(COLORS.indexOf(color), y * this.width + left, y * this.width + right);
    }
  }

  /** A line one pixel thick, level or upright; dashed if told. */
  line(box: Box, color: Color, isDashed = false): void {
    if (!isDashed) return this.fill(box, color);
    const isLevel = box.right - box.left > box.bottom - box.top;
    const [from, to] = isLevel ? [box.left, box.right] : [box.top, box.bottom];
    for (let at = from; at < to; at += 8) {
      const end = Math.min(at + 4, to);
      this.fill(
        isLevel ? { ...box, left: at, right: end } : { ...box, top: at, bottom: end },
        color,
      );
    }
  }

  /** Writes a line of text whose upper left corner is there. */
  text(left: number, top: number, text: string, color: Color): void {
    const index = COLORS.indexOf(color);
    for (const [position, character] of [...text].entries()) {
      const origin = Math.round(left) + position * CHARACTER_WIDTH;
      for (const [dx, dy] of dotsOf(character)) this.#dot(origin + dx, Math.round(top) + dy, index);
    }
  }

  #dot(x: number, y: number, index: number): void {
    if (x < 0 || x >= this.width || y < 0 || y >= this.height) return;
    this.pixels[y * this.width + x] = index;
  }
}

/** The width of a line of text, in pixels. */
export function textWidth(text: string): number {
  return [...text].length * CHARACTER_WIDTH - 2;
}
