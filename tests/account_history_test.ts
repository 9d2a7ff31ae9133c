/**
 * The histories through the real client: pages that hold although rows arrive, sums that are
 * exact, and what the exchange is asked for.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { BigNumber } from "bignumber.js";
import { connect, type Connection, json, START_MS, TestClock } from "./_helpers.ts";
import {
  naiveIso,
  type Received,
  refusal,
  type Route,
  type Routes,
  routes,
  wireOrder,
} from "./_routes.ts";

type Row = Record<string, unknown>;

const FILLS = "GET /wapi/v1/history/fills";
const ORDERS = "GET /wapi/v1/history/orders";
const FUNDING = "GET /wapi/v1/history/funding";
const DEPOSITS = "GET /wapi/v1/capital/deposits";
const WITHDRAWALS = "GET /wapi/v1/capital/withdrawals";

async function open(
  scripted: Record<string, Route>,
): Promise<Connection & { exchange: Routes; asked(route: string): Record<string, string>[] }> {
  const clock = new TestClock();
  const exchange = routes(scripted, () => clock.now());
  const desk = await connect({ fetch: exchange.fetch, clock });
  const asked = (route: string): Record<string, string>[] =>
    exchange.received.filter((request) => request.route === route).map(({ query }) => query);
  return { ...desk, exchange, asked };
}

/** A route that pages through `rows()`, newest first, as the exchange does. */
function paged(rows: () => readonly Row[], hasTotal = true): Route {
  return ({ query }: Received) => {
    const [offset, limit] = [Number(query.offset ?? 0), Number(query.limit ?? 100)];
    assert(limit >= 1 && limit <= 1000);
    const headers = hasTotal ? { "x-total": String(rows().length) } : undefined;
    return json(rows().slice(offset, offset + limit), 200, headers);
  };
}

/** The fill of that number, as the history writes it; a later one has a higher number. */
function fill(number: number, changes: Row = {}): Row {
  return {
    orderId: String(4_000_000_000 + number),
    clientId: number % 2 === 0 ? String(number) : null,
    tradeId: number,
    symbol: "SOL_USDC",
    side: "Bid",
    price: "140.1",
    quantity: "1",
    fee: "0.001",
    feeSymbol: "SOL",
    isMaker: false,
    systemOrderType: null,
    timestamp: naiveIso(START_MS + number),
    ...changes,
  };
}

function newestFirst(from: number, to: number, row = fill): Row[] {
  return Array.from({ length: to - from + 1 }, (_, index) => row(to - index));
}

Deno.test("list_fills shows fee, maker or taker and ids, and adds up what was asked for", async () => {
  const rows = [
    fill(5, {
      symbol: "SOL_USDC_PERP",
      side: "Ask",
      fee: "-0.25",
      feeSymbol: "USDC",
      isMaker: true,
    }),
    fill(4, { tradeId: null, systemOrderType: "LiquidatePositionOnBook" }),
    fill(3, { price: "141" }),
  ];
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const { structuredContent, content } = await desk.callTool("list_fills");
  assertEquals(structuredContent.fills[0], {
    orderId: "4000000005",
    tradeId: "5",
    symbol: "SOL_USDC_PERP",
    side: "Ask",
    price: "140.1",
    quantity: "1",
    fee: "-0.25",
    feeSymbol: "USDC",
    isMaker: true,
    timestamp: START_MS + 5,
  });
  assertEquals(structuredContent.fills[1].clientId, 4);
  assertEquals(structuredContent.total, 3);
  assertEquals(structuredContent.nextCursor, undefined);
  assertEquals(structuredContent.summary, {
    count: 3,
    makerCount: 1,
    systemCount: 1,
    traded: [
      {
        symbol: "SOL_USDC",
        side: "Bid",
        count: 2,
        quantity: "2",
        baseAsset: "SOL",
        quoteQuantity: "281.1",
        quoteAsset: "USDC",
        averagePrice: "140.55",
      },
      {
        symbol: "SOL_USDC_PERP",
        side: "Ask",
        count: 1,
        quantity: "1",
        baseAsset: "SOL",
        quoteQuantity: "140.1",
        quoteAsset: "USDC",
        averagePrice: "140.1",
      },
    ],
    fees: [{ asset: "USDC", amount: "-0.25" }, { asset: "SOL", amount: "0.002" }],
    oldest: START_MS + 3,
    newest: START_MS + 5,
  });
  assertEquals(
    content[0]?.text,
    "LIVE 3 fills, 1 maker: bought 2 SOL_USDC at 140.55 for 281.1 USDC, " +
      "sold 1 SOL_USDC_PERP at 140.1 for 140.1 USDC; fees -0.25 USDC, 0.002 SOL; " +
      "1 made by the exchange (liquidation or its like)",
  );
});

Deno.test("list_fills tells sums of more digits than the exchange may send", async () => {
  const price = `0.${"0".repeat(30)}1`;
  const quantity = `1${"0".repeat(20)}.${"0".repeat(33)}1`;
  await using desk = await open({ [FILLS]: paged(() => [fill(1, { price, quantity })]) });
  const { structuredContent, content } = await desk.callTool("list_fills");
  assertEquals(
    structuredContent.summary.traded[0].quoteQuantity,
    `0.${"0".repeat(10)}1${"0".repeat(53)}1`,
  );
  assertMatch(content[0]?.text ?? "", /^LIVE 1 fill, 0 maker: bought 1/);
});

Deno.test("list_fills without fills says so", async () => {
  await using desk = await open({ [FILLS]: paged(() => []) });
  const { structuredContent, content } = await desk.callTool("list_fills", { symbol: "SOL_USDC" });
  assertEquals([structuredContent.fills, structuredContent.summary.count], [[], 0]);
  assertEquals(content[0]?.text, "LIVE 0 fills, 0 maker");
});

Deno.test("list_fills asks with the API's filters, times as Unix ms, system fills included", async () => {
  const { asked } = await callAll(
    { [FILLS]: paged(() => []) },
    ["list_fills", {
      symbol: "SOL_USDC_PERP",
      orderId: 4000000001,
      marketType: "PERP",
      from: "2026-01-01",
      to: "1767312000000",
    }],
    ["list_fills", { from: "2026-01-01T01:30:00+01:30", to: 1767312000000 }],
    ["list_fills", { from: "2026-01-01 00:00:00.250", limit: "5" }],
  );
  const common = { limit: "1000", offset: "0", sortDirection: "Desc" };
  assertEquals(asked(FILLS), [
    {
      symbol: "SOL_USDC_PERP",
      orderId: "4000000001",
      marketType: "PERP",
      from: String(START_MS),
      to: "1767312000000",
      ...common,
    },
    { from: String(START_MS), to: "1767312000000", ...common },
    { from: String(START_MS + 250), ...common },
  ]);
});

/** Calls tools one after the other on one desk. */
async function callAll(
  scripted: Record<string, Route>,
  ...calls: [name: string, args: Row][]
): Promise<{ asked(route: string): Record<string, string>[] }> {
  await using desk = await open(scripted);
  for (const [name, args] of calls) {
    const { isError, content } = await desk.callTool(name, args);
    assert(isError !== true, content[0]?.text);
  }
  return desk;
}

Deno.test("a time, a limit or a cursor that can't be meant is refused by name, nothing is asked", async () => {
  await using desk = await open({ [FILLS]: paged(() => []) });
  const refused: [Row, RegExp][] = [
    [{ from: "yesterday" }, /from must be a time/],
    [{ from: "2026-02-30" }, /from must be a time/],
    [{ from: "2026-01-01T25:00:00Z" }, /from must be a time/],
    [{ from: 1767225600 }, /from must be a time/],
    [{ to: 17672256000000 }, /to must be a time/],
    [{ from: {} }, /from must be a time/],
    [{ limit: 0 }, /limit must be a whole number from 1 to 200/],
    [{ limit: 201 }, /limit must be a whole number from 1 to 200/],
    [{ limit: 1.5 }, /limit must be a whole number from 1 to 200/],
    [{ cursor: 7 }, /cursor must be text/],
    [{ orderId: "1&x=2" }, /orderId must be an id/],
    [{ fillType: "User" }, /no argument "fillType"/],
  ];
  for (const [args, message] of refused) {
    const error = await desk.callFailing("list_fills", args);
    assertEquals([error.code, error.outcome], ["invalid_input", undefined]);
    assertMatch(error.message, message);
  }
  assertEquals(desk.asked(FILLS), []);
});

Deno.test("2,500 fills of awkward decimals add up exactly while others arrive", async () => {
  const awkward = (number: number): Row =>
    fill(number, {
      side: number % 3 === 0 ? "Ask" : "Bid",
      price: `${number % 7}.${String(number).padStart(9, "0")}1`,
      quantity: `0.${String(number % 997).padStart(18, "0")}3`,
      fee: `0.${"0".repeat(20)}${number}`,
      isMaker: number % 5 === 0,
    });
  let newest = 2500;
  const route: Route = (request) => {
    const answer = paged(() => newestFirst(1, newest, awkward))(request);
    newest += 37;
    return answer;
  };
  await using desk = await open({ [FILLS]: route });
  const answer = await desk.callTool("list_fills", { symbol: "SOL_USDC" });
  const { structuredContent, content } = answer;
  const Exact = BigNumber.clone({ DECIMAL_PLACES: 40, ROUNDING_MODE: BigNumber.ROUND_DOWN });
  const expected = ["Ask", "Bid"].map((side) => {
    const own = newestFirst(1, 2500, awkward).filter((row) => row.side === side);
    const sum = (amount: (row: Row) => BigNumber): BigNumber =>
      own.reduce((total, row) => total.plus(amount(row)), new Exact(0));
    const quantity = sum((row) => new Exact(String(row.quantity)));
    const quote = sum((row) => new Exact(String(row.quantity)).times(String(row.price)));
    return {
      symbol: "SOL_USDC",
      side,
      count: own.length,
      quantity: quantity.toFixed(),
      baseAsset: "SOL",
      quoteQuantity: quote.toFixed(),
      quoteAsset: "USDC",
      averagePrice: quote.div(quantity).toFixed(18, BigNumber.ROUND_DOWN).replace(/\.?0+$/, ""),
    };
  });
  const fees = newestFirst(1, 2500, awkward)
    .reduce((total, { fee }) => total.plus(String(fee)), new Exact(0));
  assertEquals(structuredContent.summary, {
    count: 2500,
    makerCount: 500,
    systemCount: 0,
    traded: expected,
    fees: [{ asset: "SOL", amount: fees.toFixed() }],
    oldest: START_MS + 1,
    newest: START_MS + 2500,
  });
  assertEquals(structuredContent.note, undefined);
  assertMatch(content[0]?.text ?? "", /^LIVE 2500 fills, .*; 100 shown, nextCursor has more$/);
  assertEquals(structuredContent.fills.length, 100);
  assertEquals(desk.asked(FILLS).map(({ offset }) => offset), ["0", "999", "1998"]);
});

Deno.test("list_fills adds up at most 10,000 fills and says when there are more", async () => {
  const rows = newestFirst(1, 10_500);
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const { structuredContent, content } = await desk.callTool("list_fills");
  assertEquals(desk.asked(FILLS).length, 10);
  // Every page begins with the last row of the one before.
  assertEquals(structuredContent.summary.count, 9991);
  assertEquals(structuredContent.total, 10_500);
  assertMatch(structuredContent.note, /newest 9991 of 10500 were added up/);
  assertMatch(content[0]?.text ?? "", /were added up/);
});

Deno.test("paging shows every row once although rows arrive between two pages", async () => {
  for (const hasTotal of [true, false]) {
    let newest = 130;
    const route = paged(() => newestFirst(1, newest), hasTotal);
    await using desk = await open({ [FILLS]: route });
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const { structuredContent } = await desk.callTool("list_fills", { limit: 20, cursor });
      assertEquals(structuredContent.summary === undefined, cursor !== undefined);
      assertEquals(structuredContent.total, hasTotal ? newest : undefined);
      assert(structuredContent.fills.length <= 20);
      seen.push(...structuredContent.fills.map(({ tradeId }: Row) => tradeId));
      cursor = structuredContent.nextCursor;
      newest += [0, 3, 1, 45, 2][pages++ % 5] ?? 0;
    } while (cursor !== undefined);
    assertEquals(seen, Array.from({ length: 130 }, (_, index) => String(130 - index)));
  }
});

Deno.test("paging holds when thousands of rows arrive, and when newer ones are gone", async () => {
  let rows = newestFirst(1, 40);
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const first = await desk.callTool("list_fills", { limit: 10 });
  rows = newestFirst(1, 3040);
  const more = { limit: 10, cursor: first.structuredContent.nextCursor };
  const second = await desk.callTool("list_fills", more);
  rows = newestFirst(1, 22);
  const third = await desk.callTool("list_fills", {
    limit: 10,
    cursor: second.structuredContent.nextCursor,
  });
  const ids = [first, second, third].map(({ structuredContent }) =>
    structuredContent.fills.map(({ tradeId }: Row) => Number(tradeId))
  );
  const expected = (from: number): number[] => Array.from({ length: 10 }, (_, i) => from - i);
  assertEquals(ids, [expected(40), expected(30), expected(20)]);
});

Deno.test("paging holds within one moment, whatever the order of its rows", async () => {
  const burst = (number: number): Row =>
    fill(number, { timestamp: naiveIso(START_MS + Math.floor(number / 25)) });
  let turn = 0;
  // The exchange says nothing of the order of rows of one moment: every reply has another.
  const route: Route = (request) => {
    const shift = turn++ * 7;
    const rows = newestFirst(0, 99, burst).sort((a, b) =>
      String(b.timestamp).localeCompare(String(a.timestamp)) ||
      (Number(a.tradeId) * 11 + shift) % 25 - (Number(b.tradeId) * 11 + shift) % 25
    );
    return paged(() => rows)(request);
  };
  await using desk = await open({ [FILLS]: route });
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const { structuredContent } = await desk.callTool("list_fills", { limit: 10, cursor });
    seen.push(...structuredContent.fills.map(({ tradeId }: Row) => Number(tradeId)));
    cursor = structuredContent.nextCursor;
  } while (cursor !== undefined);
  assertEquals(seen.toSorted((a, b) => a - b), Array.from({ length: 100 }, (_, index) => index));
});

Deno.test("a moment with more fills than a page holds is read whole", async () => {
  const timestamp = naiveIso(START_MS + 5000);
  const burst = newestFirst(101, 2400, (number) => fill(number, { timestamp }));
  const rows = [...burst, ...newestFirst(1, 21)];
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const { structuredContent } = await desk.callTool("list_fills");
  assertEquals(structuredContent.summary.count, 2321);
  assertEquals(structuredContent.note, undefined);
});

Deno.test("fills of the exchange's own without a trade id are told apart, alike ones counted", async () => {
  const rows = [1, 1, 1, 2].map((quantity) =>
    fill(1, {
      tradeId: null,
      quantity: String(quantity),
      systemOrderType: "LiquidatePositionOnAdl",
    })
  );
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const quantities: string[] = [];
  let cursor: string | undefined;
  do {
    const { structuredContent } = await desk.callTool("list_fills", { limit: 1, cursor });
    quantities.push(...structuredContent.fills.map(({ quantity }: Row) => quantity));
    cursor = structuredContent.nextCursor;
  } while (cursor !== undefined);
  assertEquals(quantities, ["1", "1", "1", "2"]);
});

Deno.test("a row that the exchange writes twice is counted once if its ids tell, on every page", async () => {
  const system = { tradeId: null, systemOrderType: "LiquidatePositionOnBook" };
  const ofMoment = { timestamp: naiveIso(START_MS), orderId: "4000000001" };
  const rows = [
    ...[fill(5), fill(5), fill(4)],
    // Two sides of one trade, and two trades of one order.
    ...[fill(3, ofMoment), fill(3, { ...ofMoment, orderId: "4000000002" }), fill(2, ofMoment)],
    ...[fill(3, ofMoment), fill(2, ofMoment), fill(2, ofMoment)],
    // Without a trade's id two that are alike may well be two.
    ...[fill(1, { ...ofMoment, ...system }), fill(1, { ...ofMoment, ...system })],
  ];
  await using desk = await open({ [FILLS]: paged(() => rows) });
  for (const limit of [1, 2, 3, 100]) {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const { structuredContent: page } = await desk.callTool("list_fills", {
        limit,
        ...(cursor === undefined ? {} : { cursor }),
      });
      if (page.summary !== undefined) assertEquals(page.summary.count, 7);
      ids.push(...page.fills.map((row: Row) => `${row.orderId} ${row.tradeId ?? "none"}`));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    assertEquals(ids, [
      ...["4000000005 5", "4000000004 4", "4000000001 3", "4000000002 3", "4000000001 2"],
      ...["4000000001 none", "4000000001 none"],
    ], `limit ${limit}`);
  }
});

Deno.test("a hostile cursor, or one of another question, is refused", async () => {
  await using desk = await open({
    [FILLS]: paged(() => newestFirst(1, 30)),
    [ORDERS]: paged(() => []),
  });
  const { structuredContent } = await desk.callTool("list_fills", { limit: 10 });
  const cursor: string = structuredContent.nextCursor;
  const before = desk.exchange.received.length;
  const hostile: [string, Row][] = [
    ["list_fills", { cursor, symbol: "SOL_USDC" }],
    ["list_fills", { cursor, from: "2026-01-01" }],
    ["list_order_history", { cursor }],
    ["list_fills", { cursor: cursor.slice(0, -1) }],
    ["list_fills", { cursor: cursor.replace(/~\d+~/, "~999999~") }],
    ["list_fills", { cursor: "" }],
    ["list_fills", { cursor: "1~-5~0~x" }],
    ["list_fills", { cursor: "~".repeat(60_000) }],
    ["list_fills", { cursor: "../../etc/passwd" }],
    ["list_fills", { cursor: "1~1~1767225600000~__proto__" }],
  ];
  for (const [tool, args] of hostile) {
    const error = await desk.callFailing(tool, args);
    assertEquals(error.code, "invalid_input", JSON.stringify(args).slice(0, 80));
    assertMatch(error.hint, /exactly as it came/);
  }
  const asked = desk.exchange.received.slice(before)
    .filter(({ route }) => route !== "GET /api/v1/markets");
  assertEquals(asked, []);
  const next = await desk.callTool("list_fills", { limit: 3, cursor });
  assertEquals(next.structuredContent.fills.map(({ tradeId }: Row) => tradeId), ["20", "19", "18"]);
});

Deno.test("list_order_history shows ended orders in the shape of open ones", async () => {
  const ended = {
    ...wireOrder({ createdAt: "2026-01-01T00:00:00.897", status: "Expired" }),
    expiryReason: "ImmediateOrCancel",
    quantity: null,
    executedQuantity: null,
  };
  await using desk = await open({ [ORDERS]: paged(() => [ended]) });
  const args = { symbol: "SOL_USDC", marketType: "SPOT", orderId: "28563670003", limit: 5 };
  const { structuredContent, content } = await desk.callTool("list_order_history", args);
  assertEquals(structuredContent, {
    orders: [{
      id: "28563670003",
      clientId: 7,
      symbol: "SOL_USDC",
      side: "Bid",
      orderType: "Limit",
      status: "Expired",
      price: "140.10",
      executedQuantity: "0",
      executedQuoteQuantity: "0",
      timeInForce: "GTC",
      postOnly: false,
      selfTradePrevention: "RejectTaker",
      expiryReason: "ImmediateOrCancel",
      createdAt: START_MS + 897,
    }],
    total: 1,
    desk: { mode: "live" },
  });
  assertEquals(
    content[0]?.text,
    "LIVE 1 of 1 order; newest: BUY SOL_USDC @ 140.10 GTC: Expired, 0 filled; it has expired " +
      "(ImmediateOrCancel) and nothing rests on the book",
  );
  assertEquals(desk.asked(ORDERS), [{
    symbol: "SOL_USDC",
    marketType: "SPOT",
    orderId: "28563670003",
    limit: "6",
    offset: "0",
    sortDirection: "Desc",
  }]);
});

Deno.test("a history is not asked for a symbol under another market type", async () => {
  await using desk = await open({ [ORDERS]: paged(() => []), [FILLS]: paged(() => []) });
  for (const name of ["list_order_history", "list_fills"]) {
    for (const [symbol, marketType] of [["SOL_USDC", "PERP"], ["SOL_USDC_PERP", "SPOT"]]) {
      const error = await desk.callFailing(name, { symbol, marketType });
      assertEquals(
        [error.code, error.message],
        ["invalid_input", `${symbol} is not of marketType ${marketType}`],
      );
    }
  }
  assertEquals([desk.asked(ORDERS), desk.asked(FILLS)], [[], []]);
});

Deno.test("list_order_history pages by when orders were created", async () => {
  const row = (number: number): Row =>
    wireOrder({ id: String(number), createdAt: naiveIso(START_MS + number) });
  let newest = 25;
  await using desk = await open({ [ORDERS]: paged(() => newestFirst(1, newest, row)) });
  const first = await desk.callTool("list_order_history", { limit: 20 });
  assertMatch(first.content[0]?.text ?? "", /^LIVE 20 of 25 orders; nextCursor has more; newest: /);
  newest = 27;
  const { nextCursor: cursor } = first.structuredContent;
  const second = await desk.callTool("list_order_history", { limit: 20, cursor });
  assertEquals(
    second.structuredContent.orders.map(({ id }: Row) => id),
    ["5", "4", "3", "2", "1"],
  );
  assertEquals(second.structuredContent.nextCursor, undefined);
});

function payment(symbol: string, hour = 18): Row {
  const intervalEndTimestamp = `2026-01-25T${hour}:00:00`;
  const amount = { quantity: "-0.000034", fundingRate: "-0.0000273" };
  return { userId: 1, subaccountId: 0, symbol, ...amount, intervalEndTimestamp };
}

Deno.test("list_funding_payments keeps the payments of one hour apart by market", async () => {
  let rows = ["SOL_USDC_PERP", "A~B,C", "kPEPE_USDC_PERP"].map((symbol) => payment(symbol));
  await using desk = await open({ [FUNDING]: paged(() => rows) });
  const first = await desk.callTool("list_funding_payments", { limit: 2 });
  assertEquals(first.structuredContent.payments[0], {
    symbol: "SOL_USDC_PERP",
    quantity: "-0.000034",
    fundingRate: "-0.0000273",
    intervalEndTimestamp: Date.UTC(2026, 0, 25, 18),
  });
  assertEquals(first.content[0]?.text, "LIVE 2 of 3 funding payments; nextCursor has more");
  const { nextCursor: cursor } = first.structuredContent;
  rows = rows.toReversed();
  const second = await desk.callTool("list_funding_payments", { limit: 2, cursor });
  assertEquals(
    second.structuredContent.payments.map(({ symbol }: Row) => symbol),
    ["kPEPE_USDC_PERP"],
  );
  assertEquals(second.content[0]?.text, "LIVE 1 of 3 funding payments");
  await desk.callTool("list_funding_payments", { symbol: "SOL_USDC_PERP" });
  assertEquals(desk.asked(FUNDING).at(-1), {
    symbol: "SOL_USDC_PERP",
    limit: "101",
    offset: "0",
    sortDirection: "Desc",
  });
});

Deno.test("a row is not passed over for one just like it of another hour that is gone", async () => {
  let rows = [payment("SOL_USDC_PERP", 19), payment("SOL_USDC_PERP", 18)];
  await using desk = await open({ [FUNDING]: paged(() => rows) });
  const first = await desk.callTool("list_funding_payments", { limit: 1 });
  rows = rows.slice(1);
  const { nextCursor: cursor } = first.structuredContent;
  const second = await desk.callTool("list_funding_payments", { limit: 1, cursor });
  assertEquals(
    second.structuredContent.payments.map(({ intervalEndTimestamp }: Row) => intervalEndTimestamp),
    [Date.UTC(2026, 0, 25, 18)],
  );
});

Deno.test("an exchange that gives fewer rows than asked for is asked on, one that miscounts isn't", async () => {
  const rows = newestFirst(1, 120);
  await using capped = await open({
    [FILLS]: (request) => {
      const query = { ...request.query, limit: "50" };
      return paged(() => rows)({ ...request, query });
    },
  });
  const { summary } = (await capped.callTool("list_fills")).structuredContent;
  assertEquals([summary.count, capped.asked(FILLS).length], [120, 3]);
  for (const total of ["1000000", "many", "-1", "1e3"]) {
    await using desk = await open({
      [FILLS]: ({ query }) =>
        json(query.offset === "0" ? rows : rows.slice(-1), 200, { "x-total": total }),
    });
    const { structuredContent } = await desk.callTool("list_fills");
    assertEquals(structuredContent.summary.count, 120);
    assertEquals(structuredContent.total, total === "1000000" ? 1_000_000 : undefined);
    assert(desk.asked(FILLS).length <= 2);
  }
});

Deno.test("a page that 11,000 newer rows have pushed away is come to in steps", async () => {
  let rows = newestFirst(1, 30);
  await using desk = await open({ [FILLS]: paged(() => rows) });
  const first = await desk.callTool("list_fills", { limit: 10 });
  rows = newestFirst(1, 11_030);
  let answer = await desk.callTool("list_fills", {
    limit: 10,
    cursor: first.structuredContent.nextCursor,
  });
  assertEquals([answer.structuredContent.fills, desk.asked(FILLS).length], [[], 11]);
  const { nextCursor: cursor } = answer.structuredContent;
  answer = await desk.callTool("list_fills", { limit: 10, cursor });
  const ids = answer.structuredContent.fills.map(({ tradeId }: Row) => Number(tradeId));
  assertEquals(ids, [20, 19, 18, 17, 16, 15, 14, 13, 12, 11]);
});

Deno.test("list_deposits and list_withdrawals page without totals and ask for a period", async () => {
  const row = (number: number): Row => ({
    id: number,
    symbol: "USDC",
    quantity: "120",
    fee: "3",
    source: "ethereum",
    blockchain: "Ethereum",
    status: "confirmed",
    toAddress: "0x00",
    fromAddress: null,
    transactionHash: null,
    createdAt: naiveIso(START_MS + number),
  });
  await using desk = await open({
    [DEPOSITS]: paged(() => newestFirst(1, 3, row), false),
    [WITHDRAWALS]: paged(() => newestFirst(1, 3, row), false),
  });
  const common = { symbol: "USDC", quantity: "120", status: "confirmed", createdAt: START_MS + 3 };
  const deposits = await desk.callTool("list_deposits", { limit: 2, from: START_MS });
  assertEquals(deposits.structuredContent.deposits[0], { id: "3", ...common, source: "ethereum" });
  assertEquals(
    deposits.content[0]?.text,
    "LIVE 2 deposits; nextCursor has more; first: 120 USDC, confirmed",
  );
  const { nextCursor: cursor } = deposits.structuredContent;
  const rest = await desk.callTool("list_deposits", { limit: 2, from: START_MS, cursor });
  assertEquals(rest.structuredContent.deposits.map(({ id }: Row) => id), ["1"]);
  const withdrawals = await desk.callTool("list_withdrawals", { to: "2026-01-02" });
  assertEquals(withdrawals.structuredContent.withdrawals.length, 3);
  assertEquals(withdrawals.structuredContent.withdrawals[0], {
    id: "3",
    ...common,
    fee: "3",
    blockchain: "Ethereum",
  });
  assertEquals(desk.asked(WITHDRAWALS), [{ to: "1767312000000", limit: "101", offset: "0" }]);
});

Deno.test("a period that ends before it begins is refused, not answered with nothing", async () => {
  await using desk = await open({});
  for (const tool of ["list_fills", "list_deposits", "list_withdrawals"]) {
    const error = await desk.callFailing(tool, { from: "2026-01-02", to: "2026-01-01" });
    assertEquals([error.code, error.message], ["invalid_input", "from is after to"], tool);
  }
  assertEquals(desk.exchange.received, []);
});

Deno.test("deposits page as well where the exchange lists the oldest first", async () => {
  const row = (id: number): Row => ({
    ...{ id, symbol: "USDC", quantity: "1", source: "solana", status: "confirmed" },
    createdAt: naiveIso(START_MS + Math.floor(id / 2)),
  });
  let count = 7;
  const rows = (): Row[] => Array.from({ length: count }, (_, index) => row(index + 1));
  await using desk = await open({ [DEPOSITS]: paged(rows, false) });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const { structuredContent } = await desk.callTool("list_deposits", { limit: 3, cursor });
    seen.push(...structuredContent.deposits.map(({ id }: Row) => id));
    cursor = structuredContent.nextCursor;
    if (count < 9) count++;
  } while (cursor !== undefined);
  assertEquals(seen, ["1", "2", "3", "4", "5", "6", "7", "8", "9"]);
});

Deno.test("a history that fails is an error, never an empty list", async () => {
  const no: Route = () => refusal("INVALID_CLIENT_REQUEST", "No");
  await using desk = await open({
    [FILLS]: no,
    [ORDERS]: no,
    [FUNDING]: no,
    [DEPOSITS]: no,
    [WITHDRAWALS]: no,
  });
  for (
    const tool of [
      "list_fills",
      "list_order_history",
      "list_funding_payments",
      "list_deposits",
      "list_withdrawals",
    ]
  ) assertEquals((await desk.callFailing(tool)).code, "rejected", tool);
});

Deno.test("a summary that fails half way is an error, never a part of the sum", async () => {
  const rows = newestFirst(1, 1500);
  await using desk = await open({
    [FILLS]: (request) =>
      request.query.offset === "0"
        ? paged(() => rows)(request)
        : refusal("SERVER_ERROR", "Internal", 500),
  });
  assertEquals((await desk.callFailing("list_fills")).code, "unavailable");
});

Deno.test("an unknown symbol is answered with its neighbours", async () => {
  await using desk = await open({});
  for (const tool of ["list_fills", "list_order_history", "list_funding_payments"]) {
    const error = await desk.callFailing(tool, { symbol: "sol_usdc" });
    assertEquals([error.code, error.closest[0], error.outcome], [
      "invalid_input",
      "SOL_USDC",
      undefined,
    ]);
  }
});
