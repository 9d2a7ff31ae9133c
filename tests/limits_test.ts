/**
 * The owner's limits, through the real client: what each lets through, what it says when it does
 * not, and the ways round.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { type Desk as ScriptedDesk, NOT_FOUND, open as openDesk } from "./_desk.ts";
import { hang, json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import {
  market,
  MARKET_ROUTES,
  naiveIso,
  refusal as exchangeRefusal,
  type Route,
  wireFill,
  wireOrder,
} from "./_routes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
};
const PERP = { ...LIMIT, symbol: "SOL_USDC_PERP" };

interface Desk extends ScriptedDesk {
  journal: Journal;
}

/** How many levels of a book the exchange hands out; asked for any other number, it refuses. */
const DEPTHS: readonly number[] = [5, 10, 20, 50, 100, 500, 1000];

interface Options {
  limits: Partial<Limits>;
  scripted?: Record<string, Route>;
  clock?: TestClock;
  journal?: Journal;
  /** How old the journal is; over a day unless told. */
  ageMs?: number;
}

async function open({ limits, scripted = {}, ...options }: Options): Promise<Desk> {
  const clock = options.clock ?? new TestClock();
  const madeAtMs = clock.now() - (options.ageMs ?? 2 * DAY_MS);
  const times = [madeAtMs];
  const now = (): number => times.pop() ?? clock.now();
  const journal = options.journal ?? Journal.open(MEMORY, now);
  let id = 100;
  const place: Route = ({ body }) => json(wireOrder({ ...body, id: String(id++) }));
  const all = { "POST /api/v1/order": place, ...MARKET_ROUTES, ...scripted };
  return { ...await openDesk(all, { clock, journal, limits }), journal };
}

function fill(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return wireFill({ quantity: "2", ...changes });
}

/** The one limit that was broken, and the whole error. */
// deno-lint-ignore no-explicit-any
async function refusal(desk: Desk, args: Record<string, unknown>): Promise<any> {
  const before = desk.exchange.effects().length;
  const error = await desk.callFailing("create_order", args);
  assertEquals([error.code, error.outcome], ["limit", "not_placed"], JSON.stringify(error));
  assertEquals(desk.exchange.effects().length, before);
  return { ...error, broken: error.limits[0] };
}

async function passes(desk: Desk, args: Record<string, unknown>): Promise<number> {
  const { structuredContent, content } = await desk.callTool("create_order", args);
  assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
  return structuredContent.order.clientId;
}

Deno.test("an order over the limit is refused with the limit, its value and what is left", async () => {
  await using desk = await open({ limits: { maxOrderNotional: "280" } });
  const { broken, message, hint } = await refusal(desk, LIMIT);
  assertEquals(broken, {
    variable: "BACKPACK_MAX_ORDER_NOTIONAL",
    limit: "280",
    value: "280.1",
    left: "280",
  });
  const told = "one order may spend 280 USD: this order 280.1, used 0, left 280";
  assertEquals(message, `The owner's limits: ${told} (BACKPACK_MAX_ORDER_NOTIONAL)`);
  assertMatch(hint, /^Nothing was sent\. Only the owner can change BACKPACK_MAX_ORDER_NOTIONAL,/);
  await passes(desk, { ...LIMIT, quantity: "1.99" });
});

Deno.test("an order is worth the worse of its price and the market's", async () => {
  const rows: [Record<string, unknown>, string][] = [
    // A bid far below the market is worth what the market says.
    [{ price: "1.00", quantity: "10" }, "1400.5"],
    [{ price: "147.00", quantity: "10" }, "1470"],
    [{ side: "Ask", price: "200.00", quantity: "10" }, "2000"],
    [{ side: "Ask", price: "139.00", quantity: "10" }, "1400.5"],
  ];
  for (const [changes, value] of rows) {
    await using desk = await open({ limits: { maxOrderNotional: "10" } });
    const { broken } = await refusal(desk, { ...LIMIT, ...changes });
    assertEquals(broken.value, value, JSON.stringify(changes));
  }
});

Deno.test("a Market order is worth what the book asks for it", async () => {
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Market" };
  const rows: [Record<string, unknown>, string][] = [
    [{ quantity: "200" }, "28030"], // 100 at 140.10, 100 at 140.20
    [{ quoteQuantity: "500" }, "500"],
    [{ side: "Ask", quantity: "200" }, "28010"], // worth more at last than 100 at 140, 100 at 139.90
    [{ side: "Ask", quoteQuantity: "500" }, "500.18"], // what brings in 500 at 140 is worth more at last
  ];
  for (const [changes, value] of rows) {
    await using desk = await open({ limits: { maxOrderNotional: "10" } });
    assertEquals((await refusal(desk, { ...order, ...changes })).broken.value, value);
  }
});

Deno.test("a sale for a sum is worth what is sold, however little a thin book pays for it", async () => {
  const thin = { asks: [["140.10", "100"]], bids: [["1.40", "100000"]], lastUpdateId: "1" };
  const scripted = { "GET /api/v1/depth": () => json({ ...thin, timestamp: 1 }) };
  await using desk = await open({ limits: { maxOrderNotional: "1000" }, scripted });
  const order = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", quoteQuantity: "500" };
  assertEquals((await refusal(desk, order)).broken.value, "50017.86");
  const cheap = { ...thin, asks: [["1.40", "100000"]], timestamp: 1 };
  desk.scripted["GET /api/v1/depth"] = () => json(cheap);
  await passes(desk, { ...order, side: "Bid" });
});

Deno.test("an order of absurd size counts like any other, and stops nothing but what it must", async () => {
  const clock = new TestClock();
  await using lifted = await open({ limits: {}, clock });
  const size = { price: `1${"0".repeat(50)}`, quantity: `1${"0".repeat(30)}` };
  await passes(lifted, { ...LIMIT, ...size, side: "Ask" });
  await passes(lifted, LIMIT);
  const { journal } = lifted;
  await using limited = await open({ limits: { maxDailyNotional: "500" }, clock, journal });
  const { broken } = await refusal(limited, { ...LIMIT, price: "139.00" });
  assertEquals([broken.variable, broken.left], ["BACKPACK_MAX_DAILY_NOTIONAL", "0"]);
});

Deno.test("what the book does not hold, or a price that can't be had, is not waved through", async () => {
  const limits = { priceCollarPercent: "5", maxOrderNotional: "1000000000" };
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Market" };
  await using desk = await open({ limits });
  const { message } = await refusal(desk, { ...order, quantity: "2000000" });
  assertMatch(message, /the book does not hold enough/);
  desk.scripted["GET /api/v1/depth"] = () =>
    json({ asks: [], bids: [], lastUpdateId: "1", timestamp: 1 });
  const empty = await refusal(desk, { ...order, quantity: "1" });
  assertMatch(empty.message, /the book is empty on the other side/);
  desk.scripted["GET /api/v1/depth"] = () => new Response("<html>", { status: 502 });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["unavailable", "not_placed"]);
  assertMatch(error.message, /limits can't be checked/);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("the collar holds against the strictest of best opposite price, last and mark", async () => {
  const rows: [Record<string, unknown>, boolean][] = [
    [{ ...LIMIT, price: "147.05" }, true], // last 140.05 + 5 % = 147.0525
    [{ ...LIMIT, price: "147.06" }, false],
    [{ ...LIMIT, price: "1.00" }, true],
    [{ ...LIMIT, side: "Ask", price: "133.05" }, true], // last 140.05 - 5 % = 133.0475
    [{ ...LIMIT, side: "Ask", price: "133.04" }, false],
    [{ ...LIMIT, side: "Ask", price: "9999" }, true],
    [{ ...PERP, price: "147.05" }, false], // mark 140.04 + 5 % = 147.042
    [{ ...PERP, price: "147.04" }, true],
  ];
  for (const [order, isAllowed] of rows) {
    await using desk = await open({ limits: { priceCollarPercent: "5" } });
    if (isAllowed) await passes(desk, order);
    else assertMatch((await refusal(desk, order)).message, /% worse than the (last|mark), 140/);
  }
});

Deno.test("an attacker's ask at three times the mark is not taken", async () => {
  const depth = (): Response =>
    json({ asks: [["420", "1000"]], bids: [["140", "1"]], lastUpdateId: "1", timestamp: 1 });
  const limits = { priceCollarPercent: "5" };
  await using desk = await open({ limits, scripted: { "GET /api/v1/depth": depth } });
  for (const symbol of ["SOL_USDC", "SOL_USDC_PERP"]) {
    const order = { symbol, side: "Bid", orderType: "Market", quantity: "1" };
    assertMatch(
      (await refusal(desk, order)).message,
      /would fill up to 420, which is [\d.]+ % worse/,
    );
  }
});

Deno.test("a last price of zero is none", async () => {
  const scripted: Record<string, Route> = {
    "GET /api/v1/ticker": async (request) => {
      const told = await (await MARKET_ROUTES["GET /api/v1/ticker"]!(request)).json();
      return json({ ...told, lastPrice: "0" });
    },
  };
  await using desk = await open({ limits: { priceCollarPercent: "5" }, scripted });
  const { message } = await refusal(desk, { ...LIMIT, price: "150.00" });
  assertMatch(message, /% worse than the best ask, 140\.1/);
});

Deno.test("a perpetual without a mark price is refused", async () => {
  const scripted = { "GET /api/v1/markPrices": () => json([]) };
  await using desk = await open({ limits: { priceCollarPercent: "5" }, scripted });
  assertMatch((await refusal(desk, PERP)).message, /tells no mark price/);
  desk.scripted["GET /api/v1/markPrices"] = ({ query }) =>
    json([{ symbol: query.symbol, markPrice: "0" }]);
  assertMatch((await refusal(desk, PERP)).message, /tells no mark price/);
  await passes(desk, LIMIT);
});

Deno.test("an open order that does not say its amount is not counted as none", async () => {
  const { quantity: _, ...bare } = wireOrder();
  await using desk = await open({
    limits: { maxDailyNotional: "5000" },
    scripted: { "GET /api/v1/orders": () => json([bare]) },
  });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["bad_reply", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("an account that never held a position is one without positions", async () => {
  await using desk = await open({
    limits: { maxPositionNotional: "300" },
    scripted: { "GET /api/v1/position": NOT_FOUND },
  });
  await passes(desk, PERP);
  assertEquals((await refusal(desk, { ...PERP, price: "139.00" })).broken.left, "19.9");
});

Deno.test("only the markets on the owner's list may be traded, and any may be cancelled", async () => {
  const scripted = {
    "DELETE /api/v1/order": () => json(wireOrder({ status: "Cancelled" })),
  };
  await using desk = await open({ limits: { symbols: ["BTC_USDC"] }, scripted });
  const { broken } = await refusal(desk, LIMIT);
  assertEquals(broken, { variable: "BACKPACK_SYMBOLS", limit: "BTC_USDC" });
  const cancelled = await desk.callTool("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  assertEquals(cancelled.structuredContent.outcome, "cancelled");
});

Deno.test("a runaway loop stops, whatever became of its orders, and goes on a minute later", async () => {
  await using desk = await open({ limits: { maxOrdersPerMinute: "3" } });
  await passes(desk, { ...LIMIT, price: "140.01" });
  await passes(desk, { ...LIMIT, price: "140.02" });
  desk.scripted["POST /api/v1/order"] = () =>
    json({ code: "INSUFFICIENT_FUNDS", message: "no" }, 400);
  await desk.callFailing("create_order", { ...LIMIT, price: "140.03" });
  const { limits, hint } = await desk.callFailing("create_order", { ...LIMIT, price: "140.04" });
  assertEquals(limits, [{
    variable: "BACKPACK_MAX_ORDERS_PER_MINUTE",
    limit: "3",
    value: "1",
    left: "0",
  }]);
  assertMatch(hint, /It passes once the oldest of them is a minute ago\. Only the owner/);
  desk.clock.advance(61_000);
  const error = await desk.callFailing("create_order", { ...LIMIT, price: "140.05" });
  assertEquals(error.exchangeCode ?? error.code, "rejected");
});

Deno.test("a clock that was set back frees nothing", async () => {
  await using desk = await open({ limits: { maxOrdersPerMinute: "1" } });
  await passes(desk, LIMIT);
  desk.clock.setWall(START_MS - DAY_MS);
  await refusal(desk, { ...LIMIT, price: "140.01" });
});

Deno.test("resting orders over all markets are counted, those of others too", async () => {
  const scripted: Record<string, Route> = {
    "GET /api/v1/orders": ({ query }) =>
      json(query.marketType === "PERP" ? [wireOrder({ id: "9", symbol: "SOL_USDC_PERP" })] : []),
  };
  await using desk = await open({ limits: { maxOpenOrders: "2" }, scripted });
  await passes(desk, LIMIT);
  const { broken } = await refusal(desk, { ...LIMIT, price: "140.01" });
  assertEquals([broken.variable, broken.left], ["BACKPACK_MAX_OPEN_ORDERS", "0"]);
  await passes(desk, { ...LIMIT, price: "140.02", timeInForce: "IOC" });
});

Deno.test("an order of a batch is none of somebody else's, though neither has a client id", async () => {
  const scripted: Record<string, Route> = {
    "GET /api/v1/orders": ({ query }) =>
      json(query.marketType === "SPOT" ? [wireOrder({ id: "9", clientId: null })] : []),
  };
  await using desk = await open({ limits: { maxOpenOrders: "2" }, scripted });
  const orders = [LIMIT, { ...LIMIT, price: "139.00" }];
  const error = await desk.callFailing("create_orders", { orders });
  assertEquals([error.code, error.limits[0].variable], ["limit", "BACKPACK_MAX_OPEN_ORDERS"]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("an order that was refused or has ended is not counted among those that rest", async () => {
  await using desk = await open({ limits: { maxOpenOrders: "1" } });
  const place = desk.scripted["POST /api/v1/order"]!;
  desk.scripted["POST /api/v1/order"] = () =>
    json({ code: "INSUFFICIENT_FUNDS", message: "no" }, 400);
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["POST /api/v1/order"] = place;
  await passes(desk, { ...LIMIT, price: "139.00" });
  await refusal(desk, { ...LIMIT, price: "139.50" });
  const ended = wireOrder({ id: "100", status: "Cancelled" });
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([ended]);
  await passes(desk, { ...LIMIT, price: "139.50" });
});

Deno.test("an order that waits for its trigger may rest, though it is a Market order or IOC", async () => {
  const { price: _, quantity, ...rest } = LIMIT;
  const trigger = { ...rest, triggerPrice: "150", triggerQuantity: quantity };
  for (const kind of [{ orderType: "Market" }, { price: "151.00", timeInForce: "IOC" }]) {
    await using desk = await open({ limits: { maxOpenOrders: "1" } });
    await passes(desk, { ...trigger, ...kind });
    const another = { ...trigger, ...kind, triggerPrice: "149" };
    assertEquals((await refusal(desk, another)).broken.variable, "BACKPACK_MAX_OPEN_ORDERS");
  }
});

Deno.test("the day's limit counts what may still fill, and gives back what can't", async () => {
  await using desk = await open({ limits: { maxDailyNotional: "600" } });
  await passes(desk, LIMIT); // 280.10
  await passes(desk, { ...LIMIT, price: "139.00" }); // 280.10 at the market's price
  const { broken } = await refusal(desk, { ...LIMIT, quantity: "1" });
  assertEquals([broken.value, broken.left], ["140.05", "39.8"]);
  // The first was cancelled: off the book, history says so, and no fill contradicts it.
  desk.scripted["GET /api/v1/orders"] = ({ query }) =>
    json(
      query.marketType === "SPOT" ? [wireOrder({ id: "101", clientId: 1001, quantity: "2" })] : [],
    );
  desk.scripted["GET /wapi/v1/history/orders"] = ({ query }) =>
    json(query.orderId === "100" ? [wireOrder({ id: "100", status: "Cancelled" })] : []);
  await passes(desk, { ...LIMIT, quantity: "1" });
});

Deno.test("an unfilled part comes back only when final state and fills agree", async () => {
  await using desk = await open({ limits: { maxDailyNotional: "500" } });
  await passes(desk, LIMIT);
  const ended = wireOrder({
    id: "100",
    quantity: "2",
    status: "Cancelled",
    executedQuantity: "0.5",
  });
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([ended]);
  // The fill of 0.5 lags behind the order's own history.
  assertEquals((await refusal(desk, { ...LIMIT, price: "139.5" })).broken.left, "219.9");
  desk.scripted["GET /wapi/v1/history/fills"] = () => json([fill({ quantity: "0.5" })]);
  await passes(desk, { ...LIMIT, price: "139.5" });
});

Deno.test("what is less than nothing frees nothing: it can't be read, and nothing leaves", async () => {
  const limits = { maxDailyNotional: "300", priceCollarPercent: "5" };
  const depth = { lastUpdateId: "1", timestamp: 0, asks: [["140.10", "1"]] };
  const rows: Record<string, Route>[] = [
    { "GET /wapi/v1/history/fills": () => json([fill({ orderId: "7", quantity: "-100" })]) },
    { "GET /wapi/v1/history/fills": () => json([fill({ orderId: "7", price: "-1" })]) },
    { "GET /api/v1/orders": () => json([wireOrder({ quantity: "-50" })]) },
    { "GET /api/v1/orders": () => json([wireOrder({ executedQuantity: "-50" })]) },
    { "GET /api/v1/depth": () => json({ ...depth, bids: [["-140", "1"]] }) },
    { "GET /api/v1/depth": () => json({ ...depth, bids: [["140", "-1"]] }) },
  ];
  for (const scripted of rows) {
    await using desk = await open({ limits, scripted, ageMs: 0 });
    const { code, outcome } = await desk.callFailing("create_order", LIMIT);
    assertEquals([code, outcome, desk.exchange.effects()], ["bad_reply", "not_placed", []]);
  }
});

Deno.test("fills count for 24 hours from when they happened", async () => {
  await using desk = await open({ limits: { maxDailyNotional: "500" } });
  desk.scripted["POST /api/v1/order"] = ({ body }) =>
    json(wireOrder({ ...body, id: "100", status: "Filled", executedQuantity: "2" }));
  await passes(desk, LIMIT);
  desk.scripted["GET /wapi/v1/history/fills"] = ({ query }) =>
    json(Number(query.from) <= START_MS ? [fill()] : []);
  desk.clock.advance(DAY_MS - 1000);
  assertEquals((await refusal(desk, LIMIT)).broken.left, "220");
  desk.clock.advance(2000);
  await passes(desk, LIMIT);
});

Deno.test("an order of unknown outcome counts in full, of any age", async () => {
  await using desk = await open({ limits: { maxDailyNotional: "500" } });
  desk.scripted["POST /api/v1/order"] = () => new Response("<html>", { status: 502 });
  desk.scripted["GET /api/v1/order"] = () => new Response("", { status: 503 });
  await desk.callFailing("create_order", LIMIT);
  desk.clock.setWall(START_MS + 3 * DAY_MS);
  const other = { ...LIMIT, symbol: "BTC_USDC", price: "140.0" };
  assertEquals((await refusal(desk, other)).broken.left, "219.9");
});

Deno.test("in a journal's first day the exchange's own view counts, later it does not", async () => {
  const scripted: Record<string, Route> = {
    "GET /wapi/v1/history/fills": () => json([fill({ orderId: "7", price: "100", quantity: "3" })]),
    "GET /api/v1/orders": ({ query }) =>
      json(
        query.marketType === "SPOT" ? [wireOrder({ id: "8", price: "100", quantity: "1" })] : [],
      ),
  };
  const limits = { maxDailyNotional: "600" };
  {
    await using young = await open({ limits, scripted, ageMs: HOUR_MS });
    assertEquals((await refusal(young, LIMIT)).broken.left, "200");
  }
  await using old = await open({ limits, scripted });
  await passes(old, LIMIT);
});

Deno.test("without a journal the day's limit is used up by what the exchange itself shows", async () => {
  const scripted = {
    "GET /wapi/v1/history/fills": () => json([fill({ orderId: "7", price: "100", quantity: "3" })]),
  };
  const journal = new JournalError("damaged", "journal.sqlite", "row 3 was changed");
  const limits = { maxDailyNotional: "600" };
  await using desk = await openDesk({ ...MARKET_ROUTES, ...scripted }, { journal, limits });
  const { structuredContent } = await desk.callTool("get_limits");
  const told = structuredContent.limits
    .find(({ variable }: { variable: string }) => variable === "BACKPACK_MAX_DAILY_NOTIONAL");
  assertEquals([told.used, told.left], ["300", "300"]);
});

Deno.test("another key does not reset the day's limit", async () => {
  const clock = new TestClock();
  await using first = await open({ limits: { maxDailyNotional: "500" }, clock });
  await passes(first, LIMIT);
  const { journal } = first;
  await using second = await open({ limits: { maxDailyNotional: "500" }, clock, journal });
  assertEquals((await refusal(second, { ...LIMIT, price: "139" })).broken.left, "219.9");
});

Deno.test("a limit that was lowered holds against what was placed before", async () => {
  const clock = new TestClock();
  await using first = await open({ limits: { maxDailyNotional: "5000" }, clock });
  await passes(first, LIMIT);
  const { journal } = first;
  await using second = await open({ limits: { maxDailyNotional: "100" }, clock, journal });
  assertEquals((await refusal(second, { ...LIMIT, price: "139" })).broken.left, "0");
});

Deno.test("two desks on one journal can't both have the last of the day's limit", async () => {
  const clock = new TestClock();
  const limits = { maxDailyNotional: "300" };
  await using first = await open({ limits, clock });
  const { journal } = first;
  await using second = await open({ limits, clock, journal });
  const answers = await Promise.all([
    first.callTool("create_order", { ...LIMIT, clientId: 1 }),
    second.callTool("create_order", { ...LIMIT, price: "139", clientId: 2 }),
  ]);
  assertEquals(answers.filter(({ isError }) => !isError).length, 1);
  assertEquals(first.exchange.effects().length + second.exchange.effects().length, 1);
});

Deno.test("a position is held against its limit as if all orders on that side filled", async () => {
  const symbol = "SOL_USDC_PERP";
  const position = { symbol, netQuantity: "3", netExposureNotional: "420" };
  const timestamp = naiveIso(START_MS - 60_000);
  const scripted: Record<string, Route> = {
    "GET /api/v1/position": () => json([position]),
    "GET /wapi/v1/history/fills": () =>
      json([fill({ orderId: "9", symbol, quantity: "1", timestamp })]),
    "GET /api/v1/orders": ({ query }) =>
      json(
        query.marketType === "PERP"
          ? [wireOrder({ id: "9", symbol, quantity: "2", executedQuantity: "1" })]
          : [],
      ),
  };
  await using desk = await open({ limits: { maxPositionNotional: "800" }, scripted });
  const { broken } = await refusal(desk, PERP); // 3 + 1 + 2 at 140.05
  assertEquals([broken.value, broken.left], ["840.3", "239.8"]);
  await passes(desk, { ...PERP, quantity: "1.5" });
  // The other side first makes it smaller.
  await passes(desk, { ...PERP, side: "Ask", quantity: "8" });
});

Deno.test("reduceOnly orders within the position are free of notional limits, not of collar and rate", async () => {
  const position = { symbol: "SOL_USDC_PERP", netQuantity: "-30" };
  const scripted: Record<string, Route> = { "GET /api/v1/position": () => json([position]) };
  const limits = {
    ...{ maxOrderNotional: "100", maxDailyNotional: "100", maxPositionNotional: "100" },
    ...{ priceCollarPercent: "5", maxOrdersPerMinute: "2" },
  };
  const close = { ...PERP, quantity: "30", reduceOnly: true };
  await using desk = await open({ limits, scripted });
  await passes(desk, close);
  const bigger = await refusal(desk, { ...close, quantity: "30.01" });
  assertEquals(bigger.broken.variable, "BACKPACK_MAX_ORDER_NOTIONAL");
  const withExit = await refusal(desk, { ...close, quantity: "1", takeProfitTriggerPrice: "150" });
  assertEquals(withExit.broken.variable, "BACKPACK_MAX_ORDER_NOTIONAL");
  const wide = await refusal(desk, { ...close, price: "200.00" });
  assertEquals(wide.broken.variable, "BACKPACK_PRICE_COLLAR_PERCENT");
  await passes(desk, { ...close, quantity: "29" });
  const fast = await refusal(desk, { ...close, quantity: "28" });
  assertEquals(fast.broken.variable, "BACKPACK_MAX_ORDERS_PER_MINUTE");
});

Deno.test("positions that can't be had stop an order", async () => {
  await using desk = await open({
    limits: { maxPositionNotional: "300" },
    scripted: { "GET /api/v1/position": () => exchangeRefusal("UNAUTHORIZED", "no", 401) },
  });
  const error = await desk.callFailing("create_order", PERP);
  assertEquals([error.outcome, desk.exchange.effects()], ["not_placed", []], error.message);
});

Deno.test("a quote asset that is not USD-like is converted by the exchange's prices, or refused", async () => {
  const markets = [market("SOL_USDC"), market("SOL_BTC"), market("BTC_USDC"), market("SOL_EUR")];
  const scripted: Record<string, Route> = {
    "GET /api/v1/markets": () => json(markets),
    "GET /api/v1/depth": ({ query }) =>
      DEPTHS.includes(Number(query.limit))
        ? json({
          asks: [[query.symbol === "BTC_USDC" ? "60000" : "0.5", "100000"]],
          bids: [[query.symbol === "BTC_USDC" ? "59999" : "0.4", "100000"]],
          ...{ lastUpdateId: "1", timestamp: 1 },
        })
        : new Response("limit", { status: 400 }),
    "GET /api/v1/ticker": () => new Response(null, { status: 204 }),
  };
  await using desk = await open({ limits: { maxOrderNotional: "100" }, scripted });
  const inBtc = await refusal(desk, {
    ...LIMIT,
    symbol: "SOL_BTC",
    price: "0.50",
    quantity: "0.01",
  });
  assertEquals(inBtc.broken.value, "300");
  const inEur = await refusal(desk, {
    ...LIMIT,
    symbol: "SOL_EUR",
    price: "0.50",
    quantity: "0.01",
  });
  assertMatch(inEur.message, /no price of EUR in USDC/);
});

Deno.test("the journal says which limits an order was held against and what it may spend", async () => {
  await using desk = await open({ limits: { maxDailyNotional: "5000" } });
  const clientId = await passes(desk, LIMIT);
  const [intent] = desk.journal.intents({ clientId });
  assertEquals(intent?.body.spends, { notional: "280.1", unit: "140.05" });
  assertEquals((intent?.body.limits as Limits).maxDailyNotional, "5000");
  // What is bought on a spot market is no position.
  assertEquals(intent?.body.position, undefined);
});

Deno.test("amounts in the journal are rounded up to eight decimals", async () => {
  const filters = {
    price: { tickSize: "0.0000000001", minPrice: "0.0000000001" },
    quantity: { stepSize: "0.000001", minQuantity: "0.000001" },
  };
  const scripted: Record<string, Route> = {
    "GET /api/v1/markets": () => json([market("SOL_USDC_PERP", { filters })]),
    "GET /api/v1/ticker": () => new Response(null, { status: 204 }),
    "GET /api/v1/markPrices": ({ query }) => json([{ symbol: query.symbol, markPrice: "1" }]),
  };
  const order = { ...PERP, price: "1.000001", quantity: "1.000001" };
  const fine = { price: "1.0000011234", quantity: "1" };
  const exits = { takeProfitTriggerPrice: "1.100001" };
  const rows: [Partial<Limits>, Record<string, unknown>, unknown][] = [
    [{}, {}, { notional: "1.00000201", unit: "1.000001" }],
    [{ maxDailyNotional: "100" }, fine, { notional: "1.00000113", unit: "1.00000113" }],
    [{ maxDailyNotional: "100" }, exits, {
      ...{ notional: "1.00000201", unit: "1.000001", exits: "1.10000211" },
    }],
  ];
  for (const [limits, changes, spends] of rows) {
    await using desk = await open({ limits, scripted });
    const clientId = await passes(desk, { ...order, ...changes });
    assertEquals(desk.journal.intents({ clientId })[0]?.body.spends, spends);
  }
});

Deno.test("in read-only mode the tools that act do not exist", async () => {
  await using desk = await open({ limits: { readOnly: true } });
  const { tools } = await desk.client.listTools();
  assertEquals(tools.filter(({ annotations }) => !annotations?.readOnlyHint), []);
  assert(tools.some(({ name }) => name === "preview_order"));
  const error = await desk.callTool("create_order", LIMIT).catch((error) => error);
  assertEquals(error.code, -32602);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("in a journal's first day a lost order's fill counts once, another's beside it", async () => {
  const rows: [Record<string, unknown>, string][] = [
    [{ orderId: "555", clientId: "7" }, "280.1"], // as much as the whole order
    [{ orderId: "555", clientId: "7", price: "150.00" }, "300"],
    [{ orderId: "555", clientId: "8" }, "560.1"],
    [{ orderId: "555", clientId: "7", symbol: "BTC_USDC" }, "560.1"],
  ];
  for (const [changes, used] of rows) {
    const scripted = { "POST /api/v1/order": hang };
    await using desk = await open({ limits: { maxDailyNotional: "900" }, scripted, ageMs: 0 });
    await desk.callFailing("create_order", { ...LIMIT, clientId: 7 });
    desk.scripted["GET /wapi/v1/history/fills"] = () => json([fill(changes)]);
    const { structuredContent } = await desk.callTool("get_limits");
    const told = structuredContent.limits
      .find(({ variable }: { variable: string }) => variable === "BACKPACK_MAX_DAILY_NOTIONAL");
    assertEquals(told.used, used, JSON.stringify(changes));
  }
});

Deno.test("get_limits shows each limit with what is used and left", async () => {
  const limits = { maxDailyNotional: "5000", maxOrdersPerMinute: "20", confirmAbove: "1000" };
  await using desk = await open({ limits });
  await passes(desk, LIMIT);
  desk.scripted["POST /api/v1/order"] = () => exchangeRefusal("INSUFFICIENT_FUNDS", "no");
  await desk.callFailing("create_order", { ...LIMIT, price: "139.00" });
  const { structuredContent } = await desk.callTool("get_limits");
  const shown = new Map(
    structuredContent.limits.map((limit: { variable: string }) => [limit.variable, limit]),
  );
  assertEquals(shown.get("BACKPACK_MAX_DAILY_NOTIONAL"), {
    variable: "BACKPACK_MAX_DAILY_NOTIONAL",
    limit: "5000",
    used: "280.1",
    left: "4719.9",
  });
  assertEquals(shown.get("BACKPACK_CONFIRM_ABOVE"), {
    variable: "BACKPACK_CONFIRM_ABOVE",
    limit: "1000",
    used: "280.1",
    left: "719.9",
  });
  // The one that was refused left, too.
  assertEquals(shown.get("BACKPACK_MAX_ORDERS_PER_MINUTE"), {
    variable: "BACKPACK_MAX_ORDERS_PER_MINUTE",
    limit: "20",
    used: "2",
    left: "18",
  });
  assertEquals(shown.size, 11);
});

Deno.test("a clock that can't be learnt stops an order and is no fault of the desk's", async () => {
  const scripted = {
    "GET /api/v1/time": () => json({ code: "TOO_MANY_REQUESTS", message: "slow down" }, 429),
  };
  await using desk = await open({ limits: { maxDailyNotional: "500" }, scripted });
  const call = desk.client.callTool({ name: "create_order", arguments: LIMIT });
  const answer = await desk.clock.run(call) as { content: { text: string }[] };
  const error = JSON.parse(answer.content[0]?.text ?? "{}");
  assertEquals([error.code, error.outcome], ["rate_limited", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("two desks on one journal can't both have what is left without a yes", async () => {
  const clock = new TestClock();
  const limits = { confirmAbove: "300" };
  await using first = await open({ limits, clock });
  await using second = await open({ limits, clock, journal: first.journal });
  const answers = await Promise.all([
    first.callTool("create_order", { ...LIMIT, clientId: 1 }),
    second.callTool("create_order", { ...LIMIT, price: "139", clientId: 2 }),
  ]);
  const refused = answers.filter(({ isError }) => isError)
    .map(({ content }) => JSON.parse(content[0]?.text ?? "{}").code);
  assertEquals(refused, ["approval_needed"]);
  assertEquals(first.exchange.effects().length + second.exchange.effects().length, 1);
});

Deno.test("the owner's sum is of an hour", async () => {
  for (const [minutes, isAsked] of [[59, true], [61, false]] as const) {
    await using desk = await open({ limits: { confirmAbove: "300" } });
    await passes(desk, LIMIT); // 280.10
    desk.clock.advance(minutes * 60_000);
    const { isError } = await desk.callTool("create_order", { ...LIMIT, price: "139.00" });
    assertEquals(isError === true, isAsked, `${minutes} minutes later`);
  }
});

Deno.test("an order that the exchange refused does not count towards the owner's sum", async () => {
  await using desk = await open({ limits: { confirmAbove: "300" } });
  desk.scripted["POST /api/v1/order"] = () =>
    json({ code: "INSUFFICIENT_FUNDS", message: "no" }, 400);
  await desk.callFailing("create_order", LIMIT); // 280.10
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  await passes(desk, { ...LIMIT, price: "139.00" });
});

Deno.test("an order that was judged long ago does not leave: a machine may have slept on the way", async () => {
  for (const sleptMs of [14_000, 15_001, HOUR_MS]) {
    await using desk = await open({ limits: { maxDailyNotional: "500" } });
    desk.scripted["GET /api/v1/position"] = () => {
      desk.clock.setWall(desk.clock.now() + sleptMs);
      return json([]);
    };
    const answer = await desk.callTool("create_order", LIMIT);
    if (sleptMs === 14_000) {
      assertEquals(answer.structuredContent?.outcome, "placed");
      continue;
    }
    const error = JSON.parse(answer.content[0]?.text ?? "{}");
    assertEquals([error.code, error.outcome], ["unavailable", "not_placed"]);
    assertEquals(
      error.message,
      `The prices that this order was judged by are ${Math.round(sleptMs / 1000)} s old`,
    );
    assertEquals(desk.exchange.effects(), []);
    assertEquals(desk.journal.intents({}), []);
  }
});
