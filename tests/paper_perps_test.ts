import { assertEquals } from "@std/assert";
import { decimal } from "../lib/decimal.ts";
import { Position } from "../lib/paper/position.ts";
import { anotherCustomer, type Customer, openExchange } from "./_paper.ts";

const SYMBOL = "SOL_USDC_PERP";
const BID = { symbol: SYMBOL, side: "Bid", orderType: "Limit", price: "140", quantity: "1" };
const ASK = { ...BID, side: "Ask" };

/** Somebody on the other side, at a price inside the market maker's spread. */
async function openWithCounterpart(): Promise<
  Awaited<ReturnType<typeof openExchange>> & { other: Customer }
> {
  const opened = await openExchange({ balances: { USDC: "1000" } });
  return { ...opened, other: await anotherCustomer(opened.exchange, opened.clock) };
}

async function lastReason(customer: Customer): Promise<string | null> {
  return (await customer.get("/wapi/v1/history/orders", { limit: 1 })).json[0].expiryReason;
}

Deno.test("position averages what it opens and realises what it closes", () => {
  const position = new Position("1", SYMBOL);
  const trade = (quantity: string, price: string): string =>
    position.trade(decimal(quantity), decimal(price)).toFixed();
  assertEquals([trade("1", "100"), trade("2", "130"), position.cost.toFixed()], ["0", "0", "360"]);
  assertEquals([trade("-1", "150"), position.cost.toFixed()], ["30", "240"]);
  assertEquals([trade("-3", "110"), position.quantity.toFixed()], ["-20", "-1"]);
  assertEquals([position.cost.toFixed(), position.realised.toFixed()], ["-110", "10"]);
  assertEquals(position.unrealised(decimal("100")).toFixed(), "10");
});

Deno.test("position loses nothing to rounding", () => {
  const position = new Position("1", SYMBOL);
  position.trade(decimal("3"), decimal("100.01"));
  position.trade(decimal("4"), decimal("100"));
  const profits = ["1", "1", "1", "1", "1", "1", "1"].map((quantity) =>
    position.trade(decimal(quantity).negated(), decimal("100"))
  );
  assertEquals(profits.reduce((sum, profit) => sum.plus(profit)).toFixed(), "-0.03");
  assertEquals([position.quantity.toFixed(), position.cost.toFixed()], ["0", "0"]);
});

Deno.test("a position shows cost, mark and profit, and its market's 404 when there is none", async () => {
  const { exchange, customer, other } = await openWithCounterpart();
  await other.place({ ...ASK, quantity: "3" });
  await customer.place({ ...BID, quantity: "3" });
  exchange.setPrice(SYMBOL, "141");
  const { json } = await customer.get("/api/v1/position", { symbol: SYMBOL });
  const { netQuantity, netCost, entryPrice, breakEvenPrice, markPrice } = json[0];
  assertEquals([netQuantity, netCost, entryPrice, breakEvenPrice, markPrice], [
    "3",
    "420",
    "140",
    "140.07",
    "141",
  ]);
  assertEquals([json[0].pnlUnrealized, json[0].netExposureNotional], ["3", "423"]);
  const short = (await other.get("/api/v1/position")).json[0];
  assertEquals([short.netQuantity, short.netCost, short.pnlUnrealized], ["-3", "-420", "-3"]);
  const none = await customer.get("/api/v1/position", { symbol: "BTC_USDC_PERP" });
  assertEquals([none.status, none.json], [404, {
    code: "RESOURCE_NOT_FOUND",
    message: "Not Found",
  }]);
});

Deno.test("closing settles profit and fees in USDC", async () => {
  const { exchange, customer } = await openWithCounterpart();
  const market = { symbol: SYMBOL, orderType: "Market", quantity: "1" };
  await customer.place({ ...market, side: "Bid" });
  exchange.setPrice(SYMBOL, "150");
  await customer.place({ ...market, side: "Ask" });
  // Bought at 140.01, sold at 149.99, 5 basis points on each.
  assertEquals(exchange.balance("USDC"), { available: "1009.835", locked: "0" });
  assertEquals((await customer.get("/api/v1/position")).json, []);
});

Deno.test("a tenth of the notional must be covered by net equity", async () => {
  const { customer } = await openWithCounterpart();
  const refused = await customer.place({ ...BID, quantity: "71.43" });
  assertEquals([refused.status, refused.json], [400, {
    code: "INSUFFICIENT_MARGIN",
    message: "Insufficient margin",
  }]);
  assertEquals((await customer.place({ ...BID, price: "139", quantity: "71" })).status, 200);
  assertEquals((await customer.place({ ...BID, price: "139", quantity: "1" })).status, 400);
  assertEquals((await customer.place({ ...ASK, price: "141", quantity: "71" })).status, 200);
});

Deno.test("an account short of margin may close but not open", async () => {
  const { exchange, customer } = await openWithCounterpart();
  const market = { symbol: SYMBOL, orderType: "Market" };
  await customer.place({ ...market, side: "Bid", quantity: "60" });
  exchange.setPrice(SYMBOL, "128");
  assertEquals((await customer.place({ ...market, side: "Bid", quantity: "1" })).status, 400);
  assertEquals((await customer.place({ ...market, side: "Ask", quantity: "60" })).status, 200);
  assertEquals((await customer.get("/api/v1/position")).json, []);
});

Deno.test("a loss beyond the balance is a debt, not a negative balance", async () => {
  const { exchange, customer } = await openExchange({ balances: { USDC: "100", SOL: "100" } });
  const market = { symbol: SYMBOL, orderType: "Market", quantity: "50" };
  await customer.place({ ...market, side: "Bid" });
  exchange.setPrice(SYMBOL, "130");
  await customer.place({ ...market, side: "Ask" });
  assertEquals((await customer.get("/api/v1/capital")).json.USDC.available, "0");
  const { json } = await customer.get("/api/v1/capital/collateral");
  assertEquals([json.borrowLiability, json.liabilitiesValue], ["407.75", "407.75"]);
});

Deno.test("reduceOnly never opens or turns a position", async () => {
  const { customer } = await openWithCounterpart();
  const market = { symbol: SYMBOL, orderType: "Market" };
  const none = await customer.place({ ...market, side: "Ask", quantity: "1", reduceOnly: true });
  assertEquals([none.status, none.json.status], [200, "Expired"]);
  assertEquals(await lastReason(customer), "ReduceOnlyNotReduced");
  await customer.place({ ...market, side: "Bid", quantity: "1" });
  const same = await customer.place({ ...market, side: "Bid", quantity: "1", reduceOnly: true });
  assertEquals([same.json.status, same.json.executedQuantity], ["Expired", "0"]);
  assertEquals((await customer.get("/api/v1/position")).json[0].netQuantity, "1");
  const more = await customer.place({ ...market, side: "Ask", quantity: "3", reduceOnly: true });
  assertEquals([more.json.status, more.json.executedQuantity], ["Expired", "1"]);
  assertEquals((await customer.get("/api/v1/position")).json, []);
});

Deno.test("a resting reduceOnly order goes with its position, and fills no further", async () => {
  const { exchange, customer } = await openWithCounterpart();
  const market = { symbol: SYMBOL, orderType: "Market" };
  await customer.place({ ...market, side: "Bid", quantity: "2" });
  await customer.place({ ...ASK, price: "145", quantity: "3", reduceOnly: true, clientId: 1 });
  await customer.place({ ...ASK, price: "146", quantity: "1", reduceOnly: true, clientId: 2 });
  exchange.setPrice(SYMBOL, "150");
  const [first] = exchange.ordersByClientId(1);
  const [second] = exchange.ordersByClientId(2);
  assertEquals([first?.status, first?.executedQuantity], ["Expired", "2"]);
  assertEquals([second?.status, second?.executedQuantity], ["Expired", "0"]);
  const { json } = await customer.get("/wapi/v1/history/fills");
  const fills = json.map(({ price, quantity }: Record<string, string>) => [price, quantity]);
  assertEquals(fills, [["145", "2"], ["140.01", "2"]]);
  assertEquals((await customer.get("/api/v1/position")).json, []);
});

Deno.test("a percentage trigger closes that share of the position", async () => {
  const { exchange, customer } = await openWithCounterpart();
  await customer.place({ symbol: SYMBOL, side: "Bid", orderType: "Market", quantity: "3" });
  const stop = { symbol: SYMBOL, side: "Ask", orderType: "Market", reduceOnly: true };
  await customer.place({ ...stop, triggerPrice: "130", triggerQuantity: "50%" });
  exchange.setPrice(SYMBOL, "130");
  assertEquals((await customer.get("/api/v1/position")).json[0].netQuantity, "1.5");
});

Deno.test("open interest is what is held long", async () => {
  const { customer, other } = await openWithCounterpart();
  await other.place({ ...ASK, quantity: "3" });
  await customer.place({ ...BID, quantity: "3" });
  const { json } = await customer.get("/api/v1/openInterest", { symbol: SYMBOL });
  assertEquals(json[0].openInterest, "3");
});
