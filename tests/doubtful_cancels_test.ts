/**
 * Cancels whose reply was lost, that the exchange only accepted, or whose process was killed: what
 * the journal says of them in the end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Intent, Journal, JournalError } from "../lib/journal/mod.ts";
import { type Desk, LIMIT, NOT_FOUND, open, wait } from "./_desk.ts";
import { hang, json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import { refusal, type Route, wireOrder } from "./_routes.ts";

const KEY = { symbol: "SOL_USDC", orderId: "28563670003" };
const OPEN = "GET /api/v1/orders";
const HISTORY = "GET /wapi/v1/history/orders";
const ACCEPTED = (): Response => new Response(null, { status: 202 });

type Doubtful = Desk & { journal: Journal; newest(): Intent["outcome"] };

async function openDoubtful(scripted: Record<string, Route>): Promise<Doubtful> {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const desk = await open({
    "GET /api/v1/time": () => new Response(String(clock.now())),
    "DELETE /api/v1/order": hang,
    "DELETE /api/v1/orders": hang,
    "GET /api/v1/order": () => json(wireOrder()),
    [OPEN]: () => json([wireOrder()]),
    ...scripted,
  }, { clock, journal });
  return { ...desk, journal, newest: () => journal.intents({ limit: 1 })[0]?.outcome };
}

/** A cancel that a former process left in flight at the start of the test. */
function leave(
  desk: Doubtful,
  tool: string,
  request: { symbol: string; [name: string]: unknown },
  key = "test",
): void {
  const body = { tool, symbol: request.symbol, key, request, timestampMs: START_MS };
  desk.journal.transact(() =>
    desk.journal.append("intent", { body: { ...body, windowMs: 5000, body: request } })
  );
}

/** Wakes the background as a start does. */
async function restarted(desk: Doubtful): Promise<Doubtful> {
  const { clock, journal, scripted } = desk;
  const next = await open(scripted, { clock, journal });
  return { ...next, journal, newest: desk.newest };
}

Deno.test("a cancel without a reply has not worked once two late looks agree", async () => {
  await using desk = await openDoubtful({});
  const error = await desk.callFailing("cancel_order", KEY);
  assertEquals(error.outcome, "unknown");
  await wait(desk, 16_000);
  assertEquals(desk.newest()?.body.state, "unknown");
  await wait(desk, 20_000);
  assertEquals(desk.newest()?.body, {
    state: "still_open",
    by: "open orders",
    stillOpen: ["28563670003"],
  });
  assertEquals(desk.exchange.effects().length, 1);
  const before = desk.exchange.received.length;
  await wait(desk, 200_000);
  assertEquals(desk.exchange.received.length, before);
});

Deno.test("a cancel in doubt is settled as history says, by either id", async () => {
  const rows = [["Cancelled", "cancelled"], ["Filled", "filled"], ["Expired", "expired"]];
  for (const [status, state] of rows) {
    for (const key of [KEY, { symbol: "SOL_USDC", clientId: 7 }]) {
      for (const reply of [hang, ACCEPTED]) {
        await using desk = await openDoubtful({ "DELETE /api/v1/order": reply });
        await desk.callTool("cancel_order", key);
        assertEquals(desk.newest()?.body.state, reply === hang ? "unknown" : "pending");
        desk.scripted[OPEN] = () => json([wireOrder({ id: "1", clientId: 1 })]);
        desk.scripted[HISTORY] = () => json([wireOrder({ status })]);
        await wait(desk, 17_000);
        const { order, ...known } = desk.newest()?.body ?? {};
        assertEquals(known, { state, by: "order history" });
        assertEquals((order as { id: string }).id, "28563670003");
      }
    }
  }
});

Deno.test("while an order stands, another that ended under its client id settles nothing", async () => {
  await using desk = await openDoubtful({
    [OPEN]: () => json([wireOrder({ id: "2" })]),
    [HISTORY]: () => json([wireOrder({ id: "1", status: "Cancelled" })]),
  });
  leave(desk, "cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  await using next = await restarted(desk);
  await wait(next, 70_000);
  const { state, stillOpen } = next.newest()?.body ?? {};
  assertEquals([state, stillOpen], ["still_open", ["2"]]);
});

Deno.test("an order that left the book without a word in history is gone, ten minutes later", async () => {
  await using desk = await openDoubtful({});
  await desk.callFailing("cancel_order", KEY);
  desk.scripted[OPEN] = () => json([]);
  // A row that lags behind is no word about its end.
  desk.scripted[HISTORY] = () => json([wireOrder({ status: "PartiallyFilled" })]);
  await wait(desk, 595_000);
  assertEquals(desk.newest()?.body.state, "unknown");
  await wait(desk, 40_000);
  assertEquals(desk.newest()?.body, { state: "gone", by: "open orders" });
});

Deno.test("a cancel-all in doubt is settled by what it meant and left standing", async () => {
  // Placed in the last millisecond of the signature's life.
  const stop = wireOrder({ id: "2", triggerPrice: "120", createdAt: START_MS + 5000 });
  const later = wireOrder({ id: "3", createdAt: START_MS + 5001 });
  const rows: [Record<string, unknown>, unknown[], Record<string, unknown>][] = [
    [{}, [wireOrder(), stop, later], { state: "still_open", stillOpen: ["28563670003", "2"] }],
    [{}, [later], { state: "gone" }],
    [{}, [], { state: "gone" }],
    [{ orderType: "ConditionalOrder" }, [wireOrder(), stop], {
      state: "still_open",
      stillOpen: ["2"],
    }],
    [{ orderType: "RestingLimitOrder" }, [stop], { state: "gone" }],
  ];
  // A row without a client id is no word about orders that nobody named.
  const history = (): Response => json([wireOrder({ clientId: null, status: "Cancelled" })]);
  for (const [changes, orders, state] of rows) {
    await using killed = await openDoubtful({ [OPEN]: () => json(orders), [HISTORY]: history });
    leave(killed, "cancel_all_orders", { symbol: "SOL_USDC", ...changes });
    await using desk = await restarted(killed);
    await wait(desk, 70_000);
    assertEquals(desk.newest()?.body, { ...state, by: "open orders" });
    assertEquals(desk.exchange.effects(), []);
  }
});

Deno.test("a cancel-all that was only accepted is pending while orders stand", async () => {
  await using desk = await openDoubtful({ "DELETE /api/v1/orders": ACCEPTED });
  await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals(desk.newest()?.body, {
    state: "pending",
    by: "reply",
    cancelled: [],
    stillOpen: ["28563670003"],
  });
  desk.scripted[OPEN] = () => json([]);
  await wait(desk, 60_000);
  assertEquals(desk.newest()?.body.state, "gone");
});

Deno.test("a cancel-all is over once it is answered, or once nothing stands that it meant", async () => {
  const confirmed = (): Response => json([wireOrder({ status: "Cancelled" })]);
  const rows: [Route, unknown[][], { cancelled: string[]; stillOpen: string[] }][] = [
    // What came since stands, and is none of its business.
    [confirmed, [[wireOrder({ id: "2" })]], { cancelled: ["28563670003"], stillOpen: ["2"] }],
    [ACCEPTED, [[wireOrder()], []], { cancelled: ["28563670003"], stillOpen: [] }],
    // It took until the second look.
    [ACCEPTED, [[wireOrder()], [wireOrder()], []], { cancelled: ["28563670003"], stillOpen: [] }],
  ];
  for (const [reply, looks, told] of rows) {
    const left = looks.map((orders) => (): Response => json(orders));
    await using desk = await openDoubtful({
      "DELETE /api/v1/orders": reply,
      [OPEN]: () => (left.length > 1 ? left.shift()! : left[0]!)(),
      [HISTORY]: confirmed,
    });
    await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
    assertEquals(desk.newest()?.body, { state: "cancelled", by: "reply", ...told });
  }
});

Deno.test("the exchange's own clock says how far two looks are apart", async () => {
  let timeMs = START_MS;
  await using desk = await openDoubtful({
    "GET /api/v1/time": () => new Response(String(timeMs)),
  });
  leave(desk, "cancel_all_orders", { symbol: "SOL_USDC" });
  await using next = await restarted(desk);
  for (const laterMs of [9999, 10_000, 24_999]) {
    timeMs = START_MS + laterMs;
    await wait(next, 60_000);
    assertEquals(next.newest(), undefined);
  }
  timeMs = START_MS + 25_000;
  await wait(next, 20_000);
  assertEquals(next.newest()?.body.state, "still_open");
});

Deno.test("two looks that differ settle nothing", async () => {
  let looks = 0;
  await using desk = await openDoubtful({
    [OPEN]: () => json(looks++ % 2 === 0 ? [wireOrder()] : []),
  });
  leave(desk, "cancel_all_orders", { symbol: "SOL_USDC" });
  await using next = await restarted(desk);
  await wait(next, 300_000);
  assertEquals(next.newest(), undefined);
});

Deno.test("looks that fail keep a cancel unknown", async () => {
  const failing: Record<string, Route> = {
    [OPEN]: () => refusal("TOO_MANY_REQUESTS", "slow down", 429),
    [HISTORY]: () => new Response("<html>", { status: 502 }),
    "GET /api/v1/time": () => new Response("soon"),
  };
  await Promise.all(
    Object.entries(failing).map(async ([route, answer]) => {
      await using desk = await openDoubtful({});
      await desk.callFailing("cancel_order", KEY);
      desk.scripted[OPEN] = () => json([]);
      desk.scripted[route] = answer;
      await wait(desk, 660_000);
      assertEquals(desk.newest()?.body.state, "unknown", route);
    }),
  );
});

Deno.test("a cancel that its client gave up is followed to its end", async () => {
  await using desk = await openDoubtful({});
  const given = new AbortController();
  desk.scripted["DELETE /api/v1/order"] = () => {
    given.abort();
    return ACCEPTED();
  };
  const call = { name: "cancel_order", arguments: KEY };
  await desk.clock.run(
    desk.client.callTool(call, undefined, { signal: given.signal }).catch(() => {}),
  );
  await wait(desk, 1000);
  assertEquals(desk.newest()?.body.state, "pending");
  desk.scripted[OPEN] = () => json([]);
  desk.scripted[HISTORY] = () => json([wireOrder({ status: "Cancelled" })]);
  await wait(desk, 20_000);
  assertEquals(desk.newest()?.body.state, "cancelled");
});

Deno.test("a cancel in doubt stops no order", async () => {
  await using desk = await openDoubtful({});
  await desk.callFailing("cancel_order", KEY);
  const answer = await desk.callTool("create_order", LIMIT);
  assertEquals([answer.isError, answer.structuredContent.desk], [undefined, { mode: "live" }]);
});

Deno.test("what another key sent is never called absent or gone by this one", async () => {
  await using former = await openDoubtful({
    [OPEN]: () => json([]),
    "GET /api/v1/order": NOT_FOUND,
  });
  leave(former, "cancel_all_orders", { symbol: "SOL_USDC" }, "another");
  const order = { tool: "create_order", symbol: "SOL_USDC", key: "another", request: LIMIT };
  const body = { ...order, timestampMs: START_MS, windowMs: 5000, body: LIMIT };
  former.journal.transact(() => former.journal.append("intent", { clientId: 7, body }));
  await using desk = await restarted(former);
  await wait(desk, 300_000);
  assertEquals(desk.journal.intents({}).map(({ state }) => state), ["in_flight", "in_flight"]);
  desk.scripted[HISTORY] = () => json([wireOrder()]);
  await wait(desk, 30_000);
  assertEquals(desk.journal.intents({ clientId: 7 })[0]?.state, "placed");
});

Deno.test("an outcome that could not be recorded is found out again", async () => {
  await using desk = await openDoubtful({});
  const { transact } = desk.journal;
  const full = (): never => {
    throw new JournalError("unwritable", "journal.sqlite", "disk full");
  };
  desk.scripted["DELETE /api/v1/order"] = () => {
    Object.assign(desk.journal, { transact: full });
    return json(wireOrder({ status: "Cancelled" }));
  };
  const answer = await desk.callTool("cancel_order", KEY);
  assertEquals([answer.structuredContent.outcome, desk.newest()], ["cancelled", undefined]);
  Object.assign(desk.journal, { transact });
  desk.scripted[OPEN] = () => json([]);
  desk.scripted[HISTORY] = () => json([wireOrder({ status: "Cancelled" })]);
  await wait(desk, 60_000);
  assertEquals(desk.newest()?.body.state, "cancelled");
});
