import { assertEquals, assertMatch } from "@std/assert";
import { connect, type Connection, json, START_MS, TestClock } from "./_helpers.ts";
import { type Received, refusal, type Routes, routes, wireOrder } from "./_routes.ts";

type Listing = Record<string, unknown[] | undefined>;

async function open(listing: Listing): Promise<Connection & { exchange: Routes }> {
  const clock = new TestClock();
  const answer = ({ query }: Received): Response => {
    const orders = listing[query.marketType ?? ""];
    return orders === undefined ? refusal("INVALID_CLIENT_REQUEST", "No") : json(orders);
  };
  const exchange = routes({ "GET /api/v1/orders": answer }, () => clock.now());
  return { ...await connect({ fetch: exchange.fetch, clock }), exchange };
}

function queries(desk: { exchange: Routes }): unknown[] {
  return desk.exchange.received.filter(({ route }) => route === "GET /api/v1/orders")
    .map(({ query }) => query);
}

Deno.test("list_orders lists spot by default and counts open perpetual orders", async () => {
  const perps = [wireOrder({ symbol: "SOL_USDC_PERP" }), wireOrder({ symbol: "BTC_USDC_PERP" })];
  await using desk = await open({ SPOT: [], PERP: perps });
  const answer = await desk.callTool("list_orders");
  assertEquals(answer.structuredContent, {
    orders: [],
    count: 0,
    alsoOpen: { PERP: 2 },
    desk: { mode: "live" },
  });
  assertEquals(answer.content[0]?.text, "LIVE 0 open orders, SPOT; besides 2 open PERP");
});

Deno.test("list_orders asks for what a symbol or a market type means", async () => {
  const rows: [Record<string, string>, unknown[]][] = [
    [{ symbol: "SOL_USDC" }, [{ marketType: "SPOT", symbol: "SOL_USDC" }, { marketType: "PERP" }]],
    [{ symbol: "SOL_USDC_PERP" }, [
      { marketType: "PERP", symbol: "SOL_USDC_PERP" },
      { marketType: "SPOT" },
    ]],
    [{ marketType: "ALL" }, [{ marketType: "SPOT" }, { marketType: "PERP" }]],
    [{ marketType: "PERP" }, [{ marketType: "PERP" }, { marketType: "SPOT" }]],
  ];
  for (const [args, expected] of rows) {
    await using desk = await open({ SPOT: [], PERP: [] });
    await desk.callTool("list_orders", args);
    assertEquals(queries(desk), expected);
  }
});

Deno.test("list_orders counts no order as open besides that it shows: a symbol is of one type", async () => {
  for (const [symbol, marketType] of [["SOL_USDC", "PERP"], ["SOL_USDC_PERP", "SPOT"]] as const) {
    await using desk = await open({ SPOT: [wireOrder()], PERP: [wireOrder()] });
    const error = await desk.callFailing("list_orders", { symbol, marketType });
    assertEquals(error.code, "invalid_input");
    assertEquals(error.message, `${symbol} is not of marketType ${marketType}`);
    assertEquals(queries(desk), []);
    await desk.callTool("list_orders", { symbol, marketType: "ALL" });
  }
});

Deno.test("list_orders shows no order twice where the exchange takes no notice of the type", async () => {
  const all = [wireOrder({ id: "1" }), wireOrder({ id: "2", symbol: "SOL_USDC_PERP" })];
  await using desk = await open({ SPOT: all, PERP: all });
  const { structuredContent } = await desk.callTool("list_orders", { marketType: "ALL" });
  assertEquals(structuredContent.count, 2);
  const ids = structuredContent.orders.map(({ id }: { id: string }) => id);
  assertEquals(ids.sort(), ["1", "2"]);
});

Deno.test("list_orders shows an order whole, nulls left out", async () => {
  await using desk = await open({ SPOT: [wireOrder()], PERP: [] });
  const answer = await desk.callTool("list_orders");
  assertEquals(answer.structuredContent.orders, [{
    id: "28563670003",
    clientId: 7,
    symbol: "SOL_USDC",
    side: "Bid",
    orderType: "Limit",
    status: "New",
    price: "140.10",
    quantity: "1.5",
    executedQuantity: "0",
    executedQuoteQuantity: "0",
    timeInForce: "GTC",
    postOnly: false,
    selfTradePrevention: "RejectTaker",
    createdAt: 1767225600000,
  }]);
});

Deno.test("list_orders names the part that could not be looked at", async () => {
  await using desk = await open({ SPOT: [wireOrder()], PERP: undefined });
  const answer = await desk.callTool("list_orders");
  assertEquals(answer.structuredContent.count, 1);
  assertMatch(answer.structuredContent.note, /PERP orders could not be counted/);
});

Deno.test("list_orders shows no order of a market that was not asked for", async () => {
  await using desk = await open({ SPOT: [wireOrder(), wireOrder({ symbol: "BTC_USDC" })] });
  const error = await desk.callFailing("list_orders", { symbol: "SOL_USDC" });
  assertEquals(error.code, "bad_reply");
});

Deno.test("list_orders answers an unknown symbol with the closest known ones", async () => {
  await using desk = await open({ SPOT: [], PERP: [] });
  const error = await desk.callFailing("list_orders", { symbol: "sol_usdc" });
  assertEquals([error.code, error.outcome, error.closest[0]], [
    "invalid_input",
    undefined,
    "SOL_USDC",
  ]);
});

/** So many orders, a millisecond apart, the oldest first; every third is of another market. */
function many(count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    wireOrder({
      id: String(1000 + index),
      clientId: null,
      createdAt: START_MS + index,
      symbol: index % 3 === 0 ? "BTC_USDC" : "SOL_USDC",
    }));
}

/** The ids of `count` orders of {@linkcode many}, newest first, from that index on. */
function idsFrom(newest: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(1000 + newest - index));
}

Deno.test("list_orders shows the newest hundred of many, and how to see the others", async () => {
  await using desk = await open({ SPOT: many(250), PERP: [] });
  const { structuredContent: first, content } = await desk.callTool("list_orders");
  assertEquals(first.orders.map(({ id }: { id: string }) => id), idsFrom(249, 100));
  assertEquals([first.count, first.alsoOpen], [250, {}]);
  const note = "100 of 250 shown, newest first; nextCursor has the next, and symbol narrows: " +
    "166 SOL_USDC, 84 BTC_USDC";
  assertEquals(first.note, note);
  assertEquals(content[0]?.text, `LIVE 250 open orders, SPOT; ${note}`);
});

Deno.test("list_orders pages on although orders are placed and end in between", async () => {
  const orders = many(250);
  await using desk = await open({ SPOT: orders, PERP: [] });
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 3; page++) {
    const args = cursor === undefined ? {} : { cursor };
    const { structuredContent } = await desk.callTool("list_orders", args);
    ids.push(...structuredContent.orders.map(({ id }: { id: string }) => id));
    cursor = structuredContent.nextCursor;
    // The one at which the page ended is gone, and one more has come.
    orders.splice(orders.findIndex(({ id }) => id === ids.at(-1)), 1);
    orders.push(wireOrder({ id: String(5000 + page), createdAt: START_MS + 5000 + page }));
  }
  assertEquals([cursor, ids], [undefined, idsFrom(249, 250)]);
});

Deno.test("list_orders pages through orders of one moment, none twice", async () => {
  const orders = many(230).map((order) => ({ ...order, createdAt: START_MS }));
  await using desk = await open({ SPOT: orders, PERP: [] });
  const ids = new Set<string>();
  const counts: number[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 3; page++) {
    const args = cursor === undefined ? {} : { cursor };
    const { structuredContent } = await desk.callTool("list_orders", args);
    counts.push(structuredContent.orders.length);
    for (const { id } of structuredContent.orders) ids.add(id);
    cursor = structuredContent.nextCursor;
  }
  assertEquals([counts, ids.size], [[100, 100, 30], 230]);
});

Deno.test("list_orders refuses a cursor of another question", async () => {
  await using desk = await open({ SPOT: many(250), PERP: [] });
  const { structuredContent } = await desk.callTool("list_orders");
  const { nextCursor: cursor } = structuredContent;
  const error = await desk.callFailing("list_orders", { marketType: "ALL", cursor });
  assertEquals([error.code, error.outcome], ["invalid_input", undefined]);
});

Deno.test("list_orders says of many markets only that there are more", async () => {
  const orders = many(150).map((order, index) => ({ ...order, symbol: `A${index % 12}_USDC` }));
  await using desk = await open({ SPOT: orders, PERP: [] });
  const { structuredContent } = await desk.callTool("list_orders");
  assertMatch(structuredContent.note, /: 13 A0_USDC, .*, 2 more markets$/);
});
