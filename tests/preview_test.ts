/**
 * preview_order: what it tells, that it agrees with create_order, and that it never acts.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { decimal } from "../lib/decimal.ts";
import { PaperExchange } from "../lib/paper/exchange.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { DEFAULT_LIMITS } from "./_config.ts";
import { open as openScripted } from "./_desk.ts";
import { API_KEY, connect, type Connection, json, TestClock } from "./_helpers.ts";
import { market, MARKET_ROUTES, type Route } from "./_routes.ts";

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
};
interface Desk extends Connection {
  exchange: PaperExchange;
  effects: string[];
}

async function open(limits: Partial<Limits> = DEFAULT_LIMITS): Promise<Desk> {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  exchange.setPrice("SOL_USDC", "140.00");
  exchange.setPrice("SOL_USDC_PERP", "140.00");
  const effects: string[] = [];
  const fetch = (url: string, init: RequestInit): Promise<Response> => {
    if (init.method !== "GET") effects.push(`${init.method} ${new URL(url).pathname}`);
    return exchange.fetch(url, init);
  };
  const connection = await connect({ fetch, clock, mode: "paper", limits });
  return { ...connection, exchange, effects };
}

// deno-lint-ignore no-explicit-any
async function preview(desk: Desk, args: Record<string, unknown>): Promise<any> {
  const { structuredContent, content } = await desk.callTool("preview_order", args);
  if (structuredContent === undefined) throw new Error(content[0]?.text);
  return { ...structuredContent, line: content[0]?.text };
}

Deno.test("a preview says that a desk which only looks sends nothing", async () => {
  await using desk = await open({ ...DEFAULT_LIMITS, readOnly: true });
  const { wouldSend, checks } = await preview(desk, LIMIT);
  assertEquals([wouldSend, checks[0]], [false, {
    ...{ check: "BACKPACK_READ_ONLY", ok: false, limit: "true" },
    message: "the owner lets this desk only look",
  }]);
});

Deno.test("a preview shows each check with its result, and sends nothing", async () => {
  await using desk = await open();
  const { wouldSend, checks, notionalUsd, line, needsApproval } = await preview(desk, LIMIT);
  assertEquals([wouldSend, needsApproval], [true, false]);
  assertEquals(
    checks.map(({ check, ok }: { check: string; ok: boolean }) => [check, ok]),
    [
      ["market", true],
      ["halt", true],
      ["unresolved", true],
      ["repetition", true],
      ["BACKPACK_PRICE_COLLAR_PERCENT", true],
      ["BACKPACK_MAX_ORDER_NOTIONAL", true],
      ["BACKPACK_MAX_DAILY_NOTIONAL", true],
      ["BACKPACK_MAX_OPEN_ORDERS", true],
      ["BACKPACK_MAX_ORDERS_PER_MINUTE", true],
    ],
  );
  assertMatch(line, /^PAPER preview BUY SOL_USDC: would be sent, counts as 280/);
  assertEquals(Number(notionalUsd) >= 280, true);
  assertEquals(desk.effects, []);
});

Deno.test("a preview tells the fill, its fee and the balance of a Market order", async () => {
  await using desk = await open();
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "2" };
  const told = await preview(desk, order);
  const { structuredContent } = await desk.callTool("create_order", order);
  const { executedQuantity, executedQuoteQuantity } = structuredContent.order;
  assertEquals(told.fill.quantity, executedQuantity);
  assertEquals(Number(told.fill.averagePrice) * 2, Number(executedQuoteQuantity));
  // Ten basis points of what is paid.
  assertEquals(
    Number(told.fee.atOnce).toFixed(6),
    (Number(executedQuoteQuantity) / 1000).toFixed(6),
  );
  assertEquals(told.fee.resting, "0");
  assertEquals([told.balance.asset, told.balance.isEnough], ["USDC", true]);
});

Deno.test("a preview names what of an order's costs could not be read", async () => {
  const scripted = { "GET /api/v1/account": () => json({}, 503) };
  await using desk = await openScripted({ ...MARKET_ROUTES, ...scripted });
  const order = {
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    price: "140",
    quantity: "1",
  };
  const { notes } = (await desk.callTool("preview_order", order)).structuredContent;
  assertMatch(notes.join("\n"), /The fees could not be read: /);
});

Deno.test("a quote quantity is filled level by level, and is priced by what it takes", async () => {
  const scripted = {
    "GET /api/v1/depth": () =>
      json({
        asks: [["140", "10"], ["150", "10"], ["160", "10"]],
        ...{ bids: [["130", "1"]], lastUpdateId: "1", timestamp: 1 },
      }),
  };
  await using desk = await openScripted({ ...MARKET_ROUTES, ...scripted }, {
    limits: { priceCollarPercent: "50" },
  });
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Market" };
  const fillOf = async (quoteQuantity: string): Promise<unknown> =>
    (await desk.callTool("preview_order", { ...order, quoteQuantity })).structuredContent.fill;
  const rows = [
    ["1400", "10", "140", "140"],
    ["1401.5", "10.01", "140.00999", "150"],
    ["2900", "20", "145", "150"],
    ["3060", "21", "145.71428571", "160"],
  ];
  for (const [cost, quantity, averagePrice, worstPrice] of rows) {
    assertEquals(await fillOf(cost ?? ""), { quantity, averagePrice, worstPrice }, cost);
  }
});

Deno.test("a seller's balance is of the base asset, a perpetual's is margin", async () => {
  await using desk = await open();
  const ask = await preview(desk, { ...LIMIT, side: "Ask", quantity: "1.5" });
  assertEquals([ask.balance.asset, ask.balance.needed], ["SOL", "1.5"]);
  const bid = await preview(desk, { ...LIMIT, price: "139.50" });
  assertEquals([bid.balance.asset, bid.balance.needed], ["USDC", "279"]);
  const perp = await preview(desk, { ...LIMIT, symbol: "SOL_USDC_PERP" });
  const { leverageLimit } = (await desk.callTool("get_account")).structuredContent;
  assertEquals([perp.balance.asset, perp.balance.needed], [
    "USD margin",
    decimal(perp.notionalUsd).div(leverageLimit).toFixed(),
  ]);
  const reducing = await preview(desk, { ...LIMIT, symbol: "SOL_USDC_PERP", reduceOnly: true });
  assertEquals(reducing.balance.needed, "0");
});

Deno.test("a preview and create_order agree on what is refused, and why", async () => {
  const rows: Record<string, unknown>[] = [
    { quantity: "20" },
    { price: "160.00" },
    { price: "140.001" },
    { orderType: "Market" },
    { symbol: "SOL_USDC_PERP", quantity: "100" },
    { postOnly: true, timeInForce: "IOC" },
    { side: "Ask", price: "100.00" },
  ];
  for (const changes of rows) {
    await using desk = await open();
    const told = await preview(desk, { ...LIMIT, ...changes });
    const error = await desk.callFailing("create_order", { ...LIMIT, ...changes });
    assertEquals(told.wouldSend, false, JSON.stringify(changes));
    const failed = told.checks.filter(({ ok }: { ok: boolean }) => !ok);
    for (const { message } of failed) assertEquals(error.message.includes(message), true, message);
    assertEquals(told.suggestions, error.suggestions);
    assertEquals(desk.effects, []);
  }
});

Deno.test("a preview tells of a repetition and of a halt", async () => {
  await using desk = await open();
  await desk.callTool("create_order", LIMIT);
  const { checks } = await preview(desk, LIMIT);
  const repetition = checks.find(({ check }: { check: string }) => check === "repetition");
  assertEquals(repetition.ok, false);
  assertMatch(repetition.message, /repeatOf/);
});

Deno.test("preview_order takes create_order's arguments and no other", async () => {
  await using desk = await open();
  for (
    const [args, wanted] of [[{ prise: "1" }, /no argument "prise"/], [
      { side: "Buy" },
      /side/,
    ]] as const
  ) {
    const error = await desk.callFailing("preview_order", { ...LIMIT, ...args });
    assertEquals([error.code, error.outcome], ["invalid_input", undefined]);
    assertMatch(error.message, wanted);
  }
});

Deno.test("a preview names an exit on the wrong side, and nothing would be sent", async () => {
  await using desk = await open();
  const order = { ...LIMIT, symbol: "SOL_USDC_PERP", takeProfitTriggerPrice: "130.00" };
  const { wouldSend, checks } = await preview(desk, order);
  assertEquals([wouldSend, checks], [false, [{
    ...{ check: "exits", ok: false },
    message: "takeProfitTriggerPrice 130.00 is on the wrong side: a buyer's lies above its own " +
      "price, 140",
  }]]);
});

/** Limits that leave alone what a test does not name. */
const LIFTED: Partial<Limits> = {};

Deno.test("a preview tells the largest quantity, and what bounds it", async () => {
  const rows: [Partial<Limits>, Record<string, unknown>, string | undefined, string[]][] = [
    // 10000 USDC at 140.00; an Ask is bound by what is held.
    [LIFTED, {}, "71.42", ["account"]],
    [LIFTED, { side: "Ask", price: "141.00" }, "25", ["account"]],
    // 1000 USD at 140.00 or the market's, whichever is more.
    [{ maxOrderNotional: "1000" }, {}, "7.14", ["BACKPACK_MAX_ORDER_NOTIONAL"]],
    [{ maxOrderNotional: "1000" }, { price: "100.00" }, "7.14", ["BACKPACK_MAX_ORDER_NOTIONAL"]],
    [{ maxDailyNotional: "280" }, {}, "2", ["BACKPACK_MAX_DAILY_NOTIONAL"]],
    [
      { maxOrderNotional: "280", maxDailyNotional: "280" },
      {},
      "2",
      ["BACKPACK_MAX_ORDER_NOTIONAL", "BACKPACK_MAX_DAILY_NOTIONAL"],
    ],
    // One step more breaks the first alone, two break both.
    [
      { maxOrderNotional: "280", maxDailyNotional: "281.5" },
      {},
      "2",
      ["BACKPACK_MAX_ORDER_NOTIONAL"],
    ],
    [
      { maxOrderNotional: "1000" },
      { quantity: undefined, triggerPrice: "150.00", triggerQuantity: "2" },
      "6.66",
      ["BACKPACK_MAX_ORDER_NOTIONAL"],
    ],
    [
      { maxPositionNotional: "700" },
      { symbol: "SOL_USDC_PERP" },
      "5",
      ["BACKPACK_MAX_POSITION_NOTIONAL"],
    ],
    // Whatever its size, the order is stopped.
    [{ maxOrderNotional: "1" }, {}, undefined, ["BACKPACK_MAX_ORDER_NOTIONAL"]],
    [{ symbols: ["BTC_USDC"] }, {}, undefined, ["BACKPACK_SYMBOLS"]],
    [
      { maxOpenOrders: "0", priceCollarPercent: "1" },
      { price: "150.00" },
      undefined,
      ["BACKPACK_PRICE_COLLAR_PERCENT", "BACKPACK_MAX_OPEN_ORDERS"],
    ],
  ];
  for (const [limits, changes, quantity, boundBy] of rows) {
    await using desk = await open(limits);
    const { largest } = await preview(desk, { ...LIMIT, ...changes });
    const about = JSON.stringify([limits, changes]);
    assertEquals([largest.quantity, largest.boundBy], [quantity, boundBy], about);
  }
});

Deno.test("the largest quantity keeps to the market's bounds, and says whose bound it met", async () => {
  const filters = {
    price: { tickSize: "0.01", minPrice: "0.01" },
    quantity: { stepSize: "0.5", minQuantity: "1", maxQuantity: "10" },
  };
  const rows: [string, string, string][] = [
    ["9.7", "9.5", "account"],
    ["10", "10", "account"],
    ["10.5", "10", "market"],
    ["1", "1", "account"],
    ["0.9", "0", "account"],
  ];
  for (const [maxOrderQuantity, quantity, boundBy] of rows) {
    await using desk = await openScripted({
      ...MARKET_ROUTES,
      "GET /api/v1/markets": () => json([market("SOL_USDC", { filters })]),
      "GET /api/v1/account/limits/order": ({ query: { symbol, side } }) =>
        json({ maxOrderQuantity, symbol, side, autoLend: null }),
    });
    const { structuredContent } = await desk.callTool("preview_order", LIMIT);
    const { largest } = structuredContent;
    assertEquals([largest.quantity, largest.boundBy], [quantity, [boundBy]], maxOrderQuantity);
  }
});

Deno.test("the largest quantity is one of whole steps where the least one is none", async () => {
  const quantity = { stepSize: "0.5", minQuantity: "0.7" };
  const filters = { price: { tickSize: "0.01" }, quantity };
  const rows: [string, string | undefined][] = [["100", undefined], ["140.05", "1"], [
    "250",
    "1.5",
  ]];
  for (const [maxOrderNotional, wanted] of rows) {
    const scripted: Record<string, Route> = {
      ...MARKET_ROUTES,
      "GET /api/v1/markets": () => json([market("SOL_USDC", { filters })]),
      "GET /api/v1/account/limits/order": ({ query: { symbol, side } }) =>
        json({ maxOrderQuantity: "9", symbol, side }),
    };
    await using desk = await openScripted(scripted, { limits: { maxOrderNotional } });
    const { structuredContent } = await desk.callTool("preview_order", LIMIT);
    const { largest } = structuredContent;
    assertEquals([largest.quantity, largest.boundBy], [wanted, ["BACKPACK_MAX_ORDER_NOTIONAL"]]);
  }
});

Deno.test("the largest quantity is placed, and one step more is refused", async () => {
  const orders: [Partial<Limits>, Record<string, unknown>][] = [
    [LIFTED, {}],
    [LIFTED, { symbol: "SOL_USDC_PERP" }],
    [{ maxOrderNotional: "777.77" }, { price: "139.37" }],
    [{ maxDailyNotional: "777.77" }, { symbol: "SOL_USDC_PERP", side: "Ask" }],
    [{ maxOrderNotional: "500" }, { stopLossTriggerPrice: "130", symbol: "SOL_USDC_PERP" }],
    [{ maxOrderNotional: "500", priceCollarPercent: "5" }, { orderType: "Market", price: null }],
  ];
  for (const [limits, changes] of orders) {
    await using desk = await open(limits);
    const order = { ...LIMIT, ...changes };
    const { quantity } = (await preview(desk, order)).largest;
    const more = (Number(quantity) + 0.01).toFixed(2);
    const error = await desk.callFailing("create_order", { ...order, quantity: more });
    assertEquals(error.outcome, "not_placed", JSON.stringify(order));
    const { isError, content } = await desk.callTool("create_order", { ...order, quantity });
    assertEquals(isError, undefined, content[0]?.text);
  }
});

Deno.test("the largest quantity that the exchange does not tell is named, and never zero", async () => {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  await using desk = await connect({
    clock,
    fetch: (url, init) =>
      url.includes("/limits/order")
        ? new Response("<html>", { status: 502 })
        : exchange.fetch(url, init),
  });
  const { largest, notes, wouldSend } = (await desk.callTool("preview_order", {
    ...LIMIT,
    price: "130.00",
  })).structuredContent;
  assertEquals([largest, wouldSend], [undefined, true]);
  assertMatch(notes[0], /^The largest quantity could not be read: /);
});

Deno.test("the exchange is asked with the order's own price and switches", async () => {
  const asked: string[] = [];
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  await using desk = await connect({
    clock,
    fetch: (url, init) => {
      if (url.includes("/limits/order")) asked.push(new URL(url).search);
      return exchange.fetch(url, init);
    },
  });
  const PERP = { symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Limit", price: "150.00" };
  await desk.callTool("preview_order", { ...PERP, quantity: "1", reduceOnly: true });
  await desk.callTool("preview_order", {
    ...{ symbol: "SOL_USDC", side: "Bid", orderType: "Market", quoteQuantity: "50" },
    ...{ autoBorrow: false, autoLendRedeem: true },
  });
  assertEquals(asked, [
    "?symbol=SOL_USDC_PERP&side=Ask&price=150.00&reduceOnly=true",
    "?symbol=SOL_USDC&side=Bid&autoBorrow=false&autoLendRedeem=true",
  ]);
});

Deno.test("in read-only mode, too, preview_order says what it takes", async () => {
  await using desk = await open({ readOnly: true });
  const { tools } = await desk.client.listTools();
  assert(!tools.some(({ name }) => name === "create_order"));
  const preview = tools.find(({ name }) => name === "preview_order");
  const { properties, required } = preview?.inputSchema ?? {};
  assertEquals(Object.keys(properties ?? {}), [
    ...["symbol", "side", "orderType", "quantity", "quoteQuantity", "price"],
  ]);
  assertEquals(required, ["symbol", "side", "orderType"]);
});
