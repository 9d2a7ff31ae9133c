/**
 * Balances, positions, the account and one order, through the real client.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { connect, type Connection, json, START_MS, TestClock } from "./_helpers.ts";
import { refusal, type Route, type Routes, routes, wireOrder } from "./_routes.ts";

const NONE = { available: "0", locked: "0", staked: "0" };
const CAPITAL = "GET /api/v1/capital";
const COLLATERAL = "GET /api/v1/capital/collateral";
const POSITION = "GET /api/v1/position";
const ORDER = "GET /api/v1/order";
const ORDERS = "GET /api/v1/orders";
const HISTORY = "GET /wapi/v1/history/orders";
const MARKS = "GET /api/v1/markPrices";

const fails: Route = () => refusal("INVALID_CLIENT_REQUEST", "Not now");
const isGone: Route = () => refusal("RESOURCE_NOT_FOUND", "Not Found", 404);

async function open(
  scripted: Record<string, Route>,
): Promise<Connection & { exchange: Routes; asked(route: string): Record<string, string>[] }> {
  const clock = new TestClock();
  const exchange = routes(scripted, () => clock.now());
  const asked = (route: string): Record<string, string>[] =>
    exchange.received.filter((request) => request.route === route).map(({ query }) => query);
  return { ...await connect({ fetch: exchange.fetch, clock }), exchange, asked };
}

function collateralOf(symbol: string, changes: Record<string, unknown> = {}): unknown {
  return {
    symbol,
    assetMarkPrice: "1",
    totalQuantity: "0",
    balanceNotional: "0",
    collateralWeight: "1",
    collateralValue: "0",
    openOrderQuantity: "0",
    lendQuantity: "0",
    availableQuantity: "0",
    ...changes,
  };
}

const MARGIN = {
  assetsValue: "20.282501237292616743",
  borrowLiability: "0",
  imf: "0.05",
  unsettledEquity: "0",
  liabilitiesValue: "0",
  marginFraction: null,
  mmf: "0.0125",
  netEquity: "20.282501237292616743",
  netEquityAvailable: "18.5",
  netEquityLocked: "1.782501237292616743",
  netExposureFutures: "0",
  pnlUnrealized: "0",
  collateral: [
    collateralOf("USDC", { lendQuantity: "10.6524044577", totalQuantity: "10.6524044577" }),
    collateralOf("SOL", {
      assetMarkPrice: "144.95",
      lendQuantity: "0.0699302874",
      totalQuantity: "0.0699302874",
    }),
    collateralOf("BTC", { assetMarkPrice: "60000" }),
  ],
};

Deno.test("get_balances with auto-lend on shows what is lent, though capital reads zero", async () => {
  await using desk = await open({
    [CAPITAL]: () => json({ USDC: NONE, SOL: NONE, BTC: NONE }),
    [COLLATERAL]: () => json(MARGIN),
  });
  const { structuredContent, content } = await desk.callTool("get_balances");
  assertEquals(structuredContent, {
    balances: [
      {
        asset: "SOL",
        ...NONE,
        lent: "0.0699302874",
        total: "0.0699302874",
        priceUsd: "144.95",
        valueUsd: "10.13639515863",
      },
      {
        asset: "USDC",
        ...NONE,
        lent: "10.6524044577",
        total: "10.6524044577",
        priceUsd: "1",
        valueUsd: "10.6524044577",
      },
    ],
    totalUsd: "20.78879961633",
    desk: { mode: "live" },
  });
  assertEquals(
    content[0]?.text,
    "LIVE 2 assets, 20.78 USD in all: 0.06993028 SOL (10.13 USD), 10.65240445 USDC",
  );
  assertEquals(desk.asked(MARKS), []);
});

Deno.test("get_balances adds the parts and counts nothing twice", async () => {
  await using desk = await open({
    [CAPITAL]: () => json({ USDC: { available: "100.10", locked: "20", staked: "3" } }),
    [COLLATERAL]: () =>
      json({
        ...MARGIN,
        borrowLiability: "36.2375",
        collateral: [collateralOf("USDC", { lendQuantity: "7", totalQuantity: "130.1" })],
      }),
  });
  const { structuredContent, content } = await desk.callTool("get_balances");
  assertEquals(structuredContent.balances, [{
    asset: "USDC",
    available: "100.10",
    locked: "20",
    staked: "3",
    lent: "7",
    total: "130.1",
    priceUsd: "1",
    valueUsd: "130.1",
  }]);
  assertEquals(structuredContent.borrowedUsd, "36.2375");
  assertMatch(content[0]?.text ?? "", /; 36\.23 USD borrowed, not subtracted$/);
});

Deno.test("get_balances adds up values of more digits than the exchange may send", async () => {
  const [available, assetMarkPrice] = [`1.${"0".repeat(39)}1`, `2.${"0".repeat(39)}1`];
  await using desk = await open({
    [CAPITAL]: () => json({ SOL: { ...NONE, available } }),
    [COLLATERAL]: () => json({ ...MARGIN, collateral: [collateralOf("SOL", { assetMarkPrice })] }),
  });
  const { structuredContent, content } = await desk.callTool("get_balances");
  assertEquals(structuredContent.totalUsd, `2.${"0".repeat(39)}3${"0".repeat(39)}1`);
  assertEquals(content[0]?.text, "LIVE 1 asset, 2 USD in all: 1 SOL (2 USD)");
});

Deno.test("get_balances hides assets of zero unless asked for them", async () => {
  await using desk = await open({
    [CAPITAL]: () => json({ USDC: NONE, SOL: { ...NONE, staked: "0.000000001" } }),
    [COLLATERAL]: () =>
      json({ ...MARGIN, collateral: [collateralOf("USDC"), collateralOf("SOL")] }),
  });
  const assets = async (args: Record<string, unknown>): Promise<string[]> => {
    const { structuredContent } = await desk.callTool("get_balances", args);
    return structuredContent.balances.map(({ asset }: { asset: string }) => asset);
  };
  assertEquals(await assets({}), ["SOL"]);
  assertEquals(await assets({ includeZero: "true" }), ["SOL", "USDC"]);
});

Deno.test("get_balances prices what is no collateral by its spot market, and marks what has none", async () => {
  await using desk = await open({
    [CAPITAL]: () =>
      json({ USDC: NONE, JTO: { ...NONE, available: "3" }, ODD: { ...NONE, locked: "5" } }),
    [COLLATERAL]: () =>
      json({
        ...MARGIN,
        collateral: [
          collateralOf("ODD", { assetMarkPrice: "0" }),
          collateralOf("SOL", { assetMarkPrice: "150", lendQuantity: "2" }),
        ],
      }),
    [MARKS]: () =>
      json([
        { symbol: "JTO_USDC", markPrice: "2.5", indexPrice: null },
        { symbol: "SOL_USDC", markPrice: "149" },
      ]),
  });
  const { structuredContent, content } = await desk.callTool("get_balances");
  assertEquals(structuredContent.balances, [
    {
      asset: "JTO",
      ...NONE,
      available: "3",
      lent: "0",
      total: "3",
      priceUsd: "2.5",
      valueUsd: "7.5",
    },
    { asset: "ODD", ...NONE, locked: "5", lent: "0", total: "5" },
    { asset: "SOL", ...NONE, lent: "2", total: "2", priceUsd: "150", valueUsd: "300" },
  ]);
  assertEquals([structuredContent.totalUsd, structuredContent.unvalued], ["307.5", ["ODD"]]);
  assertMatch(content[0]?.text ?? "", /no price for ODD$/);
  assertEquals(desk.asked(MARKS), [{ marketType: "SPOT" }]);
});

Deno.test("get_balances cleans the names of assets, and its line names only some", async () => {
  const names = ["A", "B", "C", "D", "E", "F", "G", "Z\u202eign\u0000ore"];
  await using desk = await open({
    [CAPITAL]: () =>
      json(Object.fromEntries(names.map((name) => [name, { ...NONE, available: "1" }]))),
    [COLLATERAL]: () => json({ ...MARGIN, collateral: [] }),
    [MARKS]: () => json([]),
  });
  const { structuredContent, content } = await desk.callTool("get_balances");
  assertEquals(structuredContent.unvalued, ["A", "B", "C", "D", "E", "F", "G", "Zignore"]);
  assertEquals(
    content[0]?.text,
    "LIVE 8 assets: 1 A, 1 B, 1 C, 1 D, 1 E, 1 F and 2 more; " +
      "no price for A, B, C, D, E, F and 2 more",
  );
});

Deno.test("get_balances names the part that failed and never shows it as zero", async () => {
  const capital: Route = () => json({ SOL: NONE, USDC: { ...NONE, available: "5" } });
  {
    await using desk = await open({ [CAPITAL]: capital, [COLLATERAL]: fails });
    const { structuredContent, content } = await desk.callTool("get_balances");
    assertEquals(structuredContent.balances, [
      { asset: "SOL", ...NONE },
      { asset: "USDC", ...NONE, available: "5" },
    ]);
    assertEquals(structuredContent.totalUsd, undefined);
    assertMatch(structuredContent.note, /^What is lent, totals and values could not be read: /);
    assertMatch(content[0]?.text ?? "", /^LIVE 2 assets: SOL, USDC; What is lent, totals/);
  }
  {
    await using desk = await open({ [CAPITAL]: fails, [COLLATERAL]: () => json(MARGIN) });
    const { structuredContent } = await desk.callTool("get_balances");
    assertEquals(structuredContent.balances[0], { asset: "USDC", lent: "10.6524044577" });
    assertEquals(structuredContent.totalUsd, undefined);
    assertMatch(structuredContent.note, /^What is available, locked and staked could not be read/);
  }
  {
    await using desk = await open({
      [CAPITAL]: capital,
      [COLLATERAL]: () => json({ ...MARGIN, collateral: [] }),
      [MARKS]: fails,
    });
    const { structuredContent } = await desk.callTool("get_balances");
    assertEquals(structuredContent.balances[0].valueUsd, undefined);
    assertEquals([structuredContent.totalUsd, structuredContent.unvalued], [undefined, ["USDC"]]);
    assertMatch(structuredContent.note, /^Prices of assets that are no collateral could not be/);
  }
  await using desk = await open({ [CAPITAL]: fails, [COLLATERAL]: fails });
  assertEquals((await desk.callFailing("get_balances")).code, "rejected");
});

Deno.test("an asset that stands for nothing makes what is held unreadable, and no balance of zero", async () => {
  const malformed = [null, {}, [], "5", { ...NONE, locked: null }];
  for (const usdc of malformed) {
    await using desk = await open({
      [CAPITAL]: () => json({ SOL: { ...NONE, available: "1" }, USDC: usdc }),
      [COLLATERAL]: () => json(MARGIN),
    });
    const { structuredContent } = await desk.callTool("get_balances", { includeZero: true });
    const usd = structuredContent.balances.find(({ asset }: { asset: string }) => asset === "USDC");
    assertEquals(usd, { asset: "USDC", lent: "10.6524044577" }, JSON.stringify(usdc));
    assertMatch(structuredContent.note, /^What is available, locked and staked could not be read/);
    const one = await desk.client.readResource({ uri: "backpack://balance/USDC" })
      .then(() => "read", ({ message }) => message);
    assertMatch(one, /could not be read/);
  }
});

const LONG = {
  breakEvenPrice: "3831.3630555555555555555555556",
  cumulativeFundingPayment: "-0.009218",
  cumulativeInterest: "0",
  entryPrice: "3826.8888888888888888888888889",
  estLiquidationPrice: "0",
  imf: "0.02",
  markPrice: "3787.46813304",
  netCost: "13.7768",
  netExposureNotional: "13.634885278944",
  netQuantity: "0.0036",
  pnlRealized: "0",
  pnlUnrealized: "-0.141914",
  positionId: "4238420454",
  subaccountId: null,
  symbol: "SOL_USDC_PERP",
  userId: 1813870,
};

Deno.test("list_positions says long and short, and no liquidation price where it is 0", async () => {
  const short = { ...LONG, symbol: "kPEPE_USDC_PERP", netQuantity: "-0.0100" };
  const flat = { ...LONG, symbol: "BTC_USDC_PERP", netQuantity: "0.000" };
  await using desk = await open({ [POSITION]: () => json([LONG, short, flat]) });
  const { structuredContent, content } = await desk.callTool("list_positions");
  assertEquals(structuredContent.positions[0], {
    symbol: "SOL_USDC_PERP",
    side: "long",
    quantity: "0.0036",
    positionId: "4238420454",
    entryPrice: "3826.8888888888888888888888889",
    breakEvenPrice: "3831.3630555555555555555555556",
    markPrice: "3787.46813304",
    netExposureNotional: "13.634885278944",
    pnlRealized: "0",
    pnlUnrealized: "-0.141914",
    cumulativeFundingPayment: "-0.009218",
  });
  assertEquals(
    structuredContent.positions.slice(1).map(
      ({ symbol, side, quantity }: Record<string, string>) => [symbol, side, quantity],
    ),
    [["kPEPE_USDC_PERP", "short", "0.0100"]],
  );
  assertEquals(
    content[0]?.text,
    "LIVE 2 positions: long 0.0036 SOL_USDC_PERP from 3826.88888888, mark 3787.46813304, " +
      "unrealized -0.141914 USDC, liquidation not known; short 0.01 kPEPE_USDC_PERP from " +
      "3826.88888888, mark 3787.46813304, unrealized -0.141914 USDC, liquidation not known",
  );
});

Deno.test("list_positions shows the liquidation price that a single market has", async () => {
  const prices: [string | null, string | undefined][] = [
    ["3011.5", "3011.5"],
    ["0", undefined],
    ["0.00", undefined],
    ["-12", undefined],
    [null, undefined],
  ];
  for (const [estLiquidationPrice, expected] of prices) {
    await using desk = await open({ [POSITION]: () => json([{ ...LONG, estLiquidationPrice }]) });
    const args = { symbol: "SOL_USDC_PERP", marketType: "PERP" };
    const { structuredContent, content } = await desk.callTool("list_positions", args);
    assertEquals(structuredContent.positions[0].liquidationPrice, expected);
    assertMatch(content[0]?.text ?? "", expected ? /at 3011\.5$/ : /liquidation not known$/);
    assertEquals(desk.asked(POSITION), [args]);
  }
});

Deno.test("no position is an empty list, answered with 404 or not; a failure is neither", async () => {
  for (const answer of [isGone, () => json([])]) {
    await using desk = await open({ [POSITION]: answer });
    for (const args of [{}, { symbol: "SOL_USDC_PERP" }]) {
      const { structuredContent, content } = await desk.callTool("list_positions", args);
      assertEquals(structuredContent.positions, []);
      assertEquals(content[0]?.text, "LIVE 0 positions");
    }
  }
  await using desk = await open({
    [POSITION]: () => new Response("<html>not found</html>", { status: 404 }),
  });
  assertEquals((await desk.callFailing("list_positions")).code, "rejected");
  await using spot = await open({ [POSITION]: isGone });
  const refused = await spot.callFailing("list_positions", { symbol: "SOL_USDC" });
  assertMatch(`${refused.message}; ${refused.hint}`, /spot market.*SOL_USDC_PERP is the perpetual/);
  const error = await desk.callFailing("list_positions", { symbol: "SOL_PERP" });
  assertEquals([error.code, error.closest[0]], ["invalid_input", "SOL_USDC_PERP"]);
});

const ACCOUNT = {
  autoBorrowSettlements: true,
  autoLend: true,
  autoRealizePnl: null,
  autoRepayBorrows: false,
  borrowLimit: "2500000",
  futuresMakerFee: "-0.5",
  futuresTakerFee: "5",
  leverageLimit: "20",
  limitOrders: 3,
  liquidating: false,
  positionLimit: "100000000",
  spotMakerFee: "8",
  spotTakerFee: "10.25",
  triggerOrders: 1,
};

Deno.test("get_account tells fees in percent and basis points, switches and margin", async () => {
  await using desk = await open({
    "GET /api/v1/account": () => json(ACCOUNT),
    [COLLATERAL]: () => json(MARGIN),
  });
  const { structuredContent, content } = await desk.callTool("get_account");
  const { margin, ...rest } = structuredContent;
  assertEquals(rest, {
    fees: {
      spotMaker: { basisPoints: "8", percent: "0.08" },
      spotTaker: { basisPoints: "10.25", percent: "0.1025" },
      futuresMaker: { basisPoints: "-0.5", percent: "-0.005" },
      futuresTaker: { basisPoints: "5", percent: "0.05" },
    },
    leverageLimit: "20",
    isLiquidating: false,
    switches: { autoLend: true, autoBorrowSettlements: true, autoRepayBorrows: false },
    openOrders: { limit: 3, trigger: 1 },
    limitsUsd: { borrow: "2500000", position: "100000000" },
    desk: { mode: "live" },
  });
  const { collateral, ...sums } = margin;
  assertEquals(sums, {
    currency: "USD",
    assetsValue: "20.282501237292616743",
    borrowLiability: "0",
    liabilitiesValue: "0",
    netEquity: "20.282501237292616743",
    netEquityAvailable: "18.5",
    netEquityLocked: "1.782501237292616743",
    netExposureFutures: "0",
    pnlUnrealized: "0",
    unsettledEquity: "0",
    imf: "0.05",
    mmf: "0.0125",
  });
  assertEquals(collateral.map(({ symbol }: { symbol: string }) => symbol), ["USDC", "SOL"]);
  assertEquals(
    content[0]?.text,
    "LIVE spot fees 0.08 % maker, 0.1025 % taker; perpetuals -0.005 % maker, 0.05 % taker; " +
      "leverage up to 20; auto-lend on; equity 20.28 USD; 18.5 USD of it free",
  );
});

Deno.test("get_account without margin says so, and shouts when it is being liquidated", async () => {
  await using desk = await open({
    "GET /api/v1/account": () => json({ ...ACCOUNT, liquidating: true }),
    [COLLATERAL]: fails,
  });
  const { structuredContent, content } = await desk.callTool("get_account");
  assertEquals(structuredContent.margin, undefined);
  assertMatch(structuredContent.note, /^Margin could not be read: /);
  assertMatch(content[0]?.text ?? "", /^LIVE BEING LIQUIDATED; .*; Margin could not be read/);
});

Deno.test("get_order finds an order on the book by either id", async () => {
  await using desk = await open({ [ORDER]: () => json(wireOrder()) });
  for (const key of [{ orderId: "28563670003" }, { clientId: 7 }]) {
    const { structuredContent, content } = await desk.callTool("get_order", {
      symbol: "SOL_USDC",
      ...key,
    });
    assertEquals(structuredContent.order.id, "28563670003");
    assertEquals(structuredContent.order.createdAt, START_MS);
    assertEquals(content[0]?.text, "LIVE BUY 1.5 SOL_USDC @ 140.10 GTC: New, 0/1.5 filled");
  }
  assertEquals(desk.asked(ORDER), [
    { symbol: "SOL_USDC", orderId: "28563670003" },
    { symbol: "SOL_USDC", clientId: "7" },
  ]);
  assertEquals(desk.asked(HISTORY), []);
});

Deno.test("get_order finds a pending trigger, which only the list of open orders shows", async () => {
  const trigger = wireOrder({ status: "TriggerPending", quantity: null, triggerQuantity: "50%" });
  await using desk = await open({ [ORDER]: isGone, [ORDERS]: () => json([trigger]) });
  const args = { symbol: "SOL_USDC", clientId: 7 };
  const { structuredContent } = await desk.callTool("get_order", args);
  assertEquals(structuredContent.order.status, "TriggerPending");
  assertEquals(desk.asked(HISTORY), []);
});

Deno.test("get_order shows an ended order from the history in the same shape", async () => {
  const ended = wireOrder({
    createdAt: "2026-01-01T00:00:00",
    status: "Expired",
    expiryReason: "ImmediateOrCancel",
  });
  const others = [wireOrder({ id: "1", clientId: 8, createdAt: "2026-01-01T00:00:01" })];
  await using desk = await open({
    [ORDER]: isGone,
    [ORDERS]: () => json([]),
    [HISTORY]: () => json([...others, ended], 200, { "x-total": "2" }),
  });
  for (const key of [{ orderId: "28563670003" }, { clientId: 7 }]) {
    const { structuredContent } = await desk.callTool("get_order", { symbol: "SOL_USDC", ...key });
    assertEquals(structuredContent, {
      order: {
        id: "28563670003",
        clientId: 7,
        symbol: "SOL_USDC",
        side: "Bid",
        orderType: "Limit",
        status: "Expired",
        price: "140.10",
        quantity: "1.5",
        executedQuantity: "0",
        executedQuoteQuantity: "0",
        timeInForce: "GTC",
        postOnly: false,
        selfTradePrevention: "RejectTaker",
        expiryReason: "ImmediateOrCancel",
        createdAt: START_MS,
      },
      desk: { mode: "live" },
    });
  }
  assertEquals(desk.asked(HISTORY)[0]?.orderId, "28563670003");
  assertEquals(desk.asked(HISTORY)[1]?.limit, "1000");
});

Deno.test("get_order doesn't call an order open because the history lags", async () => {
  await using desk = await open({
    [ORDER]: isGone,
    [ORDERS]: () => json([]),
    [HISTORY]: () => json([wireOrder({ createdAt: "2026-01-01T00:00:00" })]),
  });
  const args = { symbol: "SOL_USDC", orderId: "28563670003" };
  const { structuredContent, content } = await desk.callTool("get_order", args);
  assertMatch(structuredContent.note, /not open any more, although the history still says New/);
  assertMatch(content[0]?.text ?? "", /the history lags/);
});

Deno.test("get_order says where it looked when there is no such order", async () => {
  await using desk = await open({
    [ORDER]: isGone,
    [ORDERS]: () => json([]),
    [HISTORY]: () => json([wireOrder({ id: "1", createdAt: "2026-01-01T00:00:00" })]),
  });
  const error = await desk.callFailing("get_order", { symbol: "SOL_USDC", orderId: "2" });
  assertEquals([error.code, error.outcome], ["not_found", undefined]);
  assertMatch(error.message, /No order with id 2 is open on SOL_USDC/);
  assertMatch(error.hint, /may be missing from the history for a moment/);
});

Deno.test("get_order wants exactly one id", async () => {
  await using desk = await open({});
  for (const key of [{}, { orderId: "1", clientId: 7 }]) {
    const error = await desk.callFailing("get_order", { symbol: "SOL_USDC", ...key });
    assertEquals([error.code, error.outcome], ["invalid_input", undefined]);
    assertMatch(error.message, /exactly one of orderId and clientId/);
  }
  assert(desk.exchange.received.every(({ route }) => !route.includes("order")));
});

Deno.test("get_order answers an unknown symbol with its neighbours", async () => {
  await using desk = await open({ [ORDER]: isGone });
  const error = await desk.callFailing("get_order", { symbol: "SOL_USD", orderId: "1" });
  assertEquals([error.code, error.closest[0]], ["invalid_input", "SOL_USDC"]);
  assertEquals(desk.asked(ORDER), []);
});

Deno.test("get_order passes on a failure instead of looking elsewhere", async () => {
  await using desk = await open({ [ORDER]: () => refusal("UNAUTHORIZED", "No", 401) });
  const error = await desk.callFailing("get_order", { symbol: "SOL_USDC", orderId: "1" });
  assertEquals(error.code, "auth");
  assertEquals(desk.asked(HISTORY), []);
});
