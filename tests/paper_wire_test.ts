import { assertEquals } from "@std/assert";
import { type Answer, type Customer, openExchange, send, START_MS } from "./_paper.ts";

const BID = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };
const JSON_TYPE = "application/json; charset=utf-8";
const TEXT_TYPE = "text/plain; charset=utf-8";

function textOf({ status, headers, text }: Answer): unknown[] {
  return [status, headers.get("content-type"), text];
}

function pagingOf({ headers }: Answer): (string | null)[] {
  const names = ["X-PAGE-COUNT", "X-CURRENT-PAGE", "X-PAGE-SIZE", "X-TOTAL"];
  return names.map((name) => headers.get(name));
}

async function placeThree(customer: Customer): Promise<string[]> {
  const ids = [];
  for (const price of ["128", "129", "130"]) {
    ids.push((await customer.place({ ...BID, price })).json.id);
  }
  return ids;
}

Deno.test("time and ping are plain text, everything else is JSON", async () => {
  const { exchange } = await openExchange();
  assertEquals(textOf(await send(exchange, "/api/v1/ping")), [200, TEXT_TYPE, "pong"]);
  assertEquals(textOf(await send(exchange, "/api/v1/time")), [200, TEXT_TYPE, String(START_MS)]);
  const status = [200, JSON_TYPE, '{"status":"Ok","message":null}'];
  assertEquals(textOf(await send(exchange, "/api/v1/status")), status);
});

Deno.test("an unknown path or method is text 404", async () => {
  const { exchange } = await openExchange();
  for (const path of ["/api/v1/nope", "/", "/api/v1/borrowLend", "/api/v1/time/"]) {
    assertEquals(textOf(await send(exchange, path)), [404, TEXT_TYPE, "not found"]);
  }
  const posted = await send(exchange, "/api/v1/time", { method: "POST" });
  assertEquals(textOf(posted), [404, TEXT_TYPE, "not found"]);
});

Deno.test("parameters that can't be read are text 400 in the exchange's words", async () => {
  const { exchange } = await openExchange();
  const cases = [
    [
      "depth?symbol=SOL_USDC&limit=21",
      'failed to parse parameter `limit`: failed to parse "DepthLimit": Expect a valid enumeration value.',
    ],
    [
      "klines?symbol=SOL_USDC&interval=1M&startTime=0",
      'failed to parse parameter `interval`: failed to parse "KlineInterval": Expect a valid enumeration value.',
    ],
    [
      "klines?symbol=SOL_USDC&interval=1m",
      'failed to parse parameter `startTime`: Type "integer_int64" expects an input value.',
    ],
  ];
  for (const [path, text] of cases) {
    assertEquals(textOf(await send(exchange, `/api/v1/${path}`)), [400, TEXT_TYPE, text]);
  }
});

Deno.test("bodies that can't be read are text 400 in the exchange's words", async () => {
  const { exchange, customer } = await openExchange();
  const problem = (reason: string): string =>
    `parse request payload error: ${reason} (occurred while parsing "OrderExecutePayload")`;
  const cases: [Record<string, unknown>, string][] = [
    [{ ...BID, symbol: "NOPE" }, problem('failed to parse "MarketSymbol": Invalid market symbol')],
    [
      { ...BID, side: "bid" },
      problem('failed to parse "Side": Expect a valid enumeration value.'),
    ],
    [
      { ...BID, price: 130 },
      problem('failed to parse "string_decimal": Expected input type "string", found 130.'),
    ],
    [
      { ...BID, clientId: "7" },
      problem('failed to parse "integer_uint32": Expected input type "integer", found "7".'),
    ],
    [
      { ...BID, postOnly: "true" },
      problem('failed to parse "boolean": Expected input type "boolean", found "true".'),
    ],
  ];
  for (const [body, text] of cases) {
    assertEquals(textOf(await customer.place(body)), [400, TEXT_TYPE, text]);
  }
  for (const price of ["1e3", "+130", "130.", ".5", "1,300", ""]) {
    assertEquals((await customer.place({ ...BID, price })).json, undefined, price);
  }
  assertEquals(exchange.openOrders(), []);
});

Deno.test("optional members without a value are null, and a Market reply has no price", async () => {
  const { customer } = await openExchange();
  const common = {
    clientId: null,
    createdAt: START_MS,
    reduceOnly: null,
    relatedOrderId: null,
    selfTradePrevention: "RejectTaker",
    side: "Bid",
    stopLossLimitPrice: null,
    stopLossTriggerBy: null,
    stopLossTriggerPrice: null,
    strategyId: null,
    symbol: "SOL_USDC",
    takeProfitLimitPrice: null,
    takeProfitTriggerBy: null,
    takeProfitTriggerPrice: null,
    timeInForce: "GTC",
    triggerBy: null,
    triggerPrice: null,
    triggerQuantity: null,
    triggeredAt: null,
  };
  const limit = (await customer.place(BID)).json;
  assertEquals(limit, {
    ...common,
    id: limit.id,
    executedQuantity: "0",
    executedQuoteQuantity: "0",
    orderType: "Limit",
    postOnly: false,
    price: "130",
    quantity: "1",
    status: "New",
  });
  const sent = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" };
  const market = (await customer.place(sent)).json;
  assertEquals(market, {
    ...common,
    id: market.id,
    executedQuantity: "1",
    executedQuoteQuantity: "140.01",
    orderType: "Market",
    quantity: "1",
    quoteQuantity: null,
    slippageTolerance: null,
    slippageToleranceType: null,
    status: "Filled",
  });
});

Deno.test("depth has the best bid last, the best ask first and microseconds", async () => {
  const { exchange } = await openExchange();
  const { json } = await send(exchange, "/api/v1/depth?symbol=SOL_USDC&limit=5");
  const prices = (levels: [string, string][]): number[] => levels.map(([price]) => Number(price));
  assertEquals(prices(json.bids), prices(json.bids).toSorted((a, b) => a - b));
  assertEquals(prices(json.asks), prices(json.asks).toSorted((a, b) => a - b));
  assertEquals([prices(json.bids).at(-1), prices(json.asks)[0]], [139.99, 140.01]);
  assertEquals([json.bids.length, json.asks.length, json.timestamp], [5, 5, START_MS * 1000]);
});

Deno.test("a closed market has no depth and no mark price", async () => {
  const { exchange } = await openExchange();
  exchange.setMarketState("SOL_USDC", "Closed");
  const depth = await send(exchange, "/api/v1/depth?symbol=SOL_USDC");
  assertEquals([depth.status, depth.json.code], [404, "RESOURCE_NOT_FOUND"]);
  const mark = await send(exchange, "/api/v1/markPrices?symbol=SOL_USDC");
  assertEquals([mark.status, mark.json.message], [400, "Symbol not found"]);
  const market = await send(exchange, "/api/v1/market?symbol=SOL_USDC");
  assertEquals(market.json.orderBookState, "Closed");
});

Deno.test("markets can be asked for by more than one type", async () => {
  const { exchange } = await openExchange();
  const symbols = async (query: string): Promise<string[]> =>
    (await send(exchange, `/api/v1/markets${query}`)).json.map(
      ({ symbol }: { symbol: string }) => symbol,
    );
  const all = await symbols("");
  assertEquals(all.length, 5);
  assertEquals(await symbols("?marketType=SPOT"), ["BTC_USDC", "SOL_USDC"]);
  assertEquals(await symbols("?marketType=SPOT&marketType=PERP"), all);
});

Deno.test("history has another schema: naive ISO times, the expiry reason, no reduceOnly", async () => {
  const { customer } = await openExchange();
  await customer.place({ ...BID, clientId: 7, timeInForce: "IOC" });
  const { json } = await customer.get("/wapi/v1/history/orders");
  const { createdAt, expiryReason, clientId } = json[0];
  assertEquals([createdAt, expiryReason, clientId], [
    "2026-09-23T12:00:00.000",
    "ImmediateOrCancel",
    7,
  ]);
  const absent = ["reduceOnly", "triggeredAt", "relatedOrderId"];
  assertEquals(absent.filter((key) => key in json[0]), []);
});

Deno.test("fills carry the client id as text", async () => {
  const { customer } = await openExchange();
  const order = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", quantity: "1" };
  const { id } = (await customer.place({ ...order, clientId: 7 })).json;
  const { json } = await customer.get("/wapi/v1/history/fills", { fillType: "User" });
  assertEquals(json, [{
    orderId: id,
    clientId: "7",
    symbol: "SOL_USDC",
    side: "Ask",
    price: "139.99",
    quantity: "1",
    fee: "0.13999",
    feeSymbol: "USDC",
    isMaker: false,
    timestamp: "2026-09-23T12:00:00.000",
    tradeId: json[0].tradeId,
    systemOrderType: null,
  }]);
  assertEquals((await customer.get("/wapi/v1/history/fills", { fillType: "Adl" })).json, []);
});

Deno.test("histories are newest first, sorted and paged on demand, with headers", async () => {
  const { customer } = await openExchange();
  const ids = await placeThree(customer);
  const list = (query: Record<string, unknown>): Promise<Answer> =>
    customer.get("/wapi/v1/history/orders", query);
  const idsOf = ({ json }: Answer): string[] => json.map(({ id }: { id: string }) => id);
  const all = await list({});
  assertEquals([idsOf(all), pagingOf(all)], [ids.toReversed(), ["1", "1", "100", "3"]]);
  const second = await list({ limit: 2, offset: 2, sortDirection: "Asc" });
  assertEquals([idsOf(second), pagingOf(second)], [ids.slice(2), ["2", "2", "2", "3"]]);
  assertEquals(idsOf(await list({ orderId: ids[1] })), [ids[1]]);
  assertEquals(idsOf(await list({ symbol: "BTC_USDC" })), []);
  assertEquals(idsOf(await list({ marketType: "PERP" })), []);
  assertEquals((await list({ limit: 1001 })).status, 400);
  assertEquals((await list({ offset: -1 })).status, 400);
});

Deno.test("fills can be asked for by time and order", async () => {
  const { customer, clock } = await openExchange();
  const order = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", quantity: "1" };
  const first = (await customer.place(order)).json.id;
  clock.nowMs += 1000;
  const second = (await customer.place(order)).json.id;
  const orders = async (query: Record<string, unknown>): Promise<string[]> =>
    (await customer.get("/wapi/v1/history/fills", query)).json.map(
      ({ orderId }: { orderId: string }) => orderId,
    );
  assertEquals(await orders({ to: START_MS }), [first]);
  assertEquals(await orders({ from: START_MS + 1 }), [second]);
  assertEquals(await orders({ orderId: first }), [first]);
});

Deno.test("open orders are a bare list, filtered by symbol and type", async () => {
  const { customer } = await openExchange();
  await placeThree(customer);
  await customer.place({ ...BID, symbol: "SOL_USDC_PERP" });
  const count = async (query: Record<string, unknown>): Promise<number> =>
    (await customer.get("/api/v1/orders", query)).json.length;
  assertEquals([await count({}), await count({ symbol: "SOL_USDC" })], [4, 3]);
  assertEquals([await count({ marketType: "PERP" }), await count({ symbol: "BTC_USDC" })], [1, 0]);
  assertEquals(pagingOf(await customer.get("/api/v1/orders")), [null, null, null, null]);
});

Deno.test("klines bucket the market's own trades, empty ones with null prices", async () => {
  const { exchange, customer, clock } = await openExchange();
  clock.nowMs += 120_000;
  const order = { symbol: "SOL_USDC", orderType: "Market" };
  await customer.place({ ...order, side: "Bid", quantity: "2" });
  await customer.place({ ...order, side: "Ask", quantity: "1" });
  const path = `/api/v1/klines?symbol=SOL_USDC&interval=1m&startTime=${START_MS / 1000}`;
  const { json } = await send(exchange, path);
  assertEquals(json.length, 3);
  assertEquals([json[1].open, json[1].volume, json[1].trades], [null, "0", "0"]);
  assertEquals(json[2], {
    start: "2026-09-23 12:02:00",
    end: "2026-09-23 12:03:00",
    open: "140.01",
    high: "140.01",
    low: "139.99",
    close: "139.99",
    volume: "3",
    quoteVolume: "420.01",
    trades: "2",
  });
});

Deno.test("klines keep to calendar months, Mondays and a thousand buckets", async () => {
  const { exchange } = await openExchange();
  const klines = (query: string): Promise<Answer> =>
    send(exchange, `/api/v1/klines?symbol=SOL_USDC&${query}`);
  const startTime = Date.UTC(2026, 6, 31) / 1000;
  const months = (await klines(`interval=1month&startTime=${startTime}`)).json;
  const starts = (rows: { start: string }[]): string[] => rows.map(({ start }) => start);
  assertEquals(starts(months), [
    "2026-07-01 00:00:00",
    "2026-08-01 00:00:00",
    "2026-09-01 00:00:00",
  ]);
  const weeks = (await klines(`interval=1w&startTime=${START_MS / 1000}`)).json;
  assertEquals(starts(weeks), ["2026-09-21 00:00:00"]);
  assertEquals((await klines("interval=1s&startTime=0")).json.code, "INVALID_RANGE");
});

Deno.test("the ticker is 204 without a body after a day without a trade", async () => {
  const { exchange, clock } = await openExchange();
  const path = "/api/v1/ticker?symbol=SOL_USDC";
  assertEquals((await send(exchange, path)).json.lastPrice, "140");
  clock.nowMs += 86_400_001;
  const empty = await send(exchange, path);
  assertEquals([empty.status, empty.text], [204, ""]);
  assertEquals((await send(exchange, `${path}&interval=1w`)).status, 200);
  assertEquals((await send(exchange, "/api/v1/tickers")).json, []);
});

Deno.test("trades are newest first and tell who was the aggressor", async () => {
  const { exchange, customer } = await openExchange();
  const order = { symbol: "SOL_USDC", orderType: "Market", quantity: "1" };
  await customer.place({ ...order, side: "Bid" });
  await customer.place({ ...order, side: "Ask" });
  const { json } = await send(exchange, "/api/v1/trades?symbol=SOL_USDC&limit=2");
  const rows = json.map((row: Record<string, unknown>) => [row.price, row.isBuyerMaker]);
  assertEquals(rows, [["139.99", true], ["140.01", false]]);
  const older = await send(exchange, "/api/v1/trades/history?symbol=SOL_USDC&limit=1&offset=1");
  assertEquals(older.json, [json[1]]);
});
