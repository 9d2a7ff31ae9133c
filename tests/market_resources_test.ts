/**
 * The market resources through the real client; none of them needs a key.
 *
 * @module
 */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
// @ts-types="@modelcontextprotocol/sdk/types"
import { McpError } from "@modelcontextprotocol/sdk/types.js";
import { json } from "./_helpers.ts";
import { open, type Value } from "./_market.ts";
import { market, refusal } from "./_routes.ts";

async function read(uri: string): Promise<Value> {
  await using desk = await open({});
  const { contents } = await desk.client.readResource({ uri });
  return JSON.parse((contents[0] as { text: string }).text);
}

Deno.test("backpack://markets lists every market by symbol", async () => {
  const { markets } = await read("backpack://markets");
  assertEquals(markets.map(({ symbol }: Value) => symbol), [
    "BTC_USDC",
    "SOL_USDC",
    "SOL_USDC_PERP",
    "kPEPE_USDC_PERP",
  ]);
  assertEquals([markets[0].tickSize, markets[3].stepSize], ["0.1", "100"]);
});

Deno.test("backpack://market shows one market whole, and keeps to its case", async () => {
  const market = await read("backpack://market/BTC_USDC");
  assertEquals([market.symbol, market.filters.price.maxPrice], ["BTC_USDC", "1000000"]);
  await using desk = await open({});
  for (const name of ["btc_usdc", "__proto__", "%E0", "a/b", ""]) {
    const uri = `backpack://market/${name}`;
    const error = await assertRejects(() => desk.client.readResource({ uri }), McpError);
    assertEquals(error.code, -32002, uri);
  }
  const error = await assertRejects(
    () => desk.client.readResource({ uri: "backpack://market/btc_usdc" }),
    McpError,
  );
  assertMatch(error.message, /closest known symbols: BTC_USDC/);
});

Deno.test("a markets resource that can't be had is an error, not an empty list", async () => {
  await using desk = await open({
    "GET /api/v1/markets": () => refusal("INVALID_CLIENT_REQUEST", "No"),
  });
  const uri = "backpack://markets";
  const error = await assertRejects(() => desk.client.readResource({ uri }), McpError);
  assertEquals(error.code, -32603);
});

Deno.test("without a key the fixed resources are listed", async () => {
  await using desk = await open({});
  const { resources } = await desk.client.listResources();
  assertEquals(resources.map(({ uri }) => uri), [
    "backpack://account",
    "backpack://orders",
    "backpack://positions",
    "backpack://limits",
    "backpack://journal",
    "backpack://markets",
  ]);
});

Deno.test("symbols complete in any case, and every template by its own argument", async () => {
  await using desk = await open({ "GET /api/v1/capital": () => json({}) });
  const complete = async (uri: string, name: string, value: string): Promise<string[]> => {
    const ref = { type: "ref/resource" as const, uri };
    const { completion } = await desk.client.complete({ ref, argument: { name, value } });
    return completion.values;
  };
  const template = "backpack://market/{symbol}";
  assertEquals(await complete(template, "symbol", "sol"), ["SOL_USDC", "SOL_USDC_PERP"]);
  assertEquals(await complete(template, "symbol", "K"), ["kPEPE_USDC_PERP"]);
  assertEquals(await complete(template, "asset", "sol"), []);
  await assertRejects(() => complete("backpack://nothing/{x}", "x", ""), McpError);
});

Deno.test("of many names a hundred complete, and how many there are is told", async () => {
  const markets = Array.from({ length: 150 }, (_, at) => market(`A${at}_USDC`));
  await using desk = await open({ "GET /api/v1/markets": () => json(markets) });
  const ref = { type: "ref/resource" as const, uri: "backpack://market/{symbol}" };
  const argument = { name: "symbol", value: "a" };
  const { values, total, hasMore } = (await desk.client.complete({ ref, argument })).completion;
  assertEquals([values.length, total, hasMore], [100, 150, true]);
});
