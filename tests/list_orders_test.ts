import { assertEquals, assertMatch } from "@std/assert";
import { connect, type Connection, json, TestClock } from "./_helpers.ts";
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

Deno.test("list_orders answers an unknown symbol with the closest known ones", async () => {
  await using desk = await open({ SPOT: [], PERP: [] });
  const error = await desk.callFailing("list_orders", { symbol: "sol_usdc" });
  assertEquals([error.code, error.outcome, error.closest[0]], [
    "invalid_input",
    undefined,
    "SOL_USDC",
  ]);
});
