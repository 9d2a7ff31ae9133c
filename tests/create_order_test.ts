import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect, type Connection, hang, json, TestClock } from "./_helpers.ts";
import { market, MARKETS, refusal, type Route, type Routes, routes, wireOrder } from "./_routes.ts";

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.10",
  quantity: "1.5",
  clientId: 7,
};

interface Desk extends Connection {
  exchange: Routes;
}

async function open(scripted: Record<string, Route> = {}): Promise<Desk> {
  const clock = new TestClock();
  const exchange = routes(
    { "POST /api/v1/order": ({ body }) => json(wireOrder(body)), ...scripted },
    () => clock.now(),
  );
  return { ...await connect({ fetch: exchange.fetch, clock }), exchange };
}

function without(args: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([name]) => !names.includes(name)));
}

Deno.test("create_order sends what was asked, byte for byte, and answers with the order", async () => {
  await using desk = await open();
  const answer = await desk.callTool("create_order", LIMIT);
  assertEquals(desk.exchange.effects(), [{
    route: "POST /api/v1/order",
    query: {},
    body: { ...LIMIT, timeInForce: "GTC" },
  }]);
  assertEquals(answer.content[0]?.text, "LIVE BUY 1.5 SOL_USDC @ 140.10 GTC: New, 0/1.5 filled");
  assertEquals(JSON.parse(answer.content[1]?.text ?? ""), answer.structuredContent);
  const { outcome, order, desk: state } = answer.structuredContent;
  assertEquals([outcome, order.id, order.price], ["placed", "28563670003", "140.10"]);
  assertEquals(state, { mode: "live" });
  assertEquals(Object.keys(answer.structuredContent).at(-1), "desk");
});

Deno.test("create_order gives an order a client id of its own", async () => {
  await using desk = await open();
  await desk.callTool("create_order", without(LIMIT, "clientId"));
  const [effect] = desk.exchange.effects();
  assertEquals(effect?.body.clientId, 1000);
});

Deno.test("create_order sends a market order without a price", async () => {
  await using desk = await open({
    "POST /api/v1/order": ({ body }) =>
      json(wireOrder({
        ...body,
        price: null,
        quantity: "0.36",
        status: "Filled",
        executedQuantity: "0.36",
        executedQuoteQuantity: "50.436",
      })),
  });
  const args = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quoteQuantity: "50.5" };
  const answer = await desk.callTool("create_order", args);
  assertEquals(desk.exchange.effects()[0]?.body, { ...args, clientId: 1000 });
  assertEquals(
    answer.content[0]?.text,
    "LIVE BUY 0.36 SOL_USDC at market GTC: Filled, 0.36/0.36 filled at 140.1 on average",
  );
});

Deno.test("create_order says plainly that an order has expired", async () => {
  await using desk = await open({
    "POST /api/v1/order": ({ body }) => json(wireOrder({ ...body, status: "Expired" })),
  });
  const answer = await desk.callTool("create_order", { ...LIMIT, timeInForce: "IOC" });
  assertMatch(answer.content[0]?.text ?? "", /IOC: Expired, 0\/1\.5 filled; .*nothing rests/);
  assertEquals(answer.structuredContent.order.status, "Expired");
});

Deno.test("create_order understands numbers that are text and text that is numbers", async () => {
  await using desk = await open();
  const args = { ...LIMIT, price: 140.1, quantity: 1.5, clientId: "7", postOnly: "true" };
  await desk.callTool("create_order", { ...args, reduceOnly: null });
  assertEquals(desk.exchange.effects()[0]?.body, {
    ...LIMIT,
    price: "140.1",
    postOnly: true,
    timeInForce: "GTC",
  });
});

const REFUSED: [string, Record<string, unknown>, RegExp][] = [
  ["no price", without(LIMIT, "price"), /a Limit order needs a price/],
  ["no quantity", without(LIMIT, "quantity"), /a Limit order needs a quantity/],
  ["no symbol", without(LIMIT, "symbol"), /symbol is missing/],
  ...["nan", "NaN", "Infinity", "1e3", "-1", "0", "0.0", " 1", "1 ", "1,000", "٣", "", "+1", ".5"]
    .map((price): [string, Record<string, unknown>, RegExp] => [
      `price ${JSON.stringify(price)}`,
      { ...LIMIT, price },
      /price ".*" is not a decimal above zero in plain digits/,
    ]),
  ["price 1e-7 as a number", { ...LIMIT, price: 1e-7 }, /price must be a decimal as text/],
  ["price with lost digits", { ...LIMIT, price: 0.1 + 0.2 }, /price must be a decimal as text/],
  ["price true", { ...LIMIT, price: true }, /price must be a decimal as text/],
  ["price in an array", { ...LIMIT, price: ["140.10"] }, /price must be a decimal as text/],
  ["side buy", { ...LIMIT, side: "buy" }, /side must be "Bid" or "Ask"/],
  ["orderType limit", { ...LIMIT, orderType: "limit" }, /orderType must be "Limit" or "Market"/],
  ["timeInForce GTD", { ...LIMIT, timeInForce: "GTD" }, /"GTC" or "IOC" or "FOK"/],
  [
    "quantity and quoteQuantity",
    { ...without(LIMIT, "price"), orderType: "Market", quoteQuantity: "5" },
    /exactly one of quantity and quoteQuantity/,
  ],
  [
    "neither quantity",
    { symbol: "SOL_USDC", side: "Bid", orderType: "Market" },
    /exactly one of quantity and quoteQuantity/,
  ],
  ["a Limit with quoteQuantity", { ...LIMIT, quoteQuantity: "5" }, /quoteQuantity is for Market/],
  ["a Market with a price", { ...LIMIT, orderType: "Market" }, /a Market order takes no price/],
  ["postOnly on IOC", { ...LIMIT, postOnly: true, timeInForce: "IOC" }, /postOnly rests/],
  [
    "postOnly on Market",
    { ...without(LIMIT, "price"), orderType: "Market", postOnly: true },
    /postOnly is for Limit/,
  ],
  ["reduceOnly on spot", { ...LIMIT, reduceOnly: true }, /reduceOnly is for perpetuals/],
  ["a 10 kB symbol", { ...LIMIT, symbol: "S".repeat(10_000) }, /symbol must be a market such as/],
  ["a symbol with a newline", { ...LIMIT, symbol: "SOL_USDC\n" }, /symbol must be a market/],
  ["an injected parameter", { ...LIMIT, symbol: "SOL_USDC&side=Ask" }, /symbol must be a market/],
  ["an unknown argument", { ...LIMIT, prise: "1" }, /no argument "prise", did you mean price\?/],
  ["clientId -1", { ...LIMIT, clientId: -1 }, /clientId must be a whole number from 0 to/],
  ["clientId 2^32", { ...LIMIT, clientId: 2 ** 32 }, /clientId must be a whole number from 0/],
  ["clientId 1.5", { ...LIMIT, clientId: 1.5 }, /clientId must be a whole number from 0 to/],
  ["clientId text", { ...LIMIT, clientId: "my-order" }, /clientId must be a whole number/],
  [
    "quantity too fine",
    { ...LIMIT, quantity: "1.005" },
    /quantity 1.005 is not a multiple of 0.01/,
  ],
  ["quantity too small", { ...LIMIT, quantity: "0.001" }, /below the minimum 0.01: use 0.01/],
  ["__proto__", JSON.parse(`{"__proto__":{},"symbol":"SOL_USDC"}`), /no argument "__proto__"/],
];

for (const [name, args, message] of REFUSED) {
  Deno.test(`create_order refuses ${name} and sends nothing`, async () => {
    await using desk = await open();
    const error = await desk.callFailing("create_order", args);
    assertMatch(error.message, message);
    assertEquals(
      [error.code, error.outcome, error.desk],
      ["invalid_input", "not_placed", { mode: "live" }],
    );
    assert(error.message.length < 1000);
    assertEquals(desk.exchange.effects(), []);
  });
}

Deno.test("create_order names the nearest valid prices with complete arguments for each", async () => {
  await using desk = await open();
  const args = { ...LIMIT, symbol: "BTC_USDC", price: "60000.05", quantity: "0.01" };
  const error = await desk.callFailing("create_order", args);
  assertMatch(
    error.message,
    /price 60000\.05 is not a multiple of 0\.1: use 60000\.0 or 60000\.1$/,
  );
  assertEquals(error.suggestions, [{ ...args, price: "60000.0" }, { ...args, price: "60000.1" }]);
  for (const [index, suggestion] of error.suggestions.entries()) {
    const answer = await desk.callTool("create_order", { ...suggestion, clientId: index });
    assertEquals(answer.isError, undefined);
  }
});

Deno.test("create_order names every way out when price and quantity are both off", async () => {
  await using desk = await open();
  const args = { ...LIMIT, symbol: "kPEPE_USDC_PERP", price: "0.0100005", quantity: "4810" };
  const error = await desk.callFailing("create_order", args);
  const pairs = error.suggestions.map((s: typeof LIMIT) => [s.price, s.quantity]);
  assertEquals(pairs, [
    ["0.010000", "4800"],
    ["0.010000", "4900"],
    ["0.010001", "4800"],
    ["0.010001", "4900"],
  ]);
});

Deno.test("create_order answers an unknown symbol with the closest known ones", async () => {
  await using desk = await open();
  const error = await desk.callFailing("create_order", { ...LIMIT, symbol: "KPEPE_USDC_PERP" });
  assertEquals(error.closest[0], "kPEPE_USDC_PERP");
  assertMatch(error.hint, /kPEPE_USDC_PERP.*case/);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("create_order keeps to what a market's state lets through", async () => {
  const market_ = { ...LIMIT, orderType: "Market", price: undefined };
  const rows: [string, Record<string, unknown>, boolean][] = [
    ["Open", market_, true],
    ["PostOnly", LIMIT, false],
    ["PostOnly", { ...LIMIT, postOnly: true }, true],
    ["LimitOnly", LIMIT, true],
    ["LimitOnly", market_, false],
    ["CancelOnly", LIMIT, false],
    ["Closed", LIMIT, false],
    ["SomethingNew", LIMIT, false],
  ];
  for (const [orderBookState, args, passes] of rows) {
    await using desk = await open({
      "GET /api/v1/markets": () => json([market("SOL_USDC", { orderBookState })]),
    });
    const answer = await desk.callTool("create_order", without(args, args.price ? "" : "price"));
    assertEquals(answer.isError !== true, passes, `${orderBookState} ${answer.content[0]?.text}`);
    assertEquals(desk.exchange.effects().length, passes ? 1 : 0);
  }
});

Deno.test("create_order places nothing where neither list_orders nor the limits would see it", async () => {
  for (const marketType of ["PREDICTION", "IPERP", "DATED", "RFQ", "SOMETHING_NEW"]) {
    await using desk = await open({
      "GET /api/v1/markets": () => json([market("SOL_USDC", { marketType })]),
    });
    const { message, outcome } = await desk.callFailing("create_order", LIMIT);
    assertEquals([outcome, desk.exchange.effects()], ["not_placed", []]);
    assertEquals(
      message,
      `Cannot place order: SOL_USDC is of the kind ${marketType}, and this desk trades SPOT and PERP`,
    );
  }
});

Deno.test("create_order fetches the filters anew before it refuses by them", async () => {
  let state = "Closed";
  await using desk = await open({
    "GET /api/v1/markets": () => json([market("SOL_USDC", { orderBookState: state })]),
  });
  await desk.callFailing("create_order", LIMIT);
  state = "Open";
  assertEquals((await desk.callTool("create_order", LIMIT)).isError, undefined);
});

Deno.test("create_order finds a symbol that was listed after the markets were cached", async () => {
  let markets = [...MARKETS];
  await using desk = await open({ "GET /api/v1/markets": () => json(markets) });
  await desk.callTool("create_order", LIMIT);
  markets = [...markets, market("NEW_USDC")];
  const answer = await desk.callTool("create_order", {
    ...LIMIT,
    symbol: "NEW_USDC",
    clientId: 8,
  });
  assertEquals(answer.isError, undefined);
});

Deno.test("create_order passes the exchange's refusal on as data", async () => {
  await using desk = await open({
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "Insufficient funds\u001b[31m"),
  });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals(error, {
    code: "rejected",
    message: 'The exchange refused: INSUFFICIENT_FUNDS "Insufficient funds"',
    hint: "The exchange's words say why; if they can't be met, tell the owner",
    outcome: "not_placed",
    clientId: 7,
    desk: { mode: "live" },
  });
});

const LOST: Record<string, Route> = {
  "a timeout": hang,
  "a dropped connection": () => {
    throw new TypeError("error sending request: client error (SendRequest): connection closed");
  },
  "a 500": () => refusal("SERVER_ERROR", "oops", 500),
  "a 503": () => refusal("MAINTENANCE", "soon", 503),
  "a code TIMEOUT": () => refusal("TIMEOUT", "late", 400),
  "a redirect": () => new Response(null, { status: 307, headers: { location: "/elsewhere" } }),
  "HTML": () => new Response("<html>hello</html>"),
  "half a JSON": () => new Response('{"id":"1","sta'),
  "nothing at all": () => new Response(""),
  "3 MB of text": () => new Response("x".repeat(3_000_000)),
  "an order without an id": () => json({ ...wireOrder(), id: null }),
  "another order": () => json(wireOrder({ symbol: "BTC_USDC" })),
  "an order of another size": () => json(wireOrder({ quantity: "15" })),
};

for (const [name, answer] of Object.entries(LOST)) {
  Deno.test(`create_order answers ${name} with outcome unknown, once sent`, async () => {
    await using desk = await open({ "POST /api/v1/order": answer });
    const error = await desk.callFailing("create_order", LIMIT);
    assertEquals(
      [error.code, error.outcome, error.clientId],
      ["outcome_unknown", "unknown", 7],
    );
    assertMatch(error.message, /do not send it again/);
    assertMatch(error.hint, /get_order_outcome { "clientId": 7 }.*list_orders/);
    assert(error.message.length < 400);
    assertEquals(desk.exchange.effects().length, 1);
    assert(desk.clock.monotonic() <= 50_000);
  });
}

Deno.test("create_order finds an order whose reply was lost", async () => {
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  const ended = { "GET /wapi/v1/history/orders": () => json([wireOrder({ status: "Filled" })]) };
  for (const [looks, resolvedBy] of [[found, "open order"], [ended, "order history"]] as const) {
    await using desk = await open({ "POST /api/v1/order": hang, ...looks });
    const answer = await desk.callTool("create_order", LIMIT);
    assertEquals(answer.isError, undefined);
    assertEquals(answer.structuredContent.resolvedBy, resolvedBy);
    assertMatch(answer.content[0]?.text ?? "", /its reply was lost; found by/);
    assertEquals(desk.exchange.effects().length, 1);
  }
});

Deno.test("create_order does not take another order under its client id for its own", async () => {
  const others = [
    { quantity: "2" },
    { side: "Ask" },
    { price: "140.11" },
    { createdAt: 1767225600000 - 60_000 },
    { clientId: null },
  ];
  for (const other of others) {
    await using desk = await open({
      "POST /api/v1/order": hang,
      "GET /api/v1/order": () => json(wireOrder(other)),
    });
    assertEquals((await desk.callFailing("create_order", LIMIT)).outcome, "unknown");
  }
});

Deno.test("create_order without a key sends nothing and says what to set", async () => {
  const clock = new TestClock();
  const exchange = routes({}, () => clock.now());
  await using desk = await connect({ fetch: exchange.fetch, clock, hasKey: false });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["auth", "not_placed"]);
  assertMatch(error.hint, /BACKPACK_PRIVATE_KEY.*BACKPACK_MODE=paper/);
  assertEquals(exchange.effects(), []);
});
