/**
 * The simulated exchange's scripted faults: what a client sees, and whether the order stands.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { transportFailure } from "../lib/http/failure.ts";
import { type Fault, FOREIGN_REPLY_NAMES, type When } from "../lib/paper/faults.ts";
import { BASE_URL, type Customer, openExchange, START_MS } from "./_paper.ts";

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "130.10",
  quantity: "1.5",
  clientId: 7,
};
const WHEN: readonly When[] = ["before", "after"];

async function open(
  fault: (path: string) => Fault | undefined,
): Promise<{ customer: Customer; stands: () => number; clock: { nowMs: number } }> {
  const { exchange, customer, clock } = await openExchange({ fault: ({ path }) => fault(path) });
  return { customer, clock, stands: () => exchange.ordersByClientId(7).length };
}

for (const when of WHEN) {
  const standing = when === "after" ? 1 : 0;

  Deno.test(`a connection that is reset ${when} acting`, async () => {
    const { customer, stands } = await open(() => ({ kind: "reset", when }));
    const error = await assertRejects(() => customer.place(ORDER), TypeError, "SendRequest");
    assertEquals(transportFailure(error, "effect").outcome, "unknown");
    assertEquals(stands(), standing);
  });

  Deno.test(`a reply that breaks off, ${when} acting`, async () => {
    const { customer, stands } = await open(() => ({ kind: "half", when }));
    await assertRejects(() => customer.place(ORDER), TypeError, "reading a body");
    assertEquals(stands(), standing);
  });

  Deno.test(`a reply that is cut, ${when} acting`, async () => {
    const { exchange, customer } = await openExchange({ fault: () => ({ kind: "cut", when }) });
    const headers = await customer.headers("orderExecute", ORDER);
    const init = { method: "POST", headers, body: JSON.stringify(ORDER) };
    const response = await exchange.fetch(`${BASE_URL}/api/v1/order`, init);
    const text = await response.text();
    assertEquals(response.status, 200);
    assert(text.startsWith('{"') && !text.endsWith("}"));
    assertEquals(exchange.ordersByClientId(7).length, standing);
  });

  Deno.test(`no reply until the client gives up, ${when} acting`, async () => {
    const { exchange, customer } = await openExchange({ fault: () => ({ kind: "hang", when }) });
    const headers = await customer.headers("orderExecute", ORDER);
    const leaving = new AbortController();
    const init = { method: "POST", headers, body: JSON.stringify(ORDER), signal: leaving.signal };
    const reply = exchange.fetch(`${BASE_URL}/api/v1/order`, init);
    setTimeout(() => leaving.abort(new Error("given up")), 5);
    await assertRejects(() => reply, Error, "given up");
    assertEquals(exchange.ordersByClientId(7).length, standing);
  });

  Deno.test(`replies that are not the exchange's, ${when} acting`, async () => {
    for (const reply of FOREIGN_REPLY_NAMES) {
      const { customer, stands } = await open((path) =>
        path === "/api/v1/order" ? { kind: "reply", reply, when } : undefined
      );
      const answer = await customer.place(ORDER);
      assertEquals([reply, stands()], [reply, standing]);
      assert(answer.status !== 200 || answer.json === undefined);
    }
  });
}

Deno.test("the statuses and bodies of foreign replies", async () => {
  const seen: Record<string, [number, string]> = {};
  for (const reply of FOREIGN_REPLY_NAMES) {
    const { customer } = await open(() => ({ kind: "reply", reply, when: "before" }));
    const { status, text } = await customer.place(ORDER);
    seen[reply] = [status, text.slice(0, 24)];
  }
  assertEquals(seen, {
    server_error: [500, '{"code":"SERVER_ERROR","'],
    timeout: [500, '{"code":"TIMEOUT","messa'],
    failed: [500, '{"code":"INTERNAL_ERROR"'],
    bad_gateway: [502, "<html><head><title>Just "],
    maintenance: [503, '{"code":"MAINTENANCE","m'],
    unavailable: [503, "no healthy upstream"],
    page: [200, "<html><head><title>Just "],
    empty: [200, ""],
    too_many: [429, '{"code":"TOO_MANY_REQUES'],
    accepted: [202, ""],
    redirect: [307, ""],
    id_taken: [400, '{"code":"INVALID_ORDER",'],
  });
});

Deno.test("a refused connection reads as never sent, as Deno's own does", async () => {
  const { customer, stands } = await open(() => ({ kind: "refused" }));
  const scripted = await assertRejects(() => customer.place(ORDER), TypeError);
  assertEquals(transportFailure(scripted, "effect").outcome, "not_placed");
  assertEquals(stands(), 0);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const real = await assertRejects(() => fetch(`http://127.0.0.1:${port}/`), TypeError);
  assertEquals(transportFailure(real, "effect").outcome, "not_placed");
});

Deno.test("look-ups lag as long as told, and no longer", async () => {
  let lagMs = 10_000;
  const { customer, clock } = await open((path) => path.includes("order") ? lag() : undefined);
  function lag(): Fault | undefined {
    return isPlaced ? { kind: "lag", lagMs } : undefined;
  }
  let isPlaced = false;
  await customer.place(ORDER);
  isPlaced = true;
  const rows = async (): Promise<number[]> => {
    const key = { symbol: "SOL_USDC", clientId: 7 };
    const one = await customer.get("/api/v1/order", key);
    const open = await customer.get("/api/v1/orders");
    const history = await customer.get("/wapi/v1/history/orders");
    return [one.status, open.json.length, history.json.length];
  };
  assertEquals(await rows(), [404, 0, 0]);
  clock.nowMs = START_MS + 9999;
  assertEquals(await rows(), [404, 0, 0]);
  clock.nowMs = START_MS + 10_000;
  assertEquals(await rows(), [200, 1, 1]);
  clock.nowMs = START_MS + 1;
  lagMs = 0;
  assertEquals(await rows(), [200, 1, 1]);
});

Deno.test("fills lag too", async () => {
  let lagMs = 0;
  const { customer } = await open((path) =>
    path.endsWith("/fills") ? { kind: "lag", lagMs } : undefined
  );
  await customer.place({ symbol: "SOL_USDC", side: "Bid", orderType: "Market", quantity: "1" });
  assertEquals((await customer.get("/wapi/v1/history/fills")).json.length, 1);
  lagMs = 1;
  assertEquals((await customer.get("/wapi/v1/history/fills")).json.length, 0);
});

Deno.test("a script sees method, path and body, once a request", async () => {
  const seen: string[] = [];
  const { customer } = await openExchange({
    fault: ({ method, path, body }) => void seen.push(`${method} ${path} ${body}`),
  });
  await customer.place(ORDER);
  await customer.get("/api/v1/orders");
  assertEquals(seen, [`POST /api/v1/order ${JSON.stringify(ORDER)}`, "GET /api/v1/orders "]);
});
