/**
 * The owner's limit on positions, and what only makes one smaller, through the real client: to the
 * cent, at the bound and on either side.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { decimal } from "../lib/decimal.ts";
import { heldAtMost } from "../lib/desk/position.ts";
import type { Used } from "../lib/desk/proposal.ts";
import { DAY_MS } from "../lib/intervals.ts";
import { Journal } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { type Desk, open as openDesk } from "./_desk.ts";
import { json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import { MARKET_ROUTES, naiveIso, type Route, wireFill, wireOrder } from "./_routes.ts";

const PERP = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Limit", price: "140.00" };

/** A desk whose account holds so much of the perpetual. */
function open(netQuantity: string, limits: Partial<Limits>): Promise<Desk> {
  const position = { symbol: "SOL_USDC_PERP", netQuantity };
  const scripted = { "GET /api/v1/position": () => json([position]) };
  return openDesk({ ...MARKET_ROUTES, ...scripted }, { limits });
}

/** The check of one limit in a preview: whether it passes, its sentence, value and what is left. */
async function check(desk: Desk, variable: string, order: unknown): Promise<unknown[]> {
  const { structuredContent } = await desk.callTool("preview_order", order as typeof PERP);
  const { ok, message, value, left } = structuredContent.checks
    .find((check: { check: string }) => check.check === variable);
  return [ok, message, value, left];
}

/** An exchange whose list of positions says what it is told to, whatever was filled. */
class Lagging {
  listed = "0";
  readonly fills: Record<string, unknown>[] = [];
  readonly orders: Record<string, unknown>[] = [];
  #id = 100;

  readonly routes: Record<string, Route> = {
    ...MARKET_ROUTES,
    "GET /api/v1/position": () =>
      json(this.listed === "0" ? [] : [{ symbol: PERP.symbol, netQuantity: this.listed }]),
    "GET /wapi/v1/history/fills": ({ query }) =>
      json(this.fills.filter(({ orderId }) => (query.orderId ?? orderId) === orderId)),
    "GET /wapi/v1/history/orders": () => json(this.orders),
    "POST /api/v1/order": ({ body }) => {
      const id = String(this.#id++);
      const { quantity: executedQuantity } = body;
      const order = wireOrder({ ...body, id, status: "Filled", executedQuantity });
      this.orders.unshift(order);
      return json(order);
    },
  };

  fill(atMs: number, changes: Record<string, unknown> = {}): void {
    const own = { symbol: PERP.symbol, tradeId: String(this.fills.length), isMaker: false };
    this.fills.unshift(wireFill({ ...own, timestamp: naiveIso(atMs), ...changes }));
  }
}

const POSITION = "BACKPACK_MAX_POSITION_NOTIONAL";
/** What a bid of 0.1 could bring the position to, in units of 140.05 USD. */
async function unitsAfter(desk: Desk, side = "Bid"): Promise<string> {
  const [, , value] = await check(desk, POSITION, { ...PERP, side, quantity: "0.1" });
  return (Number(value) / 140.05).toFixed(1);
}

async function buy(desk: Desk, quantity: string): Promise<void> {
  const { structuredContent, content } = await desk.callTool("create_order", { ...PERP, quantity });
  assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
}

Deno.test("a position's limit tells what it could become, and what was left before", async () => {
  const rows: [string, Record<string, unknown>, boolean, string, string, string][] = [
    // One is worth the last price, 140.05: a bid at 140 could be filled there.
    ["0", { quantity: "2" }, true, "280.1", "long", "280.1"],
    ["0", { quantity: "2.01" }, false, "281.51", "long", "280.1"],
    ["0.5", { quantity: "0.25" }, true, "105.04", "long", "210.07"],
    ["-3", { quantity: "2" }, true, "0", "long", "280.1"],
    ["-3", { quantity: "3.5" }, true, "70.03", "long", "280.1"],
    ["3", { side: "Ask", quantity: "3.25" }, true, "35.02", "short", "280.1"],
    ["-1", { side: "Ask", quantity: "0.5" }, true, "210.08", "short", "140.05"],
    ["5", { quantity: "0.01" }, false, "701.66", "long", "0"],
  ];
  for (const [held, changes, ok, value, way, left] of rows) {
    await using desk = await open(held, { maxPositionNotional: "280.1" });
    const told = await check(desk, "BACKPACK_MAX_POSITION_NOTIONAL", { ...PERP, ...changes });
    const message = "a position may be worth 280.1 USD: SOL_USDC_PERP could become " +
      `${value} ${way} if all orders on that side filled`;
    assertEquals(told, [ok, message, value, left], JSON.stringify([held, changes]));
  }
});

Deno.test("of an order that rests, what it may still fill counts towards the position", async () => {
  const rows = [["1", "0.5", "210.08"], ["1", "1", "140.05"], ["2", "0.75", "315.12"]];
  for (const [quantity, executedQuantity, value] of rows) {
    const exchange = new Lagging();
    const resting = wireOrder({ ...PERP, id: "100", quantity, executedQuantity });
    exchange.routes["GET /api/v1/orders"] = ({ query }) =>
      json(query.marketType === "PERP" ? [resting] : []);
    exchange.fill(START_MS - 60_000, { quantity: executedQuantity });
    await using desk = await openDesk(exchange.routes, { limits: { maxPositionNotional: "400" } });
    const [, , told] = await check(desk, POSITION, { ...PERP, quantity: "1" });
    assertEquals(told, value, JSON.stringify([quantity, executedQuantity]));
  }
});

Deno.test("an order that the book does not show yet counts with the quantity it asked for", async () => {
  const price = "0.0000012345678";
  const scripted: Record<string, Route> = {
    "GET /api/v1/depth": () => json({ asks: [], bids: [], lastUpdateId: "1", timestamp: 1 }),
    "GET /api/v1/ticker": () => new Response(null, { status: 204 }),
    "GET /api/v1/markPrices": ({ query }) => json([{ symbol: query.symbol, markPrice: price }]),
  };
  await using desk = await openDesk({ ...MARKET_ROUTES, ...scripted }, {
    limits: { maxPositionNotional: "5000" },
  });
  const order = { ...PERP, symbol: "kPEPE_USDC_PERP", price: "0.000001" };
  const first = await desk.callTool("create_order", { ...order, quantity: "1000000000" });
  assertEquals(first.structuredContent?.outcome, "placed", first.content[0]?.text);
  const variable = "BACKPACK_MAX_POSITION_NOTIONAL";
  const [, , value] = await check(desk, variable, { ...order, quantity: "100" });
  // What a unit is worth is kept to eight decimals, rounded up: not enough to divide by.
  assertEquals(value, "1234.57");
});

Deno.test("what an order has filled counts once, whichever of fills and positions shows it first", async () => {
  const exchange = new Lagging();
  const limits = { maxPositionNotional: "2000" };
  await using desk = await openDesk(exchange.routes, { limits });
  exchange.fill(START_MS - 60_000, { orderId: "1", quantity: "3" });
  exchange.listed = "3";
  await buy(desk, "1");
  assertEquals(await unitsAfter(desk), "4.1", "neither shows it");
  exchange.listed = "4";
  assertEquals(
    await unitsAfter(desk),
    "5.1",
    "the position alone: its order has not ended for certain",
  );
  exchange.listed = "3";
  desk.clock.advance(100);
  exchange.fill(desk.clock.now() - 50);
  assertEquals(await unitsAfter(desk), "4.1", "its fill alone");
  assertEquals(await unitsAfter(desk, "Ask"), "0.0", "nor does the other side gain by it");
  exchange.listed = "4";
  assertEquals(await unitsAfter(desk), "4.1", "both");
  desk.clock.advance(5000);
  await buy(desk, "2");
  exchange.fill(desk.clock.now() + 50, { orderId: "101", quantity: "2" });
  desk.clock.advance(100);
  assertEquals(await unitsAfter(desk), "6.1", "of two one");
  exchange.listed = "6";
  assertEquals(await unitsAfter(desk), "6.1");
  exchange.listed = "1";
  assertEquals(await unitsAfter(desk), "6.1", "a sale elsewhere, or it lags");
  desk.clock.advance(30_000);
  assertEquals(await unitsAfter(desk), "1.1", "a list is believed once no fill is recent");
});

Deno.test("a sale that the list of positions does not show yet leaves no more room to sell", async () => {
  const exchange = new Lagging();
  const limits = { maxPositionNotional: "2000" };
  await using desk = await openDesk(exchange.routes, { limits });
  exchange.listed = "-2";
  const sale = { ...PERP, side: "Ask", quantity: "1" };
  assertEquals((await desk.callTool("create_order", sale)).structuredContent?.outcome, "placed");
  desk.clock.advance(100);
  exchange.fill(desk.clock.now() - 50, { side: "Ask" });
  assertEquals(await unitsAfter(desk, "Ask"), "3.1");
});

Deno.test("a fill of an order that nobody was judged before counts twice for half a minute", async () => {
  const exchange = new Lagging();
  const limits = { maxPositionNotional: "2000" };
  await using desk = await openDesk(exchange.routes, { limits });
  exchange.listed = "1";
  exchange.fill(START_MS - 1000, { orderId: "1" });
  assertEquals(await unitsAfter(desk), "2.1");
  assertEquals(await unitsAfter(desk, "Ask"), "0.0");
  desk.clock.advance(30_000);
  assertEquals(await unitsAfter(desk), "1.1");
});

Deno.test("another account's position says nothing of what this one's fills have made of its own", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const common = { clock, journal, limits: { maxPositionNotional: "20000" } };
  const [theirs, ours] = [new Lagging(), new Lagging()];
  theirs.listed = "-10";
  await using other = await openDesk(theirs.routes, { ...common, key: "another" });
  await using desk = await openDesk(ours.routes, common);
  const reduce = { ...PERP, quantity: "0.01", reduceOnly: true };
  assertEquals((await other.callTool("create_order", reduce)).structuredContent?.outcome, "placed");
  clock.advance(60_000);
  ours.fill(clock.now() - 1000, { quantity: "5" });
  // 5 filled and not listed yet, 0.01 of the other's order, 0.1 more.
  assertEquals(await unitsAfter(desk), "5.1");
});

Deno.test("what an open order has executed counts until a fill shows it", async () => {
  const exchange = new Lagging();
  const limits = { maxPositionNotional: "2000" };
  const resting = { ...PERP, id: "100", quantity: "2", executedQuantity: "1.5" };
  exchange.routes["GET /api/v1/orders"] = ({ query }) =>
    json(query.marketType === "PERP" ? [wireOrder(resting)] : []);
  await using desk = await openDesk(exchange.routes, { limits });
  assertEquals(await unitsAfter(desk), "2.1");
  exchange.fill(START_MS - 60_000, { quantity: "1.5" });
  exchange.listed = "1.5";
  assertEquals(await unitsAfter(desk), "2.1");
});

Deno.test("a market order for a sum counts with what it buys, however cheap a unit is", async () => {
  const price = "0.000000012";
  const asks = [[price, "1000000000000"]];
  const filled = { quantity: null, executedQuantity: "82000000000", executedQuoteQuantity: "984" };
  for (const [reply, value] of [[filled, "984"], [{ quantity: null }, "960"]] as const) {
    const scripted: Record<string, Route> = {
      "GET /api/v1/depth": () => json({ asks, bids: [], lastUpdateId: "1", timestamp: 1 }),
      "GET /api/v1/ticker": () => new Response(null, { status: 204 }),
      "GET /api/v1/markPrices": ({ query }) => json([{ symbol: query.symbol, markPrice: price }]),
      "POST /api/v1/order": ({ body }) =>
        json(wireOrder({ ...body, price: null, status: "Filled", ...reply })),
    };
    await using desk = await openDesk({ ...MARKET_ROUTES, ...scripted }, {
      limits: { maxPositionNotional: "5000" },
    });
    const symbol = "kPEPE_USDC_PERP";
    const sum = { symbol, side: "Bid", orderType: "Market", quoteQuantity: "960" };
    const first = await desk.callTool("create_order", sum);
    assertEquals(first.structuredContent?.outcome, "placed", first.content[0]?.text);
    const [, , told] = await check(desk, POSITION, {
      ...{ symbol, side: "Bid", orderType: "Market", quantity: "100" },
    });
    assertEquals(Math.floor(Number(told)), Number(value));
  }
});

Deno.test("only what makes a position smaller is free of the limit on an order", async () => {
  const rows: [string, Record<string, unknown>, boolean][] = [
    ["0.5", { side: "Ask", quantity: "0.5" }, true],
    ["0.5", { side: "Ask", quantity: "0.51" }, false],
    ["-0.5", { side: "Bid", quantity: "0.5" }, true],
    ["-0.5", { side: "Bid", quantity: "0.51" }, false],
    ["0.5", { side: "Bid", quantity: "0.5" }, false],
    ["-0.5", { side: "Ask", quantity: "0.5" }, false],
    ["0", { side: "Bid", quantity: "0.5" }, false],
  ];
  for (const [held, changes, ok] of rows) {
    await using desk = await open(held, { maxOrderNotional: "10" });
    const order = { ...PERP, ...changes, reduceOnly: true };
    const [isFree, message] = await check(desk, "BACKPACK_MAX_ORDER_NOTIONAL", order);
    const why = `${JSON.stringify([held, changes])}: ${message}`;
    assertEquals(isFree, ok, why);
    assertEquals(String(message).endsWith(" (free: it only reduces the position)"), ok, why);
  }
});

Deno.test("get_limits tells the largest of several positions, and never less than nothing left", async () => {
  const worth = ["420", "-1000.001", "900"];
  const positions = worth.map((netExposureNotional, index) => ({
    symbol: `${["SOL", "BTC", "ETH"][index]}_USDC_PERP`,
    ...{ netQuantity: "1", netExposureNotional },
  }));
  const scripted = { "GET /api/v1/position": () => json(positions) };
  for (const [limit, left] of [["1200", "199.99"], ["1000.5", "0.49"], ["1000", "0"]]) {
    const limits = { maxPositionNotional: String(limit) };
    await using desk = await openDesk({ ...MARKET_ROUTES, ...scripted }, { limits });
    const { structuredContent } = await desk.callTool("get_limits");
    const variable = "BACKPACK_MAX_POSITION_NOTIONAL";
    const told = structuredContent.limits.filter((told: { variable: string }) =>
      told.variable === variable || told.variable === "BACKPACK_MAX_DAILY_NOTIONAL"
    );
    assertEquals(told, [
      { variable: "BACKPACK_MAX_DAILY_NOTIONAL", limit: "none", used: "0" },
      { variable, limit, used: "1000.01", left },
    ]);
  }
});

/** The rule, read once more from its words: every moment is tried, none is passed over for speed. */
function toldByTheRule(fills: PastFill[], seen: { netQuantity: number; atMs: number }[]): number {
  const isRecent = (fromMs: number) => (fill: PastFill): boolean =>
    fill.atMs > fromMs - 30_000 && fill.atMs <= fromMs;
  const recent = fills.filter(({ atMs }) => atMs > NOW_MS - 30_000);
  if (recent.length === 0) return LISTED;
  const atRest = seen.filter(({ atMs }) => atMs > NOW_MS - DAY_MS + 30_000)
    .filter(({ atMs }) => !fills.some(isRecent(atMs)));
  if (atRest.length === 0) {
    return LISTED + sumOf(recent.filter(({ quantity }) => quantity > 0));
  }
  const { netQuantity, atMs } = atRest.reduce((a, b) => b.atMs > a.atMs ? b : a);
  return Math.max(LISTED, netQuantity + sumOf(fills.filter((fill) => fill.atMs > atMs)));
}

interface PastFill {
  /** Negative when sold. */
  quantity: number;
  atMs: number;
}

const NOW_MS = START_MS;
const LISTED = 5;

function sumOf(fills: readonly PastFill[]): number {
  return fills.reduce((sum, { quantity }) => sum + quantity, 0);
}

function usedBy(fills: PastFill[], seen: { netQuantity: number; atMs: number }[]): Used {
  const { symbol } = PERP;
  return {
    account: {
      atMs: NOW_MS,
      positions: [{ symbol, netQuantity: String(LISTED) }],
      fills: fills.map(({ quantity, atMs }) => ({
        ...{ symbol, timestamp: atMs, quantity: String(Math.abs(quantity)) },
        side: quantity > 0 ? "Bid" : "Ask",
      })),
    },
    reservations: seen.map(({ netQuantity, atMs }) => ({
      symbol,
      position: { netQuantity: decimal(String(netQuantity)), atMs },
    })),
  } as unknown as Used;
}

Deno.test("of all moments at which an order was judged, the newest at rest is reckoned from", () => {
  // Times that meet each other and every bound, to the millisecond.
  const ages = [0, 1, 5000, 29_999, 30_000, 30_001, 35_000, 60_000, 65_000, DAY_MS - 30_000];
  const age = fc.tuple(fc.constantFrom(...ages), fc.constantFrom(-1, 0, 1))
    .map(([ageMs, more]) => NOW_MS - Math.max(0, ageMs + more));
  // A fill may come while the account is read.
  const fillAge = fc.oneof(age, fc.constant(NOW_MS + 500));
  const fill = fc.record({ atMs: fillAge, quantity: fc.constantFrom(-7, -2, 1, 3) });
  const seen = age.map((atMs) => ({ atMs, netQuantity: (atMs % 13) - 6 }));
  fc.assert(
    fc.property(
      fc.array(fill, { maxLength: 5 }),
      fc.array(seen, { maxLength: 5 }),
      (fills, seen) => {
        const held = heldAtMost(PERP.symbol, "Bid", usedBy(fills, seen));
        assertEquals(held.toFixed(), String(toldByTheRule(fills, seen)));
      },
    ),
    { numRuns: 3000, seed: 1 },
  );
});
