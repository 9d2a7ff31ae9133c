import { assertEquals } from "@std/assert";
import { anotherCustomer, type Answer, openExchange } from "./_paper.ts";

const BID = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "130", quantity: "1" };
const ASK = { ...BID, side: "Ask", price: "150" };
const NO_FUNDS = [400, "INSUFFICIENT_FUNDS", "Insufficient funds"];

function refusalOf({ status, json }: Answer): unknown[] {
  return [status, json.code, json.message];
}

Deno.test("a resting order holds back what it may cost, until it is cancelled", async () => {
  const { exchange, customer } = await openExchange();
  await customer.place({ ...BID, clientId: 1 });
  await customer.place({ ...ASK, clientId: 2 });
  assertEquals(exchange.balance("USDC"), { available: "9870", locked: "130" });
  assertEquals(exchange.balance("SOL"), { available: "24", locked: "1" });
  assertEquals((await customer.get("/api/v1/capital")).json, {
    USDC: { available: "9870", locked: "130", staked: "0" },
    BTC: { available: "0.1", locked: "0", staked: "0" },
    SOL: { available: "24", locked: "1", staked: "0" },
  });
  for (const clientId of [1, 2]) await customer.cancel({ symbol: "SOL_USDC", clientId });
  assertEquals(exchange.balance("USDC"), { available: "10000", locked: "0" });
  assertEquals(exchange.balance("SOL"), { available: "25", locked: "0" });
});

Deno.test("fees come out of what is received, to the last digit", async () => {
  const { exchange, customer, clock } = await openExchange();
  const other = await anotherCustomer(exchange, clock);
  await customer.place({ ...ASK, price: "140", quantity: "1.23" });
  await other.place({ ...BID, price: "140", quantity: "1.23" });
  // Maker 8 and taker 10 basis points: 172.2 USDC and 1.23 SOL were received.
  assertEquals(exchange.balance("USDC"), { available: "10172.06224", locked: "0" });
  assertEquals(exchange.balance("SOL", other.apiKey), { available: "26.22877", locked: "0" });
  const [maker] = (await customer.get("/wapi/v1/history/fills")).json;
  const [taker] = (await other.get("/wapi/v1/history/fills")).json;
  assertEquals([maker.fee, maker.feeSymbol, maker.isMaker], ["0.13776", "USDC", true]);
  assertEquals([taker.fee, taker.feeSymbol, taker.isMaker], ["0.00123", "SOL", false]);
  assertEquals(maker.tradeId, taker.tradeId);
});

Deno.test("a rebate is paid, not charged", async () => {
  const { exchange, customer, clock } = await openExchange({ fees: { spotMaker: "-1" } });
  const other = await anotherCustomer(exchange, clock);
  await customer.place({ ...ASK, price: "140" });
  await other.place({ ...BID, price: "140" });
  assertEquals(exchange.balance("USDC").available, "10140.014");
});

Deno.test("an order that can't be paid in full is refused", async () => {
  const { exchange, customer } = await openExchange({ balances: { USDC: "130", SOL: "1" } });
  assertEquals(refusalOf(await customer.place({ ...BID, quantity: "1.01" })), NO_FUNDS);
  assertEquals(refusalOf(await customer.place({ ...ASK, quantity: "1.01" })), NO_FUNDS);
  const market = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" };
  assertEquals(refusalOf(await customer.place(market)), NO_FUNDS);
  assertEquals((await customer.place(BID)).status, 200);
  assertEquals(refusalOf(await customer.place({ ...BID, quantity: "0.01" })), NO_FUNDS);
  assertEquals(exchange.balance("USDC"), { available: "0", locked: "130" });
});

Deno.test("a better price than the limit costs only the better price", async () => {
  const { exchange, customer } = await openExchange();
  await customer.place({ ...BID, price: "150" });
  assertEquals(exchange.balance("USDC"), { available: "9859.99", locked: "0" });
});

Deno.test("limits/order tells the most that can be placed, in whole steps", async () => {
  const { customer } = await openExchange();
  const most = async (query: Record<string, unknown>): Promise<string> =>
    (await customer.get("/api/v1/account/limits/order", query)).json.maxOrderQuantity;
  assertEquals(await most({ symbol: "SOL_USDC", side: "Bid", price: "139" }), "71.94");
  assertEquals(await most({ symbol: "SOL_USDC", side: "Ask" }), "25");
  assertEquals(await most({ symbol: "SOL_USDC_PERP", side: "Ask" }), "1358.92");
  assertEquals(await most({ symbol: "SOL_USDC_PERP", side: "Ask", reduceOnly: true }), "0");
});

Deno.test("the collateral summary counts what is locked, by weight", async () => {
  const { customer } = await openExchange({ balances: { USDC: "1000", SOL: "10" } });
  await customer.place(BID);
  const { json } = await customer.get("/api/v1/capital/collateral");
  assertEquals([json.netEquity, json.netEquityAvailable, json.assetsValue], [
    "2330",
    "2330",
    "2330",
  ]);
  assertEquals(json.collateral[0], {
    symbol: "USDC",
    assetMarkPrice: "1",
    totalQuantity: "1000",
    balanceNotional: "1000",
    collateralWeight: "1",
    collateralValue: "1000",
    openOrderQuantity: "130",
    lendQuantity: "0",
    availableQuantity: "870",
  });
});
