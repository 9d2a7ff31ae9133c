/**
 * The whole desk on the simulated exchange: the real client, signing and parsing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { API_KEY, connect, type Connection, TestClock } from "./_helpers.ts";

async function open(): Promise<Connection & { exchange: PaperExchange }> {
  const clock = new TestClock();
  const exchange = new PaperExchange({ now: () => clock.now(), apiKey: API_KEY });
  const fetch = exchange.fetch.bind(exchange);
  return { ...await connect({ fetch, clock, mode: "paper" }), exchange };
}

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.50",
  clientId: 7,
};

Deno.test("a paper order rests, is listed and cancelled, its decimals as they were written", async () => {
  await using desk = await open();
  const placed = await desk.callTool("create_order", LIMIT);
  assertEquals(
    placed.content[0]?.text,
    "PAPER BUY 1.50 SOL_USDC @ 130.10 GTC: New, 0/1.50 filled",
  );
  const listed = await desk.callTool("list_orders", { symbol: "SOL_USDC" });
  assertEquals(listed.structuredContent.orders, [placed.structuredContent.order]);
  assertEquals(desk.exchange.balance("USDC").locked, "195.15");
  const cancelled = await desk.callTool("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  assertEquals(cancelled.structuredContent.outcome, "cancelled");
  assertEquals(desk.exchange.openOrders().length, 0);
});

Deno.test("a paper IOC below the market expires and says so", async () => {
  await using desk = await open();
  const answer = await desk.callTool("create_order", { ...LIMIT, timeInForce: "IOC" });
  assertEquals(answer.structuredContent.order.status, "Expired");
  const gone = await desk.callTool("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  assertEquals(gone.structuredContent.outcome, "expired");
});

Deno.test("a paper order that crosses fills at the market's price", async () => {
  await using desk = await open();
  const answer = await desk.callTool("create_order", { ...LIMIT, price: "141.00" });
  assertEquals(answer.structuredContent.order.status, "Filled");
  const filled = await desk.callTool("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  assertEquals(filled.structuredContent.outcome, "filled");
  const post = { ...LIMIT, price: "141.00", postOnly: true, clientId: 8, quantity: "2" };
  const error = await desk.callFailing("create_order", post);
  assertEquals([error.code, error.outcome], ["rejected", "not_placed"]);
});

Deno.test("paper perpetuals trade, and their open orders are counted beside spot", async () => {
  await using desk = await open();
  const market = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Market", quantity: "1" };
  await desk.callTool("create_order", market);
  const spot = await desk.callTool("list_orders", {});
  assertEquals(spot.structuredContent.alsoOpen, {});
  await desk.callTool("create_order", { ...LIMIT, symbol: "SOL_USDC_PERP", clientId: 9 });
  assertEquals((await desk.callTool("list_orders")).structuredContent.alsoOpen, { PERP: 1 });
  const all = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC_PERP" });
  assertEquals([all.structuredContent.count, all.structuredContent.stillOpen], [1, []]);
});

Deno.test("a paper market that is closed takes no order", async () => {
  await using desk = await open();
  desk.exchange.setMarketState("SOL_USDC", "Closed");
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"]);
  assertEquals(error.message, "Cannot place order: SOL_USDC is Closed and takes no orders");
});
