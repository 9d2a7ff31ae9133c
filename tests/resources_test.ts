import { assertEquals, assertMatch, assertRejects } from "@std/assert";
// @ts-types="@modelcontextprotocol/sdk/types"
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { connect, type Connection, json, TestClock } from "./_helpers.ts";
import { refusal, type Route, routes, wireOrder } from "./_routes.ts";

const ZERO = { available: "0", locked: "0", staked: "0" };

async function open(scripted: Record<string, Route> = {}): Promise<Connection> {
  const clock = new TestClock();
  const exchange = routes({
    "GET /api/v1/account": () => json({ autoLend: true, spotMakerFee: "8", futuresTakerFee: null }),
    "GET /api/v1/capital": () =>
      json({ USDC: { available: "120.5", locked: "0.25", staked: "1" }, SOL: ZERO }),
    "GET /api/v1/capital/collateral": () =>
      json({ collateral: [{ symbol: "SOL", totalQuantity: "2", lendQuantity: "2" }] }),
    ...scripted,
  }, () => clock.now());
  return await connect({ fetch: exchange.fetch, clock });
}

// deno-lint-ignore no-explicit-any
async function read(desk: Connection, uri: string): Promise<any> {
  const { contents, _meta } = await desk.client.readResource({ uri });
  assertEquals(_meta, { desk: { mode: "live" } });
  assertEquals(contents[0]?._meta, { desk: { mode: "live" } });
  assertEquals([contents[0]?.uri, contents[0]?.mimeType], [uri, "application/json"]);
  return JSON.parse((contents[0] as { text: string }).text);
}

Deno.test("backpack://account has the exchange's member names", async () => {
  await using desk = await open();
  assertEquals(await read(desk, "backpack://account"), { autoLend: true, spotMakerFee: "8" });
});

Deno.test("backpack://orders has the open orders of spot and of perpetuals", async () => {
  await using desk = await open({
    "GET /api/v1/orders": ({ query }) =>
      json([wireOrder({ id: query.marketType === "PERP" ? "2" : "1" })]),
  });
  const { orders, count } = await read(desk, "backpack://orders");
  assertEquals(orders.map(({ id }: { id: string }) => id), ["2", "1"]);
  assertEquals([count, orders[0].price], [2, "140.10"]);
});

Deno.test("backpack://positions has the open positions, and none when there is none", async () => {
  const row = { symbol: "SOL_USDC_PERP", netQuantity: "-2", estLiquidationPrice: "0" };
  const replies = [json([row]), refusal("RESOURCE_NOT_FOUND", "Not Found", 404)];
  await using desk = await open({ "GET /api/v1/position": () => replies.shift() ?? json([]) });
  assertEquals(await read(desk, "backpack://positions"), {
    positions: [{ symbol: "SOL_USDC_PERP", side: "short", quantity: "2" }],
  });
  assertEquals(await read(desk, "backpack://positions"), { positions: [] });
});

Deno.test("backpack://balance adds what is lent and counts nothing twice", async () => {
  await using desk = await open();
  assertEquals(await read(desk, "backpack://balance/USDC"), {
    asset: "USDC",
    available: "120.5",
    locked: "0.25",
    staked: "1",
    lent: "0",
    total: "121.75",
  });
  assertEquals(await read(desk, "backpack://balance/SOL"), {
    asset: "SOL",
    ...ZERO,
    lent: "2",
    total: "2",
  });
});

Deno.test("backpack://balance is zero for a known asset that is not held", async () => {
  await using desk = await open();
  assertEquals((await read(desk, "backpack://balance/BTC")).total, "0");
});

Deno.test("backpack://balance never shows a failed part as zero", async () => {
  await using desk = await open({
    "GET /api/v1/capital/collateral": () => refusal("INVALID_CLIENT_REQUEST", "No"),
  });
  const error = await assertRejects(
    () => desk.client.readResource({ uri: "backpack://balance/SOL" }),
    McpError,
  );
  assertEquals(error.code, -32603);
});

Deno.test("an unknown asset or resource is not found", async () => {
  await using desk = await open();
  const uris = [
    "backpack://balance/DOGE",
    "backpack://balance/usdc",
    "backpack://balance/%E0",
    "backpack://balance/a/b",
    "backpack://balance/__proto__",
    "backpack://nothing",
    "file:///etc/passwd",
  ];
  for (const uri of uris) {
    const error = await assertRejects(() => desk.client.readResource({ uri }), McpError);
    assertEquals(error.code, -32002, uri);
  }
  const error = await assertRejects(
    () => desk.client.readResource({ uri: "backpack://balance/usdc" }),
    McpError,
  );
  assertMatch(error.message, /closest known assets: USDC/);
});

Deno.test("the template lists the assets held and completes them", async () => {
  await using desk = await open();
  const { resources } = await desk.client.listResources();
  assertEquals(resources.map(({ uri }) => uri), [
    "backpack://account",
    "backpack://orders",
    "backpack://positions",
    "backpack://limits",
    "backpack://journal",
    "backpack://markets",
    "backpack://balance/SOL",
    "backpack://balance/USDC",
  ]);
  const { resourceTemplates } = await desk.client.listResourceTemplates();
  assertEquals(resourceTemplates.map(({ uriTemplate }) => uriTemplate), [
    "backpack://balance/{asset}",
    "backpack://market/{symbol}",
  ]);
  const complete = async (value: string): Promise<string[]> => {
    const ref = { type: "ref/resource" as const, uri: "backpack://balance/{asset}" };
    const { completion } = await desk.client.complete({ ref, argument: { name: "asset", value } });
    return completion.values;
  };
  assertEquals(await complete(""), ["SOL", "USDC"]);
  assertEquals(await complete("u"), ["USDC"]);
  assertEquals(await complete("x"), []);
});

Deno.test("backpack://limits says what get_limits says", async () => {
  await using desk = await open({
    "GET /api/v1/orders": () => json([wireOrder()]),
    "GET /wapi/v1/history/fills": () => json([]),
    "GET /api/v1/position": () => json([]),
  });
  const { structuredContent } = await desk.callTool("get_limits");
  const { desk: _, ...told } = structuredContent;
  assertEquals(await read(desk, "backpack://limits"), told);
  assertEquals(told.limits[5], { variable: "BACKPACK_MAX_OPEN_ORDERS", limit: "none", used: "1" });
});
