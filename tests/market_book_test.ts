/**
 * `get_depth` and `list_trades` through the real client, over what the exchange is known to answer.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { json } from "./_helpers.ts";
import { ask, open, queries, type Value } from "./_market.ts";
import { market, refusal, type Route } from "./_routes.ts";

const DEPTH_ROUTE = "GET /api/v1/depth";
const DEPTH = {
  asks: [["101.01", "191.66"], ["101.02", "228.03"]],
  // The best bid comes last.
  bids: [["100.96", "188.09"], ["100.97", "36.76"]],
  lastUpdateId: "4324419962",
  timestamp: 1788283696669335,
};

function depth(changes: Record<string, unknown> = {}): Record<string, Route> {
  return { [DEPTH_ROUTE]: () => json({ ...DEPTH, ...changes }) };
}

Deno.test("get_depth puts the best price first on both sides and counts exactly", async () => {
  const { line, value } = await ask(depth(), "get_depth", { symbol: "SOL_USDC" });
  assertEquals(value, {
    symbol: "SOL_USDC",
    bids: [
      { price: "100.97", quantity: "36.76", cumulative: "36.76" },
      { price: "100.96", quantity: "188.09", cumulative: "224.85" },
    ],
    asks: [
      { price: "101.01", quantity: "191.66", cumulative: "191.66" },
      { price: "101.02", quantity: "228.03", cumulative: "419.69" },
    ],
    spread: "0.04",
    mid: "100.99",
    spreadBps: "3.9607",
    timeMs: 1788283696669,
    time: "2026-09-01T17:28:16.669Z",
    desk: { mode: "live" },
  });
  assertEquals(
    line,
    "LIVE SOL_USDC bid 100.97 (36.76) / ask 101.01 (191.66); spread 0.04 = 3.9607 bps, " +
      "mid 100.99; 224.85 SOL bid and 419.69 SOL offered on 2 and 2 levels at " +
      "2026-09-01T17:28:16.669Z",
  );
});

Deno.test("get_depth keeps every digit", async () => {
  const asks = [["0.0000000000000000003", "0.1"], ["0.0000000000000000002", "0.2"]];
  const { value } = await ask(
    depth({ asks, bids: [["0.0000000000000000001", "1"]] }),
    "get_depth",
    {
      symbol: "SOL_USDC",
    },
  );
  assertEquals(value.asks.map(({ cumulative }: Value) => cumulative), ["0.2", "0.3"]);
  assertEquals(value.spread, "0.0000000000000000001");
  assertEquals(value.mid, "0.00000000000000000015");
});

Deno.test("get_depth asks for a size that the exchange knows and shows the number asked for", async () => {
  const levels = (from: number, step: number): [string, string][] =>
    Array.from({ length: 50 }, (_, index) => [String(from + index * step), "1"]);
  const book = depth({ asks: levels(200, 1), bids: levels(150, 1) });
  const sizes: [number | string | undefined, string, number][] = [
    [undefined, "20", 20],
    [1, "5", 1],
    [5, "5", 5],
    ["6", "10", 6],
    [21, "50", 21],
    [100, "100", 50],
  ];
  for (const [limit, asked, shown] of sizes) {
    const args = { symbol: "SOL_USDC", ...(limit === undefined ? {} : { limit }) };
    const { value, routes } = await ask(book, "get_depth", args);
    assertEquals(queries(routes, DEPTH_ROUTE), [{ symbol: "SOL_USDC", limit: asked }]);
    assertEquals([value.bids.length, value.asks.length], [shown, shown]);
    // Cut at the far end, never at the touch.
    assertEquals([value.bids[0].price, value.asks[0].price], ["199", "200"]);
  }
});

Deno.test("get_depth refuses sizes out of bounds by name", async () => {
  await using desk = await open(depth());
  for (const limit of [0, 101, -5, 2.5, "many"]) {
    const error = await desk.callFailing("get_depth", { symbol: "SOL_USDC", limit });
    assertEquals(
      error.message,
      "Cannot call get_depth: limit must be a whole number from 1 to 100",
    );
  }
});

Deno.test("get_depth has no spread where a side is empty, and says which", async () => {
  const rows: [Record<string, unknown>, RegExp][] = [
    [{ bids: [] }, /^LIVE SOL_USDC bid none .*Nobody bids/],
    [{ asks: [] }, /ask none.*Nobody offers/],
    [
      { asks: [], bids: [] },
      /bid none \/ ask none; 0 SOL bid and 0 SOL offered.*The book is empty/,
    ],
  ];
  for (const [changes, words] of rows) {
    const { line, value } = await ask(depth(changes), "get_depth", { symbol: "SOL_USDC" });
    assertMatch(line ?? "", words);
    assertEquals([value.spread, value.mid, value.spreadBps], [undefined, undefined, undefined]);
  }
});

Deno.test("get_depth names a crossed book", async () => {
  const crossed = depth({ bids: [["101.02", "1"]] });
  const { value } = await ask(crossed, "get_depth", { symbol: "SOL_USDC" });
  assertEquals([value.spread, value.note], [
    "-0.01",
    "The best bid is not below the best ask: no trading now",
  ]);
});

Deno.test("get_depth tells that a closed market has no book", async () => {
  await using desk = await open({
    "GET /api/v1/markets": () => json([market("SOL_USDC", { orderBookState: "Closed" })]),
    [DEPTH_ROUTE]: () => refusal("RESOURCE_NOT_FOUND", "Not Found", 404),
  });
  const error = await desk.callFailing("get_depth", { symbol: "SOL_USDC" });
  assertEquals([error.code, error.message, error.hint], [
    "not_found",
    "There is no order book: the market is Closed",
    "list_markets lists the markets that are open",
  ]);
});

const TRADES_ROUTE = "GET /api/v1/trades";

function trade(id: number | null, timestamp: number, changes = {}): Record<string, unknown> {
  const size = { price: "140.1", quantity: "0.10", quoteQuantity: "14.01" };
  return { id, ...size, timestamp, isBuyerMaker: false, ...changes };
}

Deno.test("list_trades sorts newest first and names the aggressor's side", async () => {
  const trades = [
    trade(8, 1767225500000, { isBuyerMaker: true, quantity: "0.00100" }),
    trade(9, 1767225500000),
    trade(10, 1767225600818),
    // Time decides before the id does.
    trade(70, 1767225400000),
  ];
  const scripted = { [TRADES_ROUTE]: () => json(trades) };
  const { line, value, routes } = await ask(scripted, "list_trades", { symbol: "SOL_USDC" });
  assertEquals(value.trades.map(({ id }: Value) => id), ["10", "9", "8", "70"]);
  assertEquals(value.trades[2], {
    id: "8",
    side: "Ask",
    price: "140.1",
    quantity: "0.00100",
    quoteQuantity: "14.01",
    timeMs: 1767225500000,
    time: "2025-12-31T23:58:20Z",
  });
  assertEquals([value.bought, value.sold], ["0.3", "0.001"]);
  assertEquals(
    line,
    "LIVE SOL_USDC last bought 0.10 SOL at 140.1 USDC at 2026-01-01T00:00:00.818Z; 4 trades " +
      "since 2025-12-31T23:56:40Z: aggressors bought 0.3 and sold 0.001 SOL",
  );
  assertEquals(queries(routes, TRADES_ROUTE), [{ symbol: "SOL_USDC", limit: "50" }]);
});

Deno.test("list_trades shows no more than was asked for, the newest", async () => {
  const trades = [1, 2, 3].map((id) => trade(id, 1767225500000 + id));
  const scripted = { [TRADES_ROUTE]: () => json(trades) };
  const { value } = await ask(scripted, "list_trades", { symbol: "SOL_USDC", limit: 2 });
  assertEquals(value.trades.map(({ id }: Value) => id), ["3", "2"]);
});

Deno.test("list_trades takes trades without an id, and no trades", async () => {
  const scripted = { [TRADES_ROUTE]: () => json([trade(null, 1767225500000)]) };
  const { value } = await ask(scripted, "list_trades", { symbol: "SOL_USDC" });
  assertEquals([value.trades.length, value.trades[0].id], [1, undefined]);
  const none = await ask({ [TRADES_ROUTE]: () => json([]) }, "list_trades", { symbol: "SOL_USDC" });
  assertEquals(none.line, "LIVE SOL_USDC: no trades");
  assertEquals([none.value.trades, none.value.bought], [[], "0"]);
});
