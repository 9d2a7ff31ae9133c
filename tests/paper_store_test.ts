/**
 * The paper account in its file: what another process finds there, and what a killed one leaves.
 *
 * @module
 */

import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { freshBook } from "../lib/paper/keeper.ts";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { PaperStore } from "../lib/paper/store.ts";
import { Customer, keyPair, START_MS } from "./_paper.ts";
import { Person } from "./_cli.ts";

interface Process extends Disposable {
  readonly exchange: PaperExchange;
  readonly customer: Customer;
  readonly store: PaperStore;
}

let nextKey = 0;

/** A process with that file: a key of its own, as every server has. */
async function start(path: string, now = (): number => START_MS): Promise<Process> {
  const store = PaperStore.open(path);
  const keys = await keyPair(++nextKey);
  const exchange = new PaperExchange({ now, apiKey: keys.apiKey, store });
  const customer = new Customer(exchange, keys, now);
  return { exchange, customer, store, [Symbol.dispose]: () => store.close() };
}

async function inFolder(work: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
  try {
    await work(`${folder}/paper.sqlite`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.50",
  clientId: 7,
};
const PERP = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Market", quantity: "3.00" };
const STOP = {
  symbol: "SOL_USDC_PERP",
  side: "Ask",
  orderType: "Market",
  triggerPrice: "120",
  triggerQuantity: "100%",
  triggerBy: "MarkPrice",
  reduceOnly: true,
};

/** Everything that a customer can ask about the account. */
async function all(customer: Customer): Promise<unknown[]> {
  const paths = [
    "/api/v1/capital",
    "/api/v1/capital/collateral",
    "/api/v1/orders",
    "/api/v1/position",
    "/api/v1/account",
    "/wapi/v1/history/orders",
    "/wapi/v1/history/fills",
  ];
  const answers: unknown[] = [];
  for (const path of paths) answers.push((await customer.call("GET", path)).json);
  return answers;
}

Deno.test("another process finds balances, orders, fills and positions as they were", () =>
  inFolder(async (path) => {
    let before: unknown[] = [];
    {
      using first = await start(path);
      for (const order of [LIMIT, PERP, STOP, { ...LIMIT, price: "141", clientId: 8 }]) {
        assertEquals((await first.customer.call("POST", "/api/v1/order", order)).status, 200);
      }
      before = await all(first.customer);
    }
    using second = await start(path);
    assertEquals(await all(second.customer), before);
    const cancel = { symbol: "SOL_USDC", clientId: 7 };
    const cancelled = await second.customer.call("DELETE", "/api/v1/order", cancel);
    assertEquals([cancelled.json.status, cancelled.json.quantity], ["Cancelled", "1.50"]);
    assertEquals(second.exchange.balance("USDC").locked, "0");
    const taken = await second.customer.call("POST", "/api/v1/order", { ...LIMIT, clientId: 8 });
    assertMatch(taken.text, /client ID already exists/);
    const best = { symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" };
    const bought = await second.customer.call("POST", "/api/v1/order", best);
    assertEquals([bought.json.status, bought.json.executedQuoteQuantity], ["Filled", "140.01"]);
    second.exchange.setPrice("SOL_USDC_PERP", "119");
    const positions = await second.customer.call("GET", "/api/v1/position");
    assertEquals(positions.json, []);
  }));

Deno.test("two processes share one account: each sees at once what the other did", () =>
  inFolder(async (path) => {
    using one = await start(path);
    using two = await start(path);
    for (let round = 0; round < 5; round++) {
      for (const [index, { customer }] of [one, two].entries()) {
        const order = { ...LIMIT, clientId: 100 + round * 2 + index };
        assertEquals((await customer.call("POST", "/api/v1/order", order)).status, 200);
      }
    }
    const orders = await one.customer.call("GET", "/api/v1/orders");
    assertEquals(new Set(orders.json.map(({ id }: { id: string }) => id)).size, 10);
    assertEquals(await all(two.customer), await all(one.customer));
    assertEquals(one.exchange.balance("USDC").locked, "1951.5");
    const cancel = { symbol: "SOL_USDC" };
    assertEquals((await two.customer.call("DELETE", "/api/v1/orders", cancel)).json.length, 10);
    assertEquals(one.exchange.openOrders(), []);
  }));

Deno.test("a read writes nothing", () =>
  inFolder(async (path) => {
    using one = await start(path);
    await one.customer.call("POST", "/api/v1/order", LIMIT);
    const { revision } = one.store;
    await all(one.customer);
    await one.customer.call("POST", "/api/v1/order", LIMIT);
    assertEquals(one.store.revision, revision);
  }));

Deno.test("a change that can't be kept did not happen, and is not answered as if it had", () =>
  inFolder(async (path) => {
    using one = await start(path);
    await one.customer.call("POST", "/api/v1/order", LIMIT);
    const before = await all(one.customer);
    const other = new DatabaseSync(path);
    other.exec(
      "CREATE TRIGGER full BEFORE INSERT ON orders BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    const { text } = await one.customer.call("POST", "/api/v1/order", { ...LIMIT, clientId: 9 });
    assertMatch(text, /PAPER_NOT_KEPT.*nothing was placed or cancelled/);
    other.exec("DROP TRIGGER full");
    other.close();
    assertEquals(await all(one.customer), before);
  }));

Deno.test("a reset is noticed by a process that runs", () =>
  inFolder(async (path) => {
    using one = await start(path);
    await one.customer.call("POST", "/api/v1/order", LIMIT);
    using other = PaperStore.open(path);
    other.reset(freshBook({ USDC: "5000" }));
    assertEquals((await one.customer.call("GET", "/api/v1/capital")).json, {
      USDC: { available: "5000", locked: "0", staked: "0" },
    });
    assertEquals(one.exchange.openOrders(), []);
  }));

Deno.test("a file that is none of ours is left as it is", () =>
  inFolder((path) => {
    const other = new DatabaseSync(path);
    other.exec("CREATE TABLE mine (a)");
    other.close();
    assertThrows(() => PaperStore.open(path), Error, "is not a paper account of this program");
    return Promise.resolve();
  }));

Deno.test("paper reset asks, and starts afresh with the USDC that is named", async () => {
  const person = new Person({ types: ["no", "yes"] });
  assertEquals((await person.run("paper", "reset", "--usdc", "5000")).code, 1);
  assertEquals(person.resets, []);
  const { code, stdout } = await person.run("paper", "reset", "--usdc", "5000");
  assertEquals([code, stdout], [
    0,
    "The paper account at scripted prices in /data starts afresh with 5000 USDC.\n",
  ]);
  await new Person({ piped: true }).run("paper", "reset");
  assertEquals(person.resets, [["scripted", "5000"]]);
});

for (const args of [["rest"], ["reset", "--usdc", "many"], ["reset", "--usdc", "-5"]]) {
  Deno.test(`a mistake resets nothing: paper ${args.join(" ")}`, async () => {
    const person = new Person({ types: ["yes"] });
    assertEquals((await person.run("paper", ...args)).code, 2);
    assertEquals(person.resets, []);
  });
}

Deno.test("without a terminal a reset needs --yes", async () => {
  const person = new Person({ piped: true });
  assertEquals((await person.run("paper", "reset")).code, 2);
  assertEquals((await person.run("paper", "reset", "--yes")).code, 0);
  assertEquals(person.resets, [["scripted", undefined]]);
});
