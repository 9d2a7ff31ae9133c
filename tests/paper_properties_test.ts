import { assertEquals, assertNotEquals } from "@std/assert";
import type { PaperExchange } from "../lib/paper/exchange.ts";
import { createRandom } from "../lib/paper/random.ts";
import { anotherCustomer, type Customer, openExchange } from "./_paper.ts";

type Random = (bound: number) => number;

const MARKETS = [
  { symbol: "SOL_USDC", reference: 14000, tick: 2, quantity: (n: number) => `${n}.01` },
  { symbol: "SOL_USDC_PERP", reference: 14000, tick: 2, quantity: (n: number) => `${n}.07` },
  { symbol: "BTC_USDC", reference: 600000, tick: 1, quantity: (n: number) => `0.000${n + 1}3` },
  { symbol: "kPEPE_USDC_PERP", reference: 10000, tick: 6, quantity: (n: number) => `${n + 1}00` },
];

function randomOrder(random: Random): Record<string, unknown> {
  const pick = <T>(...items: T[]): T => items[random(items.length)] as T;
  const market = pick(...MARKETS);
  const { symbol } = market;
  const isPerp = symbol.endsWith("_PERP");
  const order = {
    symbol,
    side: pick("Bid", "Ask"),
    selfTradePrevention: pick("RejectTaker", "RejectMaker", "RejectBoth"),
    ...(isPerp ? { reduceOnly: random(4) === 0 } : {}),
  };
  const quantity = market.quantity(random(9));
  const ticks = market.reference + random(41) - 20;
  const price = (ticks / 10 ** market.tick).toFixed(market.tick);
  const kinds = [
    { orderType: "Limit", price, quantity, timeInForce: pick("GTC", "GTC", "IOC", "FOK") },
    { orderType: "Limit", price, quantity, postOnly: random(3) === 0 },
    { orderType: "Market", quantity },
    { orderType: "Market", quoteQuantity: `${random(500)}.37` },
    { orderType: "Market", triggerPrice: price, triggerQuantity: pick("25%", quantity) },
  ];
  return { ...order, ...pick(...kinds) };
}

async function trade(customers: Customer[], random: Random, steps: number): Promise<string[]> {
  const replies: string[] = [];
  for (let step = 0; step < steps; step++) {
    const customer = customers[random(customers.length)];
    if (customer === undefined) continue;
    const open = customer.exchange.openOrders(customer.apiKey);
    const victim = open[random(open.length || 1)];
    const reply = victim !== undefined && random(4) === 0
      ? await customer.cancel({ symbol: victim.symbol, orderId: victim.id })
      : await customer.place(randomOrder(random));
    replies.push(reply.text);
    if (random(25) === 0) customer.exchange.setPrice("SOL_USDC_PERP", `${135 + random(10)}.5`);
  }
  return replies;
}

async function openWithThree(seed: number): Promise<{ exchange: PaperExchange; all: Customer[] }> {
  const { exchange, customer, clock } = await openExchange({ seed });
  const others = [
    await anotherCustomer(exchange, clock, 8),
    await anotherCustomer(exchange, clock, 9),
  ];
  return { exchange, all: [customer, ...others] };
}

Deno.test("no sequence of orders makes or loses anything, fees included", async () => {
  for (const seed of [1, 2, 3]) {
    const { exchange, all } = await openWithThree(seed);
    const totals = (): string[] => ["USDC", "SOL", "BTC"].map((asset) => exchange.total(asset));
    const before = totals();
    const replies = await trade(all, createRandom(seed), 400);
    assertEquals(totals(), before, `seed ${seed}`);
    assertNotEquals(replies.filter((text) => text.includes('"Filled"')), []);
    await checkLocks(exchange, all);
  }
});

/** What is locked is what the resting spot orders hold back, and nothing once they are gone. */
async function checkLocks(exchange: PaperExchange, all: Customer[]): Promise<void> {
  for (const customer of all) {
    for (const { symbol } of MARKETS) {
      await customer.call("DELETE", "/api/v1/orders", { symbol });
    }
    assertEquals(exchange.openOrders(customer.apiKey), []);
    for (const asset of ["USDC", "SOL", "BTC"]) {
      assertEquals(exchange.balance(asset, customer.apiKey).locked, "0", asset);
    }
  }
}

Deno.test("the same seed, clock and requests give the same bytes", async () => {
  const runs = [];
  for (let run = 0; run < 2; run++) {
    const { all } = await openWithThree(5);
    const replies = await trade(all, createRandom(5), 150);
    const [first] = all;
    if (first === undefined) continue;
    for (const path of ["/wapi/v1/history/orders", "/wapi/v1/history/fills", "/api/v1/position"]) {
      replies.push((await first.get(path)).text);
    }
    runs.push(replies);
  }
  assertEquals(runs[0], runs[1]);
});

Deno.test("another seed gives other quotes at the same prices", async () => {
  const books = [];
  for (const seed of [1, 2]) {
    const { customer } = await openExchange({ seed });
    const { json } = await customer.get("/api/v1/depth", { symbol: "BTC_USDC", limit: 20 });
    books.push(json);
  }
  assertEquals(books[0].asks[0][0], books[1].asks[0][0]);
  assertNotEquals(books[0].asks, books[1].asks);
});
