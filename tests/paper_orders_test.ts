import { assertEquals } from "@std/assert";
import type { MarketState } from "../lib/paper/exchange.ts";
import { type Answer, type Customer, openExchange } from "./_paper.ts";

const BID = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };
const PERP = { ...BID, symbol: "SOL_USDC_PERP" };

function refusalOf({ status, json, text }: Answer): unknown[] {
  return json === undefined ? [status, text] : [status, json.code, json.message];
}

async function statusOf(customer: Customer, orderId: string): Promise<string[]> {
  const { json } = await customer.get("/wapi/v1/history/orders", { orderId });
  return [json[0].status, json[0].expiryReason];
}

Deno.test("an order can be read by either id while it rests, and then no longer", async () => {
  const { customer } = await openExchange();
  const placed = (await customer.place({ ...BID, clientId: 7 })).json;
  const keys = [{ orderId: placed.id }, { clientId: 7 }];
  for (const key of keys) {
    assertEquals(
      (await customer.get("/api/v1/order", { symbol: "SOL_USDC", ...key })).json,
      placed,
    );
  }
  const cancelled = (await customer.cancel({ symbol: "SOL_USDC", clientId: 7 })).json;
  assertEquals(cancelled, { ...placed, status: "Cancelled" });
  for (const key of keys) {
    const gone = await customer.get("/api/v1/order", { symbol: "SOL_USDC", ...key });
    assertEquals(refusalOf(gone), [404, "RESOURCE_NOT_FOUND", "Not Found"]);
    const again = await customer.cancel({ symbol: "SOL_USDC", ...key });
    assertEquals(refusalOf(again), [400, "INVALID_CLIENT_REQUEST", "Order not found"]);
  }
});

Deno.test("an order is named by exactly one id and its own market", async () => {
  const { customer } = await openExchange();
  const { id } = (await customer.place({ ...BID, clientId: 7 })).json;
  const oneOf = [400, "INVALID_CLIENT_REQUEST", "Must specify either `clientId` or `orderId`"];
  assertEquals(refusalOf(await customer.cancel({ symbol: "SOL_USDC" })), oneOf);
  const both = { symbol: "SOL_USDC", orderId: id, clientId: 7 };
  assertEquals(refusalOf(await customer.cancel(both)), oneOf);
  const elsewhere = await customer.cancel({ symbol: "BTC_USDC", orderId: id });
  assertEquals(refusalOf(elsewhere), [400, "INVALID_CLIENT_REQUEST", "Order not found"]);
});

Deno.test("a client id can't be used again, open or lately closed", async () => {
  const { customer, clock } = await openExchange();
  const taken = [400, "INVALID_ORDER", "Order with client ID already exists: 7"];
  await customer.place({ ...BID, clientId: 7 });
  assertEquals(refusalOf(await customer.place({ ...BID, clientId: 7 })), taken);
  await customer.cancel({ symbol: "SOL_USDC", clientId: 7 });
  assertEquals(refusalOf(await customer.place({ ...PERP, clientId: 7 })), taken);
  clock.nowMs += 24 * 3_600_000;
  assertEquals((await customer.place({ ...BID, clientId: 7 })).status, 200);
});

Deno.test("a refused order leaves its client id free", async () => {
  const { customer } = await openExchange();
  await customer.place({ ...BID, quantity: "1000", clientId: 7 });
  assertEquals((await customer.place({ ...BID, clientId: 7 })).status, 200);
});

Deno.test("orders off the rules of their market are refused in the exchange's words", async () => {
  const { customer } = await openExchange();
  const bad = "INVALID_CLIENT_REQUEST";
  const market = { symbol: "SOL_USDC", side: "Bid", orderType: "Market" };
  const kpepe = { ...PERP, symbol: "kPEPE_USDC_PERP", price: "0.01" };
  const invalid = [400, "INVALID_ORDER", "Invalid order"];
  const tooFar = [400, "INVALID_PRICE", "Price is too far from the last active price"];
  const belowMinimum = [400, bad, "Quantity is below the minimum allowed value"];
  const needsQuantity = "Market orders must specify a `quantity` or `quoteQuantity`";
  const bothOrNeither = "Must specify both `triggerPrice` and `triggerQuantity` or neither";
  const cases: [Record<string, unknown>, unknown[]][] = [
    [{ ...BID, price: "130.001" }, [400, bad, "Price decimal too long"]],
    [{ ...BID, quantity: "0.001" }, [400, bad, "Quantity decimal too long"]],
    [{ ...BID, quantity: "0" }, belowMinimum],
    [{ ...kpepe, quantity: "4810" }, [400, bad, "Quantity decimal too long"]],
    [{ ...kpepe, quantity: "50" }, belowMinimum],
    [{ ...BID, price: "104.99" }, tooFar],
    [{ ...BID, price: "175.01" }, tooFar],
    [{ ...BID, price: "0" }, [400, "INVALID_ORDER", "Invalid order"]],
    [market, [400, bad, needsQuantity]],
    [{ ...market, quantity: "1", quoteQuantity: "1" }, invalid],
    [{ ...market, quantity: "1", price: "140" }, invalid],
    [{ ...BID, quantity: undefined }, [400, bad, "Limit orders must specify a `quantity`"]],
    [{ ...BID, price: undefined }, [400, bad, "Limit orders must specify a `price`"]],
    [{ ...BID, quoteQuantity: "1" }, invalid],
    [{ ...BID, reduceOnly: true }, invalid],
    [{ ...BID, postOnly: true, timeInForce: "IOC" }, invalid],
    [{ ...PERP, triggerPrice: "120" }, [400, bad, bothOrNeither]],
    [{ ...PERP, triggerPrice: "120", triggerQuantity: "1" }, invalid],
  ];
  for (const [order, expected] of cases) {
    const sent = Object.fromEntries(
      Object.entries(order).filter(([, value]) => value !== undefined),
    );
    assertEquals(refusalOf(await customer.place(sent)), expected, JSON.stringify(sent));
  }
  assertEquals((await customer.get("/api/v1/orders")).json, []);
});

Deno.test("a market accepts what its state says, and always a cancel", async () => {
  const { exchange, customer } = await openExchange();
  const market = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" };
  const cases: [MarketState, number[]][] = [
    ["Open", [200, 200, 200]],
    ["Closed", [400, 400, 400]],
    ["CancelOnly", [400, 400, 400]],
    ["LimitOnly", [200, 200, 400]],
    ["PostOnly", [400, 200, 400]],
  ];
  for (const [state, expected] of cases) {
    const { id } = (await customer.place(BID)).json;
    exchange.setMarketState("SOL_USDC", state);
    const statuses = [];
    for (const order of [BID, { ...BID, postOnly: true }, market]) {
      statuses.push((await customer.place(order)).status);
    }
    assertEquals(statuses, expected, state);
    assertEquals((await customer.cancel({ symbol: "SOL_USDC", orderId: id })).status, 200, state);
    exchange.setMarketState("SOL_USDC", "Open");
  }
});

Deno.test("a batch answers for each order, and places none if one can't be read", async () => {
  const { exchange, customer } = await openExchange();
  const batch = [BID, { ...BID, quantity: "1000" }, { ...BID, price: "129" }];
  const { status, json } = await customer.call("POST", "/api/v1/orders", batch);
  assertEquals([status, json.length], [200, 3]);
  assertEquals([json[0].operation, json[0].price, json[2].price], ["Ok", "130", "129"]);
  assertEquals(json[1], {
    operation: "Err",
    code: "INSUFFICIENT_FUNDS",
    message: "Insufficient funds",
  });
  const unreadable = await customer.call("POST", "/api/v1/orders", [BID, { ...BID, side: "Buy" }]);
  assertEquals([unreadable.status, unreadable.json], [400, undefined]);
  assertEquals(exchange.openOrders().length, 2);
});

Deno.test("cancel-all ends one kind or both, in one market", async () => {
  const { exchange, customer } = await openExchange();
  const trigger = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", triggerPrice: "120" };
  const placeAll = async (): Promise<void> => {
    await customer.place(BID);
    await customer.place({ ...trigger, triggerQuantity: "1" });
  };
  const cancelAll = async (orderType?: string): Promise<string[]> => {
    const body = { symbol: "SOL_USDC", ...(orderType === undefined ? {} : { orderType }) };
    const { json } = await customer.call("DELETE", "/api/v1/orders", body);
    return json.map((order: Record<string, string>) => `${order.orderType} ${order.status}`);
  };
  await placeAll();
  await customer.place(PERP);
  assertEquals(await cancelAll("ConditionalOrder"), ["Market Cancelled"]);
  assertEquals(await cancelAll("RestingLimitOrder"), ["Limit Cancelled"]);
  await placeAll();
  assertEquals(await cancelAll(), ["Limit Cancelled", "Market Cancelled"]);
  assertEquals(exchange.openOrders().map(({ symbol }) => symbol), ["SOL_USDC_PERP"]);
});

Deno.test("a conditional order waits, is listed, and fires when its price is crossed", async () => {
  const { exchange, customer } = await openExchange();
  const order = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", triggerBy: "MarkPrice" };
  const sent = { ...order, triggerPrice: "135", triggerQuantity: "2" };
  const placed = (await customer.place(sent)).json;
  assertEquals([placed.status, placed.quantity, placed.triggerQuantity, placed.triggeredAt], [
    "TriggerPending",
    null,
    "2",
    null,
  ]);
  assertEquals((await customer.get("/api/v1/orders")).json, [placed]);
  const key = { symbol: "SOL_USDC", orderId: placed.id };
  assertEquals((await customer.get("/api/v1/order", key)).status, 404);
  exchange.setPrice("SOL_USDC", "135.01");
  assertEquals(exchange.openOrders().length, 1);
  exchange.setPrice("SOL_USDC", "134");
  assertEquals(exchange.openOrders(), []);
  assertEquals(await statusOf(customer, placed.id), ["Filled", null]);
  assertEquals(exchange.balance("SOL").available, "23");
});

Deno.test("a conditional order above the price fires on the way up", async () => {
  const { exchange, customer } = await openExchange();
  const sent = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "150" };
  const { id } =
    (await customer.place({ ...sent, triggerPrice: "145", triggerQuantity: "1" })).json;
  exchange.setPrice("SOL_USDC", "130");
  assertEquals(await statusOf(customer, id), ["TriggerPending", null]);
  exchange.setPrice("SOL_USDC", "145");
  assertEquals(await statusOf(customer, id), ["Filled", null]);
});

Deno.test("a conditional order that can't be paid when it fires has failed", async () => {
  const { exchange, customer } = await openExchange();
  const sent = { symbol: "SOL_USDC", side: "Ask", orderType: "Market", triggerPrice: "135" };
  const { id } = (await customer.place({ ...sent, triggerQuantity: "26" })).json;
  exchange.setPrice("SOL_USDC", "135");
  assertEquals(await statusOf(customer, id), ["TriggerFailed", "InsufficientFunds"]);
});

Deno.test("attached exits are kept and echoed", async () => {
  const { customer } = await openExchange();
  const exits = {
    stopLossTriggerPrice: "110",
    stopLossLimitPrice: "109.5",
    stopLossTriggerBy: "LastPrice",
    takeProfitTriggerPrice: "150",
    takeProfitLimitPrice: null,
    takeProfitTriggerBy: "MarkPrice",
  };
  const { json } = await customer.place({ ...PERP, ...exits });
  assertEquals(Object.fromEntries(Object.keys(exits).map((key) => [key, json[key]])), exits);
});
