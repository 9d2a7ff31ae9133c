/**
 * The whole desk on the simulated exchange: the real client, signing and parsing.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { decimal } from "../lib/decimal.ts";
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

Deno.test("paper fills, balances, positions and the account agree with each other", async () => {
  await using desk = await open();
  const buy = { symbol: "SOL_USDC", side: "Bid", orderType: "Market" };
  await desk.callTool("create_order", { ...buy, quoteQuantity: "100", clientId: 1 });
  const perp = { ...buy, symbol: "SOL_USDC_PERP", quantity: "0.50", side: "Ask", clientId: 2 };
  await desk.callTool("create_order", perp);
  const { fills, summary, total } = (await desk.callTool("list_fills")).structuredContent;
  assertEquals([fills.length, summary.count, total], [total, total, total]);
  const [spot, short] = summary.traded;
  assertEquals([spot.symbol, spot.side, spot.quantity], ["SOL_USDC", "Bid", "0.71"]);
  const { balances } = (await desk.callTool("get_balances")).structuredContent;
  const totalOf = (asset: string): string =>
    balances.find((row: { asset: string }) => row.asset === asset).total;
  const sum = (...amounts: string[]): string =>
    amounts.reduce((total, amount) => total.plus(decimal(amount)), decimal("0")).toFixed();
  const feeOf = (asset: string): string =>
    summary.fees.find((fee: { asset: string }) => fee.asset === asset).amount;
  assertEquals(totalOf("SOL"), sum("25", spot.quantity, `-${feeOf("SOL")}`));
  assertEquals(totalOf("USDC"), sum("10000", `-${spot.quoteQuantity}`, `-${feeOf("USDC")}`));
  const { positions } = (await desk.callTool("list_positions")).structuredContent;
  assertEquals([positions[0].side, positions[0].quantity], ["short", "0.5"]);
  assertEquals([positions[0].entryPrice, short.side], [short.averagePrice, "Ask"]);
  assertEquals(positions[0].liquidationPrice, undefined);
  const none = await desk.callTool("list_positions", { symbol: "BTC_USDC_PERP" });
  assertEquals(none.structuredContent.positions, []);
  const account = (await desk.callTool("get_account")).structuredContent;
  assertEquals(account.fees.spotTaker, { basisPoints: "10", percent: "0.1" });
  assertEquals(account.margin.netExposureFutures, positions[0].netExposureNotional);
});

Deno.test("a paper order is looked at while open and when it has ended, in one shape", async () => {
  await using desk = await open();
  await desk.callTool("create_order", LIMIT);
  const key = { symbol: "SOL_USDC", clientId: 7 };
  const resting = (await desk.callTool("get_order", key)).structuredContent.order;
  await desk.callTool("cancel_order", key);
  const ended = (await desk.callTool("get_order", key)).structuredContent.order;
  assertEquals(ended.status, "Cancelled");
  const { reduceOnly: _, ...members } = resting;
  assertEquals(ended, { ...members, status: "Cancelled" });
  const history = (await desk.callTool("list_order_history")).structuredContent;
  assertEquals([history.orders, history.total], [[ended], 1]);
});

Deno.test("a paper history pages although orders are placed in between", async () => {
  await using desk = await open();
  for (const clientId of [1, 2, 3]) {
    await desk.callTool("create_order", { ...LIMIT, clientId, price: `12${clientId}.00` });
    desk.clock.advance(1000);
  }
  const ids: number[] = [];
  let cursor: string | undefined;
  do {
    const page =
      (await desk.callTool("list_order_history", { limit: 1, cursor })).structuredContent;
    ids.push(...page.orders.map(({ clientId }: { clientId: number }) => clientId));
    cursor = page.nextCursor;
    await desk.callTool("create_order", { ...LIMIT, clientId: 10 + ids.length, quantity: "0.01" });
  } while (cursor !== undefined);
  assertEquals(ids, [3, 2, 1]);
});

Deno.test("an order is moved away and back at once: what stands at its old place is no repetition", async () => {
  await using desk = await open();
  await desk.callTool("create_order", LIMIT);
  const key = { symbol: "SOL_USDC" };
  const away = await desk.callTool("replace_order", { ...key, clientId: 7, price: "131.00" });
  const { clientId } = away.structuredContent.order;
  const back = await desk.callTool("replace_order", { ...key, clientId, price: "130.10" });
  assertEquals(back.structuredContent?.outcome, "placed", back.content[0]?.text);
  assertEquals(desk.exchange.openOrders().length, 1);
});

/** A long position, and a stop for it: a Limit order that only its trigger puts on the book. */
async function openWithStop(): Promise<{ desk: Awaited<ReturnType<typeof open>>; id: string }> {
  const desk = await open();
  const symbol = "SOL_USDC_PERP";
  await desk.callTool("create_order", { symbol, side: "Bid", orderType: "Market", quantity: "2" });
  const stop = await desk.callTool("create_order", {
    ...{ symbol, side: "Ask", orderType: "Limit", price: "135", reduceOnly: true },
    ...{ triggerPrice: "130", triggerQuantity: "2" },
  });
  const words = "PAPER SELL 2 SOL_USDC_PERP @ 135 GTC reduce-only once MarkPrice reaches 130";
  assertEquals(stop.content[0]?.text, `${words}: TriggerPending, 0 filled`);
  return { desk, id: stop.structuredContent.order.id };
}

Deno.test("a stop that waits is replaced by one that waits, for the same amount", async () => {
  const { desk, id } = await openWithStop();
  await using _ = desk;
  const key = { symbol: "SOL_USDC_PERP", orderId: id };
  const same = await desk.callFailing("replace_order", { ...key, quantity: "2.0" });
  assertEquals([same.code, same.outcome], ["invalid_input", "not_placed"], same.message);
  const answer = await desk.callTool("replace_order", { ...key, price: "134" });
  const { order } = answer.structuredContent ?? {};
  assertEquals([order?.status, order?.price, order?.triggerPrice, order?.triggerQuantity], [
    ...["TriggerPending", "134", "130", "2"],
  ], answer.content[0]?.text);
});

Deno.test("a stop that has fired is replaced on the book: it waits for no trigger again", async () => {
  const { desk, id } = await openWithStop();
  await using _ = desk;
  const symbol = "SOL_USDC_PERP";
  desk.exchange.setPrice(symbol, "129");
  const answer = await desk.callTool("replace_order", { symbol, orderId: id, price: "134" });
  const { order } = answer.structuredContent ?? {};
  assertEquals([order?.status, order?.quantity, order?.triggerPrice, order?.reduceOnly], [
    ...["New", "2", undefined, true],
  ], answer.content[0]?.text);
  const all = { symbol, orderType: "RestingLimitOrder" };
  const cancelled = await desk.callTool("cancel_all_orders", all);
  assertEquals(cancelled.structuredContent?.count, 1);
});

Deno.test("a cancel of what waits does not wait for a stop that has fired", async () => {
  const { desk } = await openWithStop();
  await using _ = desk;
  const symbol = "SOL_USDC_PERP";
  desk.exchange.setPrice(symbol, "129");
  const startedAt = desk.clock.monotonic();
  const all = { symbol, orderType: "ConditionalOrder" };
  const { structuredContent } = await desk.callTool("cancel_all_orders", all);
  assertEquals([structuredContent?.count, structuredContent?.stillOpen.length], [0, 1]);
  assertEquals(desk.clock.monotonic() - startedAt, 0);
});
