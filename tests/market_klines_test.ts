/**
 * `get_klines` through the real client: the window that a question means, and candles as the
 * exchange is known to write them. It is 2026-01-01T00:00:00Z.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { json } from "./_helpers.ts";
import { ask, open, queries, type Value } from "./_market.ts";
import type { Received, Route } from "./_routes.ts";

const ROUTE = "GET /api/v1/klines";
const NOW_S = 1767225600;
const HOUR_S = 3600;

function wireTime(timeS: number): string {
  return new Date(timeS * 1000).toISOString().slice(0, 19).replace("T", " ");
}

function kline(startS: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    start: wireTime(startS),
    end: wireTime(startS + HOUR_S),
    ...{ open: "100", high: "102.5", low: "99", close: "101", volume: "0.44" },
    ...{ quoteVolume: "44.4906", trades: "2" },
    ...changes,
  };
}

const EMPTY = { open: null, high: null, low: null, close: null, volume: "0", trades: "0" };

/** Every hour that the request's window touches, as the exchange might answer. */
function hours({ query }: Received): Response {
  const rows: unknown[] = [];
  const start = Math.floor(Number(query.startTime) / HOUR_S) * HOUR_S;
  for (let at = start; at <= Number(query.endTime); at += HOUR_S) rows.push(kline(at));
  return json(rows);
}

const HOURLY: Record<string, Route> = { [ROUTE]: hours };
const SOL = { symbol: "SOL_USDC", interval: "1h" };

Deno.test("get_klines marks what is empty and what still runs, and writes times with a zone", async () => {
  const rows = [
    kline(NOW_S + 0 * HOUR_S - 1800, { close: "103", high: "104.50", volume: "0.06" }),
    kline(NOW_S - 3 * HOUR_S),
    kline(NOW_S - 2 * HOUR_S, EMPTY),
  ];
  const { line, value } = await ask({ [ROUTE]: () => json(rows) }, "get_klines", SOL);
  const { open, high, low, close } = { open: "100", high: "102.5", low: "99", close: "101" };
  assertEquals(value, {
    symbol: "SOL_USDC",
    interval: "1h",
    priceType: "Last",
    candles: [
      {
        start: "2025-12-31T21:00:00Z",
        ...{ open, high, low, close },
        ...{ volume: "0.44", quoteVolume: "44.4906", trades: "2" },
      },
      { start: "2025-12-31T22:00:00Z", isEmpty: true },
      {
        start: "2025-12-31T23:30:00Z",
        isRunning: true,
        ...{ open, high: "104.50", low, close: "103" },
        ...{ volume: "0.06", quoteVolume: "44.4906", trades: "2" },
      },
    ],
    summary: {
      ...{ open: "100", high: "104.5", low: "99", close: "103" },
      ...{ changePercent: "3", volume: "0.5" },
    },
    desk: { mode: "live" },
  });
  assertEquals(
    line,
    "LIVE SOL_USDC 3 1h candles, 2025-12-31T21:00:00Z to 2025-12-31T23:30:00Z: open 100, " +
      "close 103 (+3.00%); low 99, high 104.5; volume 0.5 SOL; 1 empty",
  );
});

Deno.test("get_klines asks in seconds for the window that the question means", async () => {
  const at = (hours: number): string => new Date((NOW_S + hours * HOUR_S) * 1000).toISOString();
  const day = new Date((NOW_S - 24 * HOUR_S) * 1000).toISOString().slice(0, 10);
  const rows: [Record<string, unknown>, number, number, number][] = [
    [{}, -100, 0, 100],
    [{ limit: 3 }, -3, 0, 3],
    [{ limit: "3" }, -3, 0, 3],
    [{ from: at(-10) }, -10, 0, 10],
    [{ from: at(-10), limit: 4 }, -4, 0, 4],
    [{ to: at(-10), limit: 4 }, -14, -10, 4],
    [{ to: at(-10) }, -110, -10, 100],
    [{ from: at(-10), to: at(-2) }, -10, -2, 8],
    [{ from: at(-10), to: at(-2), limit: 3 }, -5, -2, 3],
    [{ from: at(-2), to: at(5) }, -2, 0, 2],
    [{ from: day }, -24, 0, 24],
    [{ from: `${day}T22:00` }, -2, 0, 2],
    [{ from: `${day}T23:00:00+02:00` }, -3, 0, 3],
    [{ from: (NOW_S - 7 * HOUR_S) * 1000 }, -7, 0, 7],
  ];
  for (const [args, from, to, count] of rows) {
    const { value, routes } = await ask(HOURLY, "get_klines", { ...SOL, ...args });
    assertEquals(queries(routes, ROUTE), [{
      symbol: "SOL_USDC",
      interval: "1h",
      startTime: String(NOW_S + from * HOUR_S),
      endTime: String(NOW_S + to * HOUR_S),
    }], JSON.stringify(args));
    assertEquals(value.candles.length, count, JSON.stringify(args));
    const first = NOW_S + (to - count) * HOUR_S;
    assertEquals(value.candles[0].start, new Date(first * 1000).toISOString().replace(".000", ""));
  }
});

Deno.test("get_klines passes the price type on and names it", async () => {
  const args = { ...SOL, priceType: "Mark", limit: 2 };
  const { line, value, routes } = await ask(HOURLY, "get_klines", args);
  assertEquals(queries(routes, ROUTE)[0]?.priceType, "Mark");
  assertEquals(value.priceType, "Mark");
  assertMatch(line ?? "", /^LIVE SOL_USDC 2 1h candles of the mark price, /);
});

Deno.test("get_klines asks far enough back for months of any length", async () => {
  const args = { symbol: "SOL_USDC", interval: "1month", limit: 12 };
  const { routes } = await ask({ [ROUTE]: () => json([]) }, "get_klines", args);
  const start = Number(queries(routes, ROUTE)[0]?.startTime);
  assertEquals(start <= Date.UTC(2025, 0, 1) / 1000, true);
});

Deno.test("get_klines refuses windows that are empty, in the future, too long or unreadable", async () => {
  const rows: [Record<string, unknown>, RegExp, RegExp][] = [
    [
      { from: "2025-12-31", to: "2025-12-30" },
      /from is not before to/,
      /It is 2026-01-01T00:00:00Z at the exchange/,
    ],
    [{ from: "2026-01-02" }, /from is not in the past/, /It is 2026/],
    [
      { from: "2025-12-01" },
      /that is 744 of 1h, and one answer has at most 300/,
      /Take interval 4h/,
    ],
    [
      { from: "2020-01-01", interval: "1month", limit: 301 },
      /limit must be a whole number from 1 to 300/,
      /arguments/,
    ],
    [{ from: "yesterday" }, /from must be a time such as 2026-01-31T12:00:00Z/, /arguments/],
    [{ from: "2025-02-30" }, /from must be a time/, /arguments/],
    [{ from: "1767225600" }, /from must be a time/, /arguments/],
    [{ interval: "1M" }, /interval must be "1s" or "1m"/, /arguments/],
  ];
  await using desk = await open(HOURLY);
  for (const [args, message, hint] of rows) {
    const error = await desk.callFailing("get_klines", { ...SOL, ...args });
    assertEquals(error.code, "invalid_input");
    assertMatch(error.message, message);
    assertMatch(error.hint, hint);
  }
  assertEquals(queries(desk.exchange, ROUTE), []);
});

Deno.test("get_klines takes an answer without candles or without a trade for what it is", async () => {
  const none = await ask({ [ROUTE]: () => json([]) }, "get_klines", SOL);
  assertEquals([none.value.candles, none.value.summary], [[], undefined]);
  assertEquals(none.line, "LIVE SOL_USDC 0 1h candles: no trade");
  const empty = { [ROUTE]: () => json([kline(NOW_S - HOUR_S, EMPTY)]) };
  const silent = await ask(empty, "get_klines", SOL);
  assertEquals(silent.value.candles.map(({ isEmpty }: Value) => isEmpty), [true]);
  assertMatch(silent.line ?? "", /1 1h candles, .*: no trade$/);
});
