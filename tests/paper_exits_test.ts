/**
 * Take-profit and stop-loss attached to an order, on the simulated exchange.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { PaperStore } from "../lib/paper/store.ts";
import { Customer, keyPair, START_MS } from "./_paper.ts";

async function open(store?: PaperStore): Promise<Customer> {
  const keys = await keyPair(31);
  const kept = store === undefined ? {} : { store };
  const exchange = new PaperExchange({ now: () => START_MS, apiKey: keys.apiKey, ...kept });
  return new Customer(exchange, keys, () => START_MS);
}

const SYMBOL = "SOL_USDC_PERP";
const MARKET = { symbol: SYMBOL, side: "Bid", orderType: "Market", quantity: "2" };
const EXITS = {
  takeProfitTriggerPrice: "150",
  takeProfitTriggerBy: "MarkPrice",
  stopLossTriggerPrice: "130",
  stopLossTriggerBy: "MarkPrice",
};

async function order(customer: Customer, members: Record<string, unknown>): Promise<string> {
  const answer = await customer.call("POST", "/api/v1/order", members);
  assertEquals(answer.status, 200, answer.text);
  return answer.json.id;
}

/** The exits that wait: side, trigger price, quantity, and whether they only reduce. */
async function waiting(customer: Customer): Promise<unknown[]> {
  const { json } = await customer.call("GET", "/api/v1/orders");
  return json.filter(({ status }: { status: string }) => status === "TriggerPending")
    .map((row: Record<string, unknown>) => [
      ...[row.side, row.triggerPrice, row.triggerQuantity, row.reduceOnly],
    ]);
}

async function held(customer: Customer): Promise<string> {
  const { json } = await customer.call("GET", "/api/v1/position");
  return json[0]?.netQuantity ?? "0";
}

for (const [name, price] of [["take-profit", "151"], ["stop-loss", "129"]] as const) {
  Deno.test(`a ${name} closes the position, and takes the other exit with it`, async () => {
    const customer = await open();
    const parent = await order(customer, { ...MARKET, ...EXITS });
    assertEquals(await waiting(customer), [
      ["Ask", "150", "2", true],
      ["Ask", "130", "2", true],
    ]);
    const { json } = await customer.call("GET", "/api/v1/orders");
    assertEquals(json.map((row: Record<string, unknown>) => row.relatedOrderId), [parent, parent]);
    customer.exchange.setPrice(SYMBOL, "141");
    assertEquals([await held(customer), (await waiting(customer)).length], ["2", 2]);
    customer.exchange.setPrice(SYMBOL, price);
    assertEquals([await held(customer), await waiting(customer)], ["0", []]);
    const history = (await customer.call("GET", "/wapi/v1/history/orders")).json;
    const statuses = history.map(({ status }: { status: string }) => status);
    assertEquals(statuses.sort(), ["Cancelled", "Filled", "Filled"]);
  });
}

Deno.test("the exits of a sale are the other way round", async () => {
  const customer = await open();
  const exits = { takeProfitTriggerPrice: "130", stopLossTriggerPrice: "150" };
  await order(customer, { ...MARKET, ...exits, side: "Ask" });
  assertEquals((await waiting(customer)).length, 2);
  customer.exchange.setPrice(SYMBOL, "151");
  assertEquals([await held(customer), await waiting(customer)], ["0", []]);
});

Deno.test("exits cover what their order has filled, fill by fill, in the file too", async () => {
  using store = PaperStore.open(":memory:");
  const customer = await open(store);
  const limit = { ...MARKET, orderType: "Limit", price: "139", quantity: "300", ...EXITS };
  await order(customer, limit);
  assertEquals(await waiting(customer), []);
  const seen = new Set<string>();
  for (const price of ["138.98", "138.96", "138"]) {
    customer.exchange.setPrice(SYMBOL, price);
    // Another process reads what this one wrote.
    const other = await open(store);
    const quantity = await held(other);
    seen.add(quantity);
    assertEquals(await waiting(other), [
      ["Ask", "150", quantity, true],
      ["Ask", "130", quantity, true],
    ]);
    const parent = (await other.call("GET", "/wapi/v1/history/orders")).json.at(-1);
    assertEquals(parent.executedQuantity, quantity);
  }
  assertEquals([seen.size > 1, [...seen].at(-1)], [true, "300"]);
});

Deno.test("exits go with the position, and not with another one", async () => {
  const customer = await open();
  await order(customer, { ...MARKET, ...EXITS });
  await order(customer, { ...MARKET, side: "Ask", reduceOnly: true });
  assertEquals([await held(customer), await waiting(customer)], ["0", []]);
});

Deno.test("an exit with a limit price rests there once it has fired", async () => {
  const customer = await open();
  const exits = { stopLossTriggerPrice: "130", stopLossLimitPrice: "135" };
  await order(customer, { ...MARKET, ...exits });
  customer.exchange.setPrice(SYMBOL, "129");
  const { json } = await customer.call("GET", "/api/v1/orders");
  assertEquals(
    json.map((row: Record<string, unknown>) => [row.status, row.price, row.quantity]),
    [["New", "135", "2"]],
  );
});

Deno.test("a spot exit sells what is left after the fee", async () => {
  const customer = await open();
  const spot = { ...MARKET, symbol: "SOL_USDC", stopLossTriggerPrice: "130" };
  await order(customer, { symbol: "SOL_USDC", side: "Ask", orderType: "Market", quantity: "25" });
  await order(customer, { ...spot, quantity: "2" });
  customer.exchange.setPrice("SOL_USDC", "129");
  assertEquals(customer.exchange.balance("SOL"), { available: "0.008", locked: "0" });
  assertEquals(await waiting(customer), []);
});

Deno.test("exits that make no sense are refused, and nothing is placed", async () => {
  const customer = await open();
  for (
    const exits of [
      { stopLossLimitPrice: "130" },
      { takeProfitTriggerBy: "MarkPrice" },
      { stopLossTriggerPrice: "130.001" },
      { stopLossTriggerPrice: "0" },
    ]
  ) {
    const answer = await customer.call("POST", "/api/v1/order", { ...MARKET, ...exits });
    assertEquals(answer.status, 400, JSON.stringify(exits));
  }
  assertEquals(await held(customer), "0");
});

Deno.test("exits outlive the process, and fire in the next one", async () => {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
  try {
    using first = PaperStore.open(`${folder}/paper.sqlite`);
    const before = await open(first);
    await order(before, { ...MARKET, ...EXITS });
    using second = PaperStore.open(`${folder}/paper.sqlite`);
    const after = await open(second);
    assertEquals(await waiting(after), await waiting(before));
    after.exchange.setPrice(SYMBOL, "129");
    assertEquals([await held(before), await waiting(before)], ["0", []]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
