/**
 * Triggers, attached exits, borrowing and the other members of an order: what goes together, what
 * is sent, and how the owner's limits count it.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import type { Limits } from "../lib/limit_settings.ts";
import { type Desk, open } from "./_desk.ts";
import { json } from "./_helpers.ts";
import { MARKET_ROUTES, type Route, wireOrder } from "./_routes.ts";

const BID = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Limit", price: "140.00" };
const ENTRY = { ...BID, quantity: "2" };
const STOP = {
  symbol: "SOL_USDC_PERP",
  side: "Ask",
  orderType: "Market",
  triggerPrice: "120.00",
  triggerQuantity: "2",
};

function openDesk(
  limits: Partial<Limits> = {},
  scripted: Record<string, Route> = {},
): Promise<Desk> {
  const echo: Route = ({ body }) => json(wireOrder({ price: null, quantity: null, ...body }));
  const all = { ...MARKET_ROUTES, "POST /api/v1/order": echo, ...scripted };
  return open(all, { limits });
}

const REFUSED: [string, Record<string, unknown>, RegExp][] = [
  ["a trigger price alone", { ...STOP, triggerQuantity: null }, /go together/],
  ["a trigger quantity alone", { ...STOP, triggerPrice: null, quantity: "2" }, /go together/],
  ["quantity beside triggerQuantity", { ...STOP, quantity: "2" }, /leave quantity and quote/],
  ["quoteQuantity beside a trigger", { ...STOP, quoteQuantity: "2" }, /leave quantity and quote/],
  ["a share of the position", { ...STOP, triggerQuantity: "50%" }, /no share of the position/],
  ["triggerBy alone", { ...ENTRY, triggerBy: "LastPrice" }, /triggerBy needs a triggerPrice/],
  ["a trigger between ticks", { ...STOP, triggerPrice: "120.001" }, /120.00 or 120.01/],
  ["a trigger quantity between steps", { ...STOP, triggerQuantity: "0.015" }, /0.01 or 0.02/],
  ["a Limit trigger without price", { ...STOP, orderType: "Limit" }, /needs a price/],
  [
    "an exit's limit alone",
    { ...ENTRY, stopLossLimitPrice: "100" },
    /needs a stopLossTriggerPrice/,
  ],
  ["an exit's trigger alone", { ...ENTRY, takeProfitTriggerBy: "LastPrice" }, /needs a takeProfit/],
  ["an exit between ticks", { ...ENTRY, stopLossTriggerPrice: "130.005" }, /not a multiple/],
  [
    "an exit on spot",
    { ...ENTRY, symbol: "SOL_USDC", stopLossTriggerPrice: "130" },
    /for perpetuals/,
  ],
  ["borrowing on a perpetual", { ...ENTRY, autoBorrow: true }, /for spot margin/],
  ["a tolerance on a Limit order", { ...ENTRY, slippageTolerance: "1" }, /for Market orders/],
  [
    "a tolerance without its unit",
    { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1", slippageTolerance: "1" },
    /go together/,
  ],
  ["an unknown trigger", { ...STOP, triggerBy: "Mark" }, /triggerBy must be/],
];

for (const [name, args, wanted] of REFUSED) {
  Deno.test(`${name} is refused before anything is sent`, async () => {
    await using desk = await openDesk();
    const error = await desk.callFailing("create_order", args);
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"]);
    assertMatch(error.message, wanted);
    assertEquals(desk.exchange.effects(), []);
  });
}

Deno.test("a trigger order is sent as asked, by the mark price unless told", async () => {
  await using desk = await openDesk();
  await desk.callTool("create_order", { ...STOP, reduceOnly: true, clientId: 7 });
  const other = { ...STOP, triggerPrice: "119.00", triggerBy: "LastPrice", clientId: 8 };
  await desk.callTool("create_order", other);
  assertEquals(desk.exchange.effects().map(({ body }) => body), [
    { ...STOP, reduceOnly: true, clientId: 7, triggerBy: "MarkPrice" },
    other,
  ]);
});

Deno.test("attached exits are sent as asked, each by the mark price unless told", async () => {
  const exits = {
    takeProfitTriggerPrice: "150.00",
    stopLossTriggerPrice: "130.00",
    stopLossLimitPrice: "129.00",
    stopLossTriggerBy: "IndexPrice",
  };
  await using desk = await openDesk();
  await desk.callTool("create_order", { ...ENTRY, ...exits, clientId: 7 });
  assertEquals(desk.exchange.effects()[0]?.body, {
    ...{ ...ENTRY, ...exits, clientId: 7 },
    timeInForce: "GTC",
    takeProfitTriggerBy: "MarkPrice",
  });
});

Deno.test("the other members are sent as asked", async () => {
  const order = {
    ...{ symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1", clientId: 7 },
    ...{ selfTradePrevention: "RejectBoth", autoBorrow: true, autoBorrowRepay: false },
    ...{ autoLend: true, autoLendRedeem: true },
    ...{ slippageTolerance: "0.5", slippageToleranceType: "Percent" },
  };
  await using desk = await openDesk({ allowBorrow: true });
  await desk.callTool("create_order", order);
  assertEquals(desk.exchange.effects()[0]?.body, order);
});

Deno.test("an exit on the wrong side is refused with both prices", async () => {
  const rows: [Record<string, unknown>, RegExp][] = [
    [{ stopLossTriggerPrice: "141.00" }, /stopLossTriggerPrice 141.00 .* below its own price, 140/],
    [{ takeProfitTriggerPrice: "139.00" }, /takeProfitTriggerPrice 139.00 .* above its own price/],
    [{ stopLossTriggerPrice: "140.00" }, /stopLossTriggerPrice 140.00 .* below its own price, 140/],
    [{ takeProfitTriggerPrice: "140.00" }, /takeProfitTriggerPrice 140.00 .* above its own price/],
    [
      { price: "145.00", stopLossTriggerPrice: "142" },
      /142 .* a buyer's lies below the mark, 140.04/,
    ],
    [{ side: "Ask", stopLossTriggerPrice: "139.00" }, /a seller's lies above the mark, 140.04/],
    [{ side: "Ask", takeProfitTriggerPrice: "141.00" }, /a seller's lies below the mark, 140.04/],
  ];
  for (const [changes, wanted] of rows) {
    await using desk = await openDesk();
    const error = await desk.callFailing("create_order", { ...ENTRY, ...changes });
    assertMatch(error.message, wanted);
    assertEquals(desk.exchange.effects(), []);
  }
});

Deno.test("a bare trigger is valid on either side of the market", async () => {
  await using desk = await openDesk({ priceCollarPercent: "5" });
  for (const triggerPrice of ["50.00", "500.00"]) {
    const { structuredContent } = await desk.callTool("create_order", { ...STOP, triggerPrice });
    assertEquals(structuredContent.outcome, "placed");
  }
});

Deno.test("a triggered Limit is compared with its own trigger", async () => {
  const stop = { ...STOP, orderType: "Limit", triggerPrice: "100.00" };
  await using desk = await openDesk({ priceCollarPercent: "5" });
  const error = await desk.callFailing("create_order", { ...stop, price: "94.99" });
  assertMatch(error.message, /worse than the trigger, 100/);
  const { structuredContent } = await desk.callTool("create_order", { ...stop, price: "95.00" });
  assertEquals(structuredContent.outcome, "placed");
});

Deno.test("a trigger counts at the worse of its own prices and the market's", async () => {
  const rows: [Record<string, unknown>, string][] = [
    [{ triggerPrice: "1.00" }, "280.1"],
    [{ triggerPrice: "1.00", side: "Bid" }, "280.1"],
    [{ triggerPrice: "150.00" }, "300"],
    [{ triggerPrice: "150.00", orderType: "Limit", price: "151.00" }, "302"],
  ];
  for (const [changes, value] of rows) {
    await using desk = await openDesk({ maxOrderNotional: "200" });
    const error = await desk.callFailing("create_order", { ...STOP, ...changes });
    assertEquals([error.limits[0].value, desk.exchange.effects()], [value, []]);
  }
});

Deno.test("a trigger on a market that tells no price can't be counted, and does not leave", async () => {
  await using desk = await openDesk({ maxOrderNotional: "200" });
  const none = { bids: [], asks: [], lastUpdateId: "1", timestamp: 0 };
  desk.scripted["GET /api/v1/depth"] = () => json(none);
  desk.scripted["GET /api/v1/ticker"] = () => new Response(null, { status: 204 });
  desk.scripted["GET /api/v1/markPrices"] = () => json([]);
  const error = await desk.callFailing("create_order", STOP);
  assertMatch(error.message, /its value can't be told: the market tells no price/);
});

Deno.test("an exit counts beside its entry, and as an order that may rest", async () => {
  const exits = { takeProfitTriggerPrice: "200.00", stopLossTriggerPrice: "130.00" };
  await using desk = await openDesk({ maxDailyNotional: "600", maxOpenOrders: "2" });
  const error = await desk.callFailing("create_order", { ...ENTRY, ...exits });
  assertEquals(
    error.limits.map(({ variable, value }: Record<string, string>) => [variable, value]),
    [["BACKPACK_MAX_DAILY_NOTIONAL", "680.1"], ["BACKPACK_MAX_OPEN_ORDERS", "3"]],
  );
});

Deno.test("exits count among the orders that rest, whatever their entry does", async () => {
  const exits = { takeProfitTriggerPrice: "150.00", stopLossTriggerPrice: "130.00" };
  const { price: _, ...entry } = ENTRY;
  const market = { ...entry, ...exits, orderType: "Market" };
  const variables = (error: { limits: { variable: string; left: string }[] }): unknown =>
    error.limits.map(({ variable, left }) => [variable, left]);
  const tooMany = (left: string): unknown => [["BACKPACK_MAX_OPEN_ORDERS", left]];

  await using none = await openDesk({ maxOpenOrders: "1" });
  assertEquals(variables(await none.callFailing("create_order", market)), tooMany("1"));

  // Filled, and its exits not on the book yet; then there; then one of them done.
  await using desk = await openDesk({ maxOpenOrders: "3" });
  desk.scripted["POST /api/v1/order"] = ({ body }) =>
    json(wireOrder({ ...body, id: "1", status: "Filled", executedQuantity: "2" }));
  await desk.callTool("create_order", market);
  const another = { ...market, quantity: "1" };
  assertEquals(variables(await desk.callFailing("create_order", another)), tooMany("1"));
  const leg = wireOrder({
    ...{ id: "2", clientId: null, symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market" },
    ...{ price: null, quantity: null, triggerPrice: "150.00", triggerQuantity: "2" },
    ...{ relatedOrderId: "1", status: "TriggerPending" },
  });
  const legs = [leg, { ...leg, id: "3", triggerPrice: "130.00" }];
  desk.scripted["GET /api/v1/orders"] = ({ query }) =>
    json(query.marketType === "PERP" ? legs : []);
  assertEquals(variables(await desk.callFailing("create_order", another)), tooMany("1"));

  // An entry that rests has its exits still before it, whoever placed it.
  await using resting = await openDesk({ maxOpenOrders: "4" });
  const row = wireOrder({ ...ENTRY, ...exits, id: "9", clientId: null });
  resting.scripted["GET /api/v1/orders"] = ({ query }) =>
    json(query.marketType === "PERP" ? [row] : []);
  assertEquals(variables(await resting.callFailing("create_order", market)), tooMany("1"));

  // One that ended with nothing has left none.
  await using expired = await openDesk({ maxOpenOrders: "2" });
  expired.scripted["POST /api/v1/order"] = ({ body }) =>
    json(wireOrder({ ...body, id: "1", status: "Expired" }));
  for (const quantity of ["2", "1"]) {
    const answer = await expired.callTool("create_order", { ...market, quantity });
    assertEquals(answer.structuredContent?.outcome, "placed", answer.content[0]?.text);
  }
});

Deno.test("an exit goes on counting while it stands, whatever became of its entry", async () => {
  const DAY_MS = 24 * 3_600_000;
  await using desk = await openDesk({ maxDailyNotional: "700" });
  desk.scripted["POST /api/v1/order"] = ({ body }) =>
    json(wireOrder({ ...body, id: "1", status: "Filled", executedQuantity: "2" }));
  await desk.callTool("create_order", { ...ENTRY, takeProfitTriggerPrice: "150.00" });
  const fill = {
    ...{
      orderId: "1",
      symbol: "SOL_USDC_PERP",
      side: "Bid",
      price: "140",
      quantity: "2",
      fee: "0",
    },
    ...{ feeSymbol: "USDC", isMaker: false, timestamp: "2026-01-01T00:00:00" },
  };
  desk.scripted["GET /wapi/v1/history/fills"] = () => json([fill]);
  const used = async (): Promise<string> => {
    const { structuredContent } = await desk.callTool("get_limits");
    return structuredContent.limits.find(({ variable }: { variable: string }) =>
      variable === "BACKPACK_MAX_DAILY_NOTIONAL"
    ).used;
  };
  assertEquals(await used(), "580");
  desk.clock.setWall(desk.clock.now() + 2 * DAY_MS);
  desk.scripted["GET /wapi/v1/history/fills"] = () => json([]);
  assertEquals(await used(), "0");
  const leg = wireOrder({
    ...{ id: "2", clientId: null, symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market" },
    ...{ price: null, quantity: null, triggerPrice: "150.00", triggerQuantity: "2" },
    ...{ relatedOrderId: "1", status: "TriggerPending" },
  });
  desk.scripted["GET /api/v1/orders"] = ({ query }) =>
    json(query.marketType === "PERP" ? [leg] : []);
  assertEquals(await used(), "300");
});

Deno.test("without the owner's word no order borrows", async () => {
  const order = { ...ENTRY, symbol: "SOL_USDC", autoBorrow: true };
  await using desk = await openDesk({ allowBorrow: false, maxOrderNotional: "1000" });
  const error = await desk.callFailing("create_order", order);
  assertEquals(error.limits[0].variable, "BACKPACK_ALLOW_BORROW");
  assertEquals(desk.exchange.effects(), []);
  const { structuredContent } = await desk.callTool("create_order", {
    ...order,
    autoBorrow: false,
  });
  assertEquals(structuredContent.outcome, "placed");
});

Deno.test("two orders that differ in their trigger alone are not taken for one", async () => {
  await using desk = await openDesk();
  await desk.callTool("create_order", STOP);
  const { structuredContent } = await desk.callTool("create_order", {
    ...STOP,
    triggerPrice: "119.00",
  });
  assertEquals(structuredContent.outcome, "placed");
  assertEquals((await desk.callFailing("create_order", STOP)).code, "repeat");
});
