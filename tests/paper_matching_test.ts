import { assertEquals } from "@std/assert";
import { anotherCustomer, type Answer, openExchange } from "./_paper.ts";

const BID = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit" };
const ASK = { ...BID, side: "Ask" };
// Inside the market maker's spread of 139.99 to 140.01 there is one price.
const MIDDLE = "140";

function outcome({ json }: Answer): unknown[] {
  return [json.status, json.executedQuantity, json.executedQuoteQuantity];
}

async function reasonOf(
  customer: Awaited<ReturnType<typeof openExchange>>["customer"],
): Promise<string | null> {
  const { json } = await customer.get("/wapi/v1/history/orders", { limit: 1 });
  return json[0].expiryReason;
}

Deno.test("resting orders are matched by price, then by time, at their own price", async () => {
  const { exchange, customer, clock } = await openExchange();
  const other = await anotherCustomer(exchange, clock);
  const third = await anotherCustomer(exchange, clock, 9);
  await customer.place({ ...ASK, price: "140", quantity: "1", clientId: 1 });
  await other.place({ ...ASK, price: "140", quantity: "1", clientId: 2 });
  const taken = await third.place({ ...BID, price: "140.5", quantity: "1.5", timeInForce: "IOC" });
  assertEquals(outcome(taken), ["Filled", "1.5", "210"]);
  assertEquals(exchange.ordersByClientId(1)[0]?.status, "Filled");
  const second = exchange.ordersByClientId(2, other.apiKey)[0];
  assertEquals([second?.status, second?.executedQuantity], ["PartiallyFilled", "0.5"]);
  const { json } = await third.get("/wapi/v1/history/fills");
  const prices = json.map(({ price, quantity }: Record<string, string>) => [price, quantity]);
  assertEquals(prices, [["140", "0.5"], ["140", "1"]]);
});

Deno.test("a crossing GTC order fills and rests with what is left", async () => {
  const { exchange, customer } = await openExchange();
  const rich = { ...BID, symbol: "SOL_USDC_PERP", price: "140.01", quantity: "130" };
  const placed = (await customer.place(rich)).json;
  assertEquals(placed.status, "PartiallyFilled");
  const { json } = await customer.get("/api/v1/depth", { symbol: "SOL_USDC_PERP", limit: 5 });
  const left = 130 - Number(placed.executedQuantity);
  assertEquals(json.bids.at(-1), ["140.01", left.toFixed(2).replace(/0+$/, "")]);
  assertEquals(exchange.openOrders().length, 1);
});

Deno.test("IOC and FOK that find nothing are 200 with Expired", async () => {
  const { customer } = await openExchange();
  const order = { ...BID, price: MIDDLE, quantity: "1" };
  const ioc = await customer.place({ ...order, timeInForce: "IOC" });
  assertEquals([ioc.status, ...outcome(ioc)], [200, "Expired", "0", "0"]);
  assertEquals(await reasonOf(customer), "ImmediateOrCancel");
  const fok = await customer.place({ ...order, timeInForce: "FOK" });
  assertEquals([fok.status, ...outcome(fok)], [200, "Expired", "0", "0"]);
  assertEquals(await reasonOf(customer), "FillOrKill");
});

Deno.test("FOK takes all or nothing, IOC what there is", async () => {
  const { exchange, customer, clock } = await openExchange();
  const other = await anotherCustomer(exchange, clock);
  await other.place({ ...ASK, price: MIDDLE, quantity: "1" });
  const order = { ...BID, price: MIDDLE };
  const fok = await customer.place({ ...order, quantity: "1.01", timeInForce: "FOK" });
  assertEquals(outcome(fok), ["Expired", "0", "0"]);
  const ioc = await customer.place({ ...order, quantity: "1.01", timeInForce: "IOC" });
  assertEquals(outcome(ioc), ["Expired", "1", "140"]);
  await other.place({ ...ASK, price: MIDDLE, quantity: "1" });
  const exact = await customer.place({ ...order, quantity: "1", timeInForce: "FOK" });
  assertEquals(outcome(exact), ["Filled", "1", "140"]);
});

Deno.test("postOnly is refused where it would take, and rests where not", async () => {
  const { customer } = await openExchange();
  const order = { ...BID, quantity: "1", postOnly: true };
  const refused = await customer.place({ ...order, price: "140.01" });
  assertEquals([refused.status, refused.json], [400, {
    code: "INVALID_ORDER",
    message: "Order would immediately match and take",
  }]);
  const placed = await customer.place({ ...order, price: MIDDLE });
  assertEquals([placed.json.status, placed.json.postOnly], ["New", true]);
  const sale = { ...ASK, quantity: "1", postOnly: true };
  const { customer: seller } = await openExchange();
  assertEquals((await seller.place({ ...sale, price: "139.99" })).status, 400);
  assertEquals((await seller.place({ ...sale, price: MIDDLE })).json.status, "New");
});

Deno.test("a Market order spends about its quoteQuantity, in whole steps", async () => {
  const { customer } = await openExchange();
  const bought = await customer.place({ ...BID, orderType: "Market", quoteQuantity: "500" });
  assertEquals(outcome(bought), ["Filled", "3.57", "499.8357"]);
  assertEquals([bought.json.quantity, bought.json.quoteQuantity], ["3.57", "500"]);
  const sold = await customer.place({ ...ASK, orderType: "Market", quoteQuantity: "500" });
  assertEquals(outcome(sold), ["Filled", "3.57", "499.7643"]);
  const little = await customer.place({ ...BID, orderType: "Market", quoteQuantity: "1" });
  assertEquals(outcome(little), ["Expired", "0", "0"]);
});

Deno.test("a Market order goes no further than impact and slippage allow", async () => {
  const { customer } = await openExchange({ balances: { USDC: "10000000" } });
  const order = { ...BID, orderType: "Market", quantity: "5000" };
  const all = await customer.place(order);
  assertEquals([all.json.status, await reasonOf(customer)], ["Expired", "InsufficientLiquidity"]);
  const slip = { slippageTolerance: "0", slippageToleranceType: "TickSize" };
  const tight = await customer.place({ ...order, ...slip });
  assertEquals(tight.json.status, "Expired");
  assertEquals(await reasonOf(customer), "SlippageToleranceExceeded");
  const { json } = await customer.get("/wapi/v1/history/fills", { orderId: tight.json.id });
  assertEquals(json.map(({ price }: { price: string }) => price), ["140.01"]);
});

Deno.test("a Market order slips by ticks or percent of the best price, on either side", async () => {
  const rows = [
    ["Bid", "3", "TickSize", "140.04"], // 140.01 + 0.03
    ["Bid", "0.1", "Percent", "140.15"], // 140.01 + 0.14001
    ["Ask", "2", "TickSize", "139.97"], // 139.99 - 0.02
    ["Ask", "0.1", "Percent", "139.86"], // 139.99 - 0.13999
  ];
  for (const [side, slippageTolerance, slippageToleranceType, last] of rows) {
    const { customer } = await openExchange({ balances: { USDC: "10000000", SOL: "10000" } });
    const slip = { slippageTolerance, slippageToleranceType };
    await customer.place({ ...BID, side, orderType: "Market", quantity: "5000", ...slip });
    assertEquals(await reasonOf(customer), "SlippageToleranceExceeded");
    const { json } = await customer.get("/wapi/v1/history/fills");
    assertEquals(json[0].price, last, `${side} ${slippageTolerance} ${slippageToleranceType}`);
  }
});

Deno.test("self-trade prevention rejects the taker by default", async () => {
  const { exchange, customer } = await openExchange();
  await customer.place({ ...ASK, price: MIDDLE, quantity: "1" });
  const taker = await customer.place({ ...BID, price: "140.5", quantity: "1" });
  assertEquals(outcome(taker), ["Expired", "0", "0"]);
  assertEquals(await reasonOf(customer), "SelfTradePrevention");
  assertEquals(exchange.openOrders().length, 1);
});

Deno.test("self-trade prevention may reject the maker, or both", async () => {
  const { exchange, customer } = await openExchange();
  const order = { ...BID, price: "140.5", quantity: "1" };
  await customer.place({ ...ASK, price: MIDDLE, quantity: "1", clientId: 1 });
  const maker = await customer.place({ ...order, selfTradePrevention: "RejectMaker" });
  assertEquals(outcome(maker), ["Filled", "1", "140.01"]);
  assertEquals(exchange.ordersByClientId(1)[0]?.status, "Expired");
  await customer.place({ ...ASK, price: MIDDLE, quantity: "1", clientId: 2 });
  const both = await customer.place({ ...order, selfTradePrevention: "RejectBoth" });
  assertEquals(outcome(both), ["Expired", "0", "0"]);
  assertEquals(exchange.ordersByClientId(2)[0]?.status, "Expired");
  assertEquals([exchange.openOrders(), exchange.balance("SOL").locked], [[], "0"]);
});

Deno.test("the market maker puts back what was taken", async () => {
  const { customer } = await openExchange();
  const depth = async (): Promise<unknown> =>
    (await customer.get("/api/v1/depth", { symbol: "SOL_USDC", limit: 20 })).json.asks;
  const before = await depth();
  await customer.place({ ...BID, orderType: "Market", quantity: "60" });
  assertEquals(await depth(), before);
});

Deno.test("a moved price meets the orders in its way", async () => {
  const { exchange, customer } = await openExchange();
  await customer.place({ ...BID, price: "138", quantity: "2", clientId: 1 });
  exchange.setPrice("SOL_USDC", "130");
  const order = exchange.ordersByClientId(1)[0];
  assertEquals([order?.status, order?.executedQuoteQuantity], ["Filled", "276"]);
  const { json } = await customer.get("/api/v1/depth", { symbol: "SOL_USDC", limit: 5 });
  assertEquals([json.bids.at(-1)[0], json.asks[0][0]], ["129.99", "130.01"]);
});
