/**
 * Adding up 100,000 fills: what it takes beyond reading the pages, and whether it remembers more
 * than sums.
 *
 * @module
 */

import { FillTotals } from "../lib/account/fill_summary.ts";
import { HistoryReader, MAX_ROWS, type Place } from "../lib/account/reader.ts";
import type { Call } from "../lib/clock.ts";
import { Exchange } from "../lib/exchange.ts";
import { Http } from "../lib/http/mod.ts";
import type { Fill } from "../lib/schemas/mod.ts";
import { createSigner } from "../lib/signing.ts";
import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import type { Figure, Row, Tell } from "./_figure.ts";
import { interleave, median, timeOf } from "./_measure.ts";

const FILLS = 100_000;
/** As many as one reader reads. */
const FEW = MAX_ROWS;
const ROUNDS = { name: "fills_summary", warmUp: 2, rounds: 10 };
const START_MS = Date.UTC(2026, 0, 1);
const SYMBOLS = ["SOL_USDC", "BTC_USDC", "ETH_USDC_PERP"];

/** The fill of that place in the history, the newest first. */
function fill(place: number): Record<string, unknown> {
  const symbol = SYMBOLS[place % SYMBOLS.length];
  return {
    clientId: null,
    fee: "0.0" + (1000 + place % 997),
    feeSymbol: "USDC",
    isMaker: place % 2 === 0,
    orderId: String(3_000_000_000 - place),
    price: `${100 + place % 1009}.${10 + place % 89}`,
    quantity: `${1 + place % 7}.${1 + place % 9}`,
    side: place % 3 === 0 ? "Ask" : "Bid",
    symbol,
    systemOrderType: null,
    timestamp: new Date(START_MS - place * 1000).toISOString().slice(0, -1),
    tradeId: 9_000_000 - place,
  };
}

/** The real reads, over pages that are written as they are asked for. */
async function pages(): Promise<Exchange> {
  const signer = await createSigner(Uint8Array.fromBase64(vectors.seed));
  const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };
  // A second passes with each page, or the client would keep to 2,000 requests a minute.
  let elapsedMs = 0;
  const edges = {
    fetch: (url: string): Promise<Response> => {
      elapsedMs += 1000;
      return Promise.resolve(answer(new URL(url)));
    },
    now: () => START_MS + elapsedMs,
    monotonic: () => elapsedMs,
    after: () => () => {},
    randomId: () => 1,
  };
  const options = { baseUrl: "https://exchange.test", timeoutMs: 30_000, windowMs: 5000 };
  return new Exchange(new Http({ ...options, signer, edges, log }));
}

function answer({ pathname, searchParams }: URL): Response {
  if (pathname === "/api/v1/time") return new Response(String(START_MS));
  const [offset, limit] = ["offset", "limit"].map((name) => Number(searchParams.get(name)));
  const count = Math.max(0, Math.min(limit ?? 0, FILLS - (offset ?? 0)));
  const rows = Array.from({ length: count }, (_, index) => fill((offset ?? 0) + index));
  return Response.json(rows, { headers: { "x-total": String(FILLS) } });
}

/** Reads the newest `count` fills page by page and hands each to `onEach`. */
async function readAll(
  exchange: Exchange,
  count: number,
  onEach: (fill: Fill, index: number) => void,
): Promise<void> {
  const call: Call = { signal: new AbortController().signal, remainingMs: () => Infinity };
  let place: Place | undefined;
  for (let index = 0; index < count;) {
    const reader = new HistoryReader<Fill>({
      page: (window) => exchange.fillsPage(window, call),
      timeOf: ({ timestamp }) => timestamp,
      keyOf: ({ orderId, tradeId }) => `${orderId}-${tradeId}`,
      hasOwnKey: () => true,
    }, place);
    for await (const row of reader.rows(count - index)) {
      onEach(row, index++);
      if (index === count) break;
    }
    place = reader.place;
  }
}

/** MiB held at most, looked at after each thousandth fill, with everything else let go. */
async function heldMib(exchange: Exchange, count: number): Promise<number> {
  const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => {});
  collect();
  const before = Deno.memoryUsage().heapUsed;
  const totals = new FillTotals();
  let most = 0;
  await readAll(exchange, count, (fill, index) => {
    totals.add(fill);
    if (index % 5000 !== 2500) return;
    collect();
    most = Math.max(most, Deno.memoryUsage().heapUsed - before);
  });
  if (totals.summary().count !== count) throw new Error("not all fills were added up");
  return most / 1024 / 1024;
}

async function run(tell: Tell): Promise<readonly Row[]> {
  const exchange = await pages();
  const samples = await interleave({
    floor: () => timeOf(() => readAll(exchange, FEW, () => {})),
    ours: () => {
      const totals = new FillTotals();
      return timeOf(() => readAll(exchange, FEW, (fill) => totals.add(fill)));
    },
  }, { ...ROUNDS, tell });
  tell("fills_summary: 100 pages");
  const held = { few: await heldMib(exchange, FEW), all: await heldMib(exchange, FILLS) };
  return [{
    what: "fills summary, 10,000 fills",
    against: "one pass over the pages",
    unit: "ms",
    floor: median(samples.floor),
    ours: median(samples.ours),
    reach: { compare: "ratio", limit: "most", bound: 1.5, room: 1 },
  }, {
    what: "fills summary, memory over 100 pages",
    against: "over 10 pages",
    unit: "MiB",
    floor: held.few,
    ours: held.all,
    // A thousand fills more would be a quarter of it.
    reach: { compare: "difference", limit: "most", bound: 1, room: 2 },
  }];
}

/** A summary of many fills. */
export const fillsSummary: Figure = { name: "fills_summary", run };
