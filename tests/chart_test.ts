/**
 * Charts: as a client gets them, and what is drawn where.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Box, Canvas, type Color, textWidth } from "../lib/chart/canvas.ts";
import { drawCandles } from "../lib/chart/candles.ts";
import { drawDepth } from "../lib/chart/depth.ts";
import { dotsOf } from "../lib/chart/font.ts";
import { scaleOf, shortSize, ticksOf } from "../lib/chart/scale.ts";
import { timeTicks } from "../lib/chart/times.ts";
import type { Book, BookLevel } from "../lib/market/depth.ts";
import type { Candle, CandleList } from "../lib/market/klines.ts";
import { json, type ToolAnswer } from "./_helpers.ts";
import { ask } from "./_market.ts";
import type { Route } from "./_routes.ts";

const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2025, 11, 31);
const PNG_SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];

/** The bytes of the one picture in an answer. */
function pictureIn(answer: ToolAnswer): Uint8Array {
  const [, , image, ...rest] = answer.content as unknown as {
    type: string;
    mimeType: string;
    data: string;
  }[];
  assertEquals([image?.type, image?.mimeType, rest], ["image", "image/png", []]);
  return Uint8Array.fromBase64(image?.data ?? "");
}

function sizeOf(png: Uint8Array): [width: number, height: number] {
  const view = new DataView(png.buffer, png.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** How many pixels of a box have the colour. */
function count(canvas: Canvas, color: Color, box: Partial<Box> = {}): number {
  const single = new Canvas(1, 1);
  single.fill({ left: 0, top: 0, right: 1, bottom: 1 }, color);
  const { left = 0, top = 0, right = canvas.width, bottom = canvas.height } = box;
  let found = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      if (canvas.pixels[y * canvas.width + x] === single.pixels[0]) found++;
    }
  }
  return found;
}

function candle(index: number, open: string, close: string): Candle {
  const [low, high] = Number(open) < Number(close) ? [open, close] : [close, open];
  const start = new Date(START_MS + index * HOUR_MS).toISOString().replace(".000Z", "Z");
  return { start, open, high, low, close, volume: "1", quoteVolume: "1", trades: "1" };
}

function listOf(candles: Candle[]): CandleList {
  const summary = { open: "1", high: "2", low: "1", close: "2", volume: "1" };
  return { symbol: "SOL_USDC", interval: "1h", priceType: "Last", candles, summary };
}

function side(...levels: [price: string, cumulative: string][]): BookLevel[] {
  return levels.map(([price, cumulative]) => ({ price, cumulative, quantity: "1" }));
}

function bookOf(changes: Partial<Book>): Book {
  const time = { timeMs: 0, time: "2026-01-01T00:00:00Z" };
  return { symbol: "SOL_USDC", bids: [], asks: [], ...time, ...changes };
}

const KLINES: Record<string, Route> = {
  "GET /api/v1/klines": () =>
    json(Array.from({ length: 300 }, (_, index) => {
      const iso = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19);
      const at = START_MS - (276 - index) * HOUR_MS;
      const price = 140 + 20 * Math.sin(index / 17) + 3 * Math.sin(index * 7);
      return {
        ...{ start: iso(at), end: iso(at + HOUR_MS), open: price.toFixed(2) },
        ...{ high: (price + 3).toFixed(2), low: (price - 3).toFixed(2) },
        ...{ close: (price + Math.sin(index)).toFixed(2), volume: String(index * 31 % 97) },
        ...{ quoteVolume: "1", trades: "1" },
      };
    })),
};

Deno.test("get_klines with chart adds a PNG of at most 60 KB beside the same numbers", async () => {
  const args = { symbol: "SOL_USDC", interval: "1h", limit: 300 };
  const plain = await ask(KLINES, "get_klines", args);
  const drawn = await ask(KLINES, "get_klines", { ...args, chart: "true" });
  assertEquals(plain.answer.content.length, 2);
  assertEquals(drawn.value, plain.value);
  assertEquals(drawn.line, plain.line);
  const png = pictureIn(drawn.answer);
  assertEquals([...png.subarray(0, 8)], PNG_SIGNATURE);
  assertEquals(sizeOf(png), [1000, 600]);
  assert(png.length > 4000 && png.length <= 60 * 1024, `${png.length} bytes`);
});

Deno.test("get_klines with chart adds no picture when nothing was traded", async () => {
  const args = { symbol: "SOL_USDC", interval: "1h", chart: true };
  const { answer } = await ask({ "GET /api/v1/klines": () => json([]) }, "get_klines", args);
  assertEquals(answer.content.length, 2);
});

Deno.test("get_depth with chart draws the 100 best levels and answers those asked for", async () => {
  const levels = (from: number, sign: number): [string, string][] =>
    Array.from({ length: 100 }, (_, index) => [String(from + sign * index), "1.5"]);
  const book = { asks: levels(1001, 1), bids: levels(999, -1).reverse() };
  const scripted: Record<string, Route> = {
    "GET /api/v1/depth": ({ query }) => {
      assertEquals(query.limit, "100");
      return json({ ...book, lastUpdateId: "1", timestamp: 1767225600000000 });
    },
  };
  const args = { symbol: "SOL_USDC", limit: 3, chart: true };
  const { answer, value } = await ask(scripted, "get_depth", args);
  assertEquals([value.bids.length, value.asks.length], [3, 3]);
  const png = pictureIn(answer);
  assertEquals(sizeOf(png), [1000, 600]);
  assert(png.length <= 60 * 1024, `${png.length} bytes`);
});

Deno.test("the encoder is loaded by the first chart and not before", async () => {
  const source = await Deno.readTextFile(new URL("../lib/chart/png.ts", import.meta.url));
  assertMatch(source, /await import\("fast-png"\)/);
  assert(!/from "fast-png"/.test(source));
});

Deno.test("a candle is green when it rose and red when it fell, higher prices higher up", () => {
  const canvas = drawCandles(listOf([candle(0, "10", "20"), candle(1, "20", "15")]));
  assert(canvas !== undefined);
  const bars = { top: 74, bottom: 440, right: 700 };
  const middle = 330;
  assert(count(canvas, "up", { ...bars, right: middle }) > 1000);
  assertEquals(
    count(canvas, "down", { ...bars, right: middle - 30 }) > 20,
    true,
    "the dashed mark",
  );
  const fallen = { ...bars, left: middle };
  assert(count(canvas, "down", { ...fallen, bottom: 257 }) > 1000);
  assertEquals(count(canvas, "up", fallen), 0);
});

Deno.test("candles are drawn whatever the numbers: one, flat, tiny, without volume, with gaps", () => {
  const lists: Candle[][] = [
    [candle(0, "5", "5")],
    [candle(0, "0.000000000001", "0.000000000002")],
    [{ start: "2025-12-31T00:00:00Z", isEmpty: true }, { ...candle(1, "1", "2"), volume: "0" }],
    [candle(0, "99999999999999999999", "100000000000000000000")],
  ];
  for (const candles of lists) {
    const canvas = drawCandles(listOf(candles));
    assert(canvas !== undefined && count(canvas, "up") > 100);
  }
  assertEquals(drawCandles(listOf([{ start: "2025-12-31T00:00:00Z", isEmpty: true }])), undefined);
});

Deno.test("a depth curve has bids left and asks right of the middle, farther levels taller", () => {
  const bids = side(["99", "1"], ["90", "2"]);
  const asks = side(["101", "3"], ["110", "4"]);
  const canvas = drawDepth(bookOf({ bids, asks, mid: "100" }));
  assert(canvas !== undefined);
  const [plot, middle] = [{ top: 100, bottom: 555 }, 470];
  const bidPixels = count(canvas, "upDim", { ...plot, right: middle });
  const askPixels = count(canvas, "downDim", { ...plot, left: middle, right: 950 });
  assert(askPixels > 2 * bidPixels && bidPixels > 5000, `${bidPixels}, ${askPixels}`);
  assertEquals(count(canvas, "upDim", { ...plot, left: middle + 10 }), 0);
  assertEquals(count(canvas, "downDim", { ...plot, right: middle - 10 }), 0);
});

Deno.test("a depth curve does without a side, and shows no more than four times the nearer one", () => {
  assertEquals(drawDepth(bookOf({})), undefined);
  const asks = side(["101", "3"], ["110", "4"]);
  const oneSided = drawDepth(bookOf({ asks }));
  assert(oneSided !== undefined && count(oneSided, "downDim") > 5000);
  const outlier = drawDepth(bookOf({ asks, bids: side(["99", "1"], ["1", "90"]), mid: "100" }));
  assert(outlier !== undefined && count(outlier, "downDim", { left: 500 }) > 5000);
});

Deno.test("a depth curve shows both touches of a crossed book", () => {
  const mid = "100";
  for (const bids of [side(["101", "3"]), side(["101", "3"], ["100.1", "4"])]) {
    const canvas = drawDepth(bookOf({ bids, asks: side(["99", "3"], ["120", "4"]), mid }));
    assert(canvas !== undefined);
    const plot = { top: 100, bottom: 555 };
    assert(count(canvas, "up", { ...plot, left: 500 }) > 300, "the bid is not drawn");
    assert(count(canvas, "down", { ...plot, right: 440 }) > 300, "the ask is not drawn");
  }
});

Deno.test("axes name round values, all with the same decimals", () => {
  const labels = (min: number, max: number): string[] =>
    ticksOf(scaleOf(min, max, 0, 1), 6).map(({ label }) => label);
  assertEquals(labels(132, 144), ["132", "134", "136", "138", "140", "142", "144"]);
  assertEquals(labels(0.1, 0.2), ["0.10", "0.12", "0.14", "0.16", "0.18", "0.20"]);
  assertEquals(labels(0.0000011, 0.0000019)[0], "0.0000012");
  assert(labels(5, 5).length > 2);
});

Deno.test("times on an axis are as round as their span allows", () => {
  const labels = (stepMs: number, count: number): string[] =>
    timeTicks(Array.from({ length: count }, (_, index) => START_MS + index * stepMs), 5)
      .map(({ label }) => label);
  assertEquals(labels(10_000, 30), ["00:01", "00:02", "00:03", "00:04"]);
  assertEquals(labels(HOUR_MS, 36), ["12:00", "1 Jan"]);
  assertEquals(labels(24 * HOUR_MS, 20), ["2 Jan", "7 Jan", "12 Jan", "17 Jan"]);
  assertEquals(labels(30 * 24 * HOUR_MS, 12).every((label) => /^\w{3} \d{4}$/.test(label)), true);
  assertEquals(timeTicks([], 5), []);
});

Deno.test("sizes are short", () => {
  const rows: [number, string][] = [[0, "0"], [0.00012345, "0.000123"], [7540, "7540"]];
  rows.push([12345, "12.3K"], [1e6, "1M"], [2.5e9, "2.5B"]);
  for (const [value, text] of rows) assertEquals(shortSize(value), text);
});

Deno.test("every printable letter has dots of its own, and others are question marks", () => {
  const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));
  const shapes = printable.map((character) => JSON.stringify(dotsOf(character)));
  assertEquals(new Set(shapes).size, printable.length);
  assertEquals(dotsOf(" "), []);
  assertEquals(dotsOf("é"), dotsOf("?"));
  assertEquals(textWidth("140.10"), 70);
});

Deno.test("nothing is drawn outside the picture", () => {
  const canvas = new Canvas(20, 10);
  canvas.fill({ left: -5, top: -5, right: 5, bottom: 5 }, "up");
  canvas.text(15, 5, "WW", "title");
  canvas.text(-3, -3, "W", "title");
  canvas.line({ left: -10, right: 40, top: 9, bottom: 10 }, "down", true);
  assertEquals(canvas.pixels.length, 200);
  assert(count(canvas, "up") > 0 && count(canvas, "down") >= 10);
});
