/**
 * What of the owner's daily limit comes back, and when, through the real client: of orders that
 * have ended for good, of those that only seem to have, and of what the exchange can't tell.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { Journal } from "../lib/journal/mod.ts";
import { type Desk, open as openDesk } from "./_desk.ts";
import { json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import {
  market,
  MARKET_ROUTES,
  naiveIso,
  type Route,
  takesOrders,
  wireFill,
  wireOrder,
} from "./_routes.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const LIMIT = {
  ...{ symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "140.00", quantity: "2" },
};
/** The first order as the exchange knows it: worth 280.1 by the last price, 140.05. */
const CANCELLED = wireOrder({ ...LIMIT, id: "100", status: "Cancelled", executedQuantity: "0.5" });

/** A desk of two days, or so old, that may spend 1000 USD a day. */
function open(scripted: Record<string, Route> = {}, ageMs = 2 * DAY_MS): Promise<Desk> {
  const clock = new TestClock();
  const times = [START_MS - ageMs];
  const journal = Journal.open(MEMORY, () => times.pop() ?? clock.now());
  const limits = { maxDailyNotional: "1000" };
  const all = { ...MARKET_ROUTES, ...takesOrders(), ...scripted };
  return openDesk(all, { clock, journal, limits });
}

async function place(desk: Desk, changes: Record<string, unknown> = {}): Promise<void> {
  const { structuredContent, content } = await desk.callTool("create_order", {
    ...LIMIT,
    ...changes,
  });
  assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
}

/** A desk whose order stood for three days, and has ended now. */
async function openAged(): Promise<Desk> {
  const standing = { ...CANCELLED, status: "New" };
  const desk = await open({ "GET /api/v1/orders": spotOrders(standing) });
  await place(desk);
  desk.clock.advance(3 * DAY_MS);
  desk.scripted["GET /api/v1/orders"] = () => json([]);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([CANCELLED]);
  return desk;
}

/** What the daily limit says is used. */
async function used(desk: Desk): Promise<string> {
  const { structuredContent } = await desk.callTool("get_limits");
  return structuredContent.limits
    .find(({ variable }: { variable: string }) => variable === "BACKPACK_MAX_DAILY_NOTIONAL").used;
}

function fill(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return wireFill({ quantity: "0.5", ...changes });
}

/** Fills as the exchange hands them out: those since a time, or those of one order. */
function fillsSince(...rows: Record<string, unknown>[]): Route {
  return ({ query }) =>
    json(rows.filter(({ timestamp, orderId }) => {
      const atMs = Date.parse(`${timestamp}Z`);
      return atMs >= Number(query.from ?? 0) && orderId === (query.orderId ?? orderId);
    }));
}

const spotOrders = (...orders: unknown[]): Route => ({ query }) =>
  json(query.marketType === "SPOT" ? orders : []);

const looks = ({ exchange }: Desk): number =>
  exchange.received.filter(({ route }) => route === "GET /wapi/v1/history/orders").length;

Deno.test("an order's history is asked for once it is off the book, and until it is closed", async () => {
  await using desk = await open({
    "GET /api/v1/orders": spotOrders({ ...CANCELLED, status: "New" }),
  });
  await place(desk);
  assertEquals([await used(desk), looks(desk)], ["280.1", 0]);
  desk.scripted["GET /api/v1/orders"] = () => json([]);
  assertEquals([await used(desk), looks(desk)], ["280.1", 1]);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([CANCELLED]);
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince(fill());
  assertEquals([await used(desk), looks(desk)], ["70", 2]);
  assertEquals([await used(desk), looks(desk)], ["70", 2]);
});

Deno.test("the end of another order is not taken for that of ours", async () => {
  const another = { ...CANCELLED, id: "7", executedQuantity: "0" };
  const standing = { ...CANCELLED, status: "PartiallyFilled", executedQuantity: "0" };
  const rows = [[another], [standing], [another, standing]];
  for (const history of rows) {
    await using desk = await open({ "GET /wapi/v1/history/orders": () => json(history) });
    await place(desk);
    assertEquals(await used(desk), "280.1", JSON.stringify(history));
  }
});

Deno.test("an order that is filled with nothing contradicts itself, and counts in full", async () => {
  const history = [{ ...CANCELLED, status: "Filled", executedQuantity: "0" }];
  await using desk = await open({ "GET /wapi/v1/history/orders": () => json(history) });
  await place(desk);
  assertEquals(await used(desk), "280.1");
});

Deno.test("an order counts in full while the day's fills lag behind the order's own", async () => {
  await using desk = await open({ "GET /wapi/v1/history/orders": () => json([CANCELLED]) });
  await place(desk);
  desk.scripted["GET /wapi/v1/history/fills"] = ({ query }) =>
    json(query.orderId === "100" ? [fill()] : []);
  assertEquals(await used(desk), "280.1");
});

Deno.test("an order that was filled beyond what it was judged at counts as its reply tells", async () => {
  for (const status of ["Filled", "PartiallyFilled"]) {
    const executed = { executedQuantity: "1.9", executedQuoteQuantity: "285.05" };
    const filled = wireOrder({ ...CANCELLED, status, ...executed });
    await using desk = await open({
      "POST /api/v1/order": ({ body }) => json({ ...filled, ...body }),
    });
    const isOpen = status === "PartiallyFilled";
    if (isOpen) desk.scripted["GET /api/v1/orders"] = spotOrders(filled);
    await place(desk);
    assertEquals(await used(desk), isOpen ? "299.06" : "285.05");
  }
});

Deno.test("fills that a lagging history no longer shows count for a day all the same", async () => {
  const orders = { "GET /wapi/v1/history/orders": (): Response => json([CANCELLED]) };
  await using desk = await open(orders);
  await place(desk);
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince(
    fill({ quantity: "0.2" }),
    fill({ quantity: "0.3", tradeId: 2 }),
  );
  assertEquals(await used(desk), "70");
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince(fill({ quantity: "0.2" }));
  assertEquals(await used(desk), "70.02"); // 0.2 at 140, 0.3 at 140.05
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince();
  assertEquals(await used(desk), "70.03");
  desk.clock.advance(DAY_MS);
  assertEquals(await used(desk), "0");
});

Deno.test("an order of the days before ends with fills that are no longer of the day", async () => {
  const standing = { ...CANCELLED, status: "PartiallyFilled" };
  await using desk = await open({ "GET /api/v1/orders": spotOrders(standing) });
  await place(desk);
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince(fill());
  desk.clock.advance(3 * DAY_MS);
  assertEquals(await used(desk), "210.08"); // 1.5 at 140.05
  desk.scripted["GET /api/v1/orders"] = () => json([]);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([CANCELLED]);
  assertEquals(await used(desk), "0");
});

Deno.test("a history that can't be had gives nothing back, and stops nothing else", async () => {
  const unavailable = (): Response => new Response("<html>", { status: 502 });
  await using desk = await open({ "GET /wapi/v1/history/orders": unavailable });
  await place(desk);
  await place(desk, { price: "139.00" });
  assertEquals(await used(desk), "560.2");
});

Deno.test("fills of an old order that can't be had give nothing back either", async () => {
  await using desk = await openAged();
  desk.scripted["GET /wapi/v1/history/fills"] = ({ query }) =>
    query.orderId === undefined ? json([]) : new Response("<html>", { status: 502 });
  assertEquals(await used(desk), "280.1");
});

Deno.test("what an ended order filled counts until its fills are a day old", async () => {
  await using desk = await open({
    "GET /wapi/v1/history/orders": () => json([CANCELLED]),
    "GET /wapi/v1/history/fills": fillsSince(fill()),
  });
  await place(desk);
  assertEquals(await used(desk), "70"); // Closed from here on.
  desk.clock.advance(DAY_MS - 60_000);
  assertEquals(await used(desk), "70");
  desk.clock.advance(120_000);
  assertEquals(await used(desk), "0");
});

Deno.test("an order of the days before that ends today counts with what it filled today", async () => {
  await using desk = await openAged();
  const timestamp = naiveIso(desk.clock.now());
  desk.scripted["GET /wapi/v1/history/fills"] = fillsSince(fill({ timestamp }));
  assertEquals(await used(desk), "70"); // Closed from here on.
  desk.clock.advance(HOUR_MS);
  assertEquals(await used(desk), "70");
  desk.clock.advance(2 * DAY_MS);
  assertEquals(await used(desk), "0");
});

Deno.test("an order that executed more than it asked for frees nothing of another's", async () => {
  const over = wireOrder({ id: "8", price: "100", quantity: "1", executedQuantity: "3" });
  const rest = wireOrder({ id: "9", price: "100", quantity: "2", executedQuantity: "0" });
  await using desk = await open({ "GET /api/v1/orders": spotOrders(over, rest) }, HOUR_MS);
  assertEquals(await used(desk), "200");
});

Deno.test("an order for a share of a position may still fill all of that position", async () => {
  const positions = [["BTC_USDC_PERP", "9"], ["SOL_USDC_PERP", "-3"]]
    .map(([symbol, netQuantity]) => ({ symbol, netQuantity }));
  const share = wireOrder({
    ...{ id: "8", symbol: "SOL_USDC_PERP", price: null, quantity: null },
    ...{ triggerPrice: "150", triggerQuantity: "50%" },
  });
  const rows: [unknown, string][] = [
    [share, "450"],
    [{ ...share, symbol: "ETH_USDC_PERP" }, "0"],
  ];
  for (const [order, wanted] of rows) {
    const scripted: Record<string, Route> = {
      "GET /api/v1/position": () => json(positions),
      "GET /api/v1/orders": ({ query }) => json(query.marketType === "PERP" ? [order] : []),
    };
    await using desk = await open(scripted, HOUR_MS);
    assertEquals(await used(desk), wanted);
  }
});

Deno.test("fills count from every page, and once where a page begins anew with one", async () => {
  const fills = Array.from(
    { length: 1001 },
    (_, index) => fill({ orderId: "7", tradeId: index, price: "100", quantity: "0.001" }),
  );
  await using desk = await open({
    "GET /wapi/v1/history/fills": ({ query }) => {
      const offset = Number(query.offset);
      return json(fills.slice(Math.max(0, offset - 1), Math.max(0, offset - 1) + 1000));
    },
  }, HOUR_MS);
  assertEquals(await used(desk), "100.1");
});

Deno.test("fills without end are not counted in part: nothing leaves", async () => {
  const asked: number[] = [];
  await using desk = await open({
    "GET /wapi/v1/history/fills": ({ query }) => {
      asked.push(Number(query.offset));
      const page = Array.from({ length: 1000 }, (_, row) => Number(query.offset) + row);
      return json(page.map((tradeId) => fill({ orderId: "7", tradeId, quantity: "0.01" })));
    },
  });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["unavailable", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
  const [, counted] = error.message.match(/more than (\d+) fills/) ?? [];
  assertEquals([asked.length * 1000, new Set(asked).size], [Number(counted), asked.length]);
});

Deno.test("what is used up can't be told while nobody says what an asset is worth", async () => {
  const inEuro = fill({ orderId: "7", symbol: "SOL_EUR" });
  const markets = [market("SOL_USDC"), market("SOL_EUR")];
  await using desk = await open({
    "GET /api/v1/markets": () => json(markets),
    "GET /wapi/v1/history/fills": () => json([inEuro]),
  }, HOUR_MS);
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["limit", "not_placed"]);
  assertMatch(error.message, /used up can't be told: the exchange tells no price of EUR in USDC/);
});

/** Two desks on one journal, each for an account of its own: neither sees the other's orders. */
async function twoAccounts(
  first: Record<string, Route>,
  second: Record<string, Route> = {},
): Promise<[Desk, Desk]> {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const common = { clock, journal, limits: { maxDailyNotional: "500" } };
  return [
    await openDesk({ ...MARKET_ROUTES, ...first }, { ...common, key: "first" }),
    await openDesk({ ...MARKET_ROUTES, ...second }, { ...common, key: "second" }),
  ];
}

Deno.test("what another account filled counts for a day, though its fills show there alone", async () => {
  const [first, second] = await twoAccounts({
    "POST /api/v1/order": ({ body }) =>
      json(wireOrder({ ...body, id: "100", status: "Filled", executedQuantity: "2" })),
  });
  await using _first = first;
  await using _second = second;
  await place(first);
  first.scripted["GET /wapi/v1/history/fills"] = fillsSince(fill({ quantity: "2" }));
  assertEquals(await used(second), "280.1");
  // The first one closes it.
  assertEquals(await used(first), "280");
  assertEquals(await used(second), "280.1");
  first.clock.setWall(START_MS + DAY_MS + 60_000);
  assertEquals([await used(first), await used(second)], ["0", "0"]);
});

Deno.test("of what another account's order did not fill, nothing counts once that has closed it", async () => {
  const [first, second] = await twoAccounts({
    "POST /api/v1/order": ({ body }) => json(wireOrder({ ...body, id: "100", status: "Expired" })),
  });
  await using _first = first;
  await using _second = second;
  await place(first);
  assertEquals([await used(first), await used(second)], ["0", "0"]);
});

Deno.test("orders of another account are not looked up in the place of a desk's own", async () => {
  let id = 100;
  const taken: Route = ({ body }) => json(wireOrder({ ...body, id: String(id++) }));
  const [first, second] = await twoAccounts(
    { "POST /api/v1/order": taken, "GET /api/v1/orders": spotOrders() },
    { "POST /api/v1/order": taken },
  );
  await using _first = first;
  await using _second = second;
  for (let n = 1; n <= 9; n++) {
    await first.callTool("create_order", { ...LIMIT, price: `${n}.00`, quantity: "0.01" });
  }
  const { structuredContent } = await second.callTool("create_order", LIMIT);
  const { order } = structuredContent;
  second.scripted["GET /wapi/v1/history/orders"] = ({ query }) =>
    json(query.orderId === order.id ? [{ ...order, status: "Cancelled" }] : []);
  assertEquals(await used(second), "12.61");
});
