/**
 * Lost replies, repetitions and the background's findings, through the real client.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { StdioTransport } from "../lib/stdio.ts";
import { type Desk, LIMIT, open, wait } from "./_desk.ts";
import { hang, json, MEMORY, NO_LIMITS, serve, START_MS, TestClock } from "./_helpers.ts";
import { addIntent, addOutcome } from "./_journal_child.ts";
import {
  MARKET_ROUTES,
  naiveIso,
  NO_ORDERS,
  refusal,
  type Route,
  routes,
  takesOrders,
  wireFill,
  wireOrder,
} from "./_routes.ts";

const OTHER = { ...LIMIT, symbol: "BTC_USDC", quantity: "0.001", price: "60000.0", clientId: 8 };

// deno-lint-ignore no-explicit-any
async function outcome(desk: Desk, clientId = 7): Promise<any> {
  return (await desk.callTool("get_order_outcome", { clientId })).structuredContent;
}

Deno.test("an order whose reply is lost is found by each of the four looks", async () => {
  const rows: [string, () => Response, string][] = [
    ["GET /api/v1/order", () => json(wireOrder()), "open order"],
    ["GET /api/v1/orders", () => json([wireOrder()]), "open orders"],
    ["GET /wapi/v1/history/orders", () => json([wireOrder({ status: "Filled" })]), "order history"],
    [
      "GET /wapi/v1/history/fills",
      () =>
        json([{
          orderId: "9",
          clientId: "7",
          symbol: "SOL_USDC",
          side: "Bid",
          price: "140.1",
          quantity: "1.5",
          fee: "0.1",
          feeSymbol: "USDC",
          isMaker: false,
          timestamp: "2026-01-01T00:00:01",
        }]),
      "fills",
    ],
  ];
  for (const [route, answer, by] of rows) {
    await using desk = await open({ "POST /api/v1/order": hang, [route]: answer });
    const { structuredContent } = await desk.callTool("create_order", LIMIT);
    assertEquals([structuredContent.outcome, structuredContent.resolvedBy], ["placed", by]);
    assertEquals(desk.exchange.effects().length, 1);
  }
});

/** A fill of the order 7, so long after it was sent. */
function ownFill(tradeId: number, quantity: string, afterMs: number): Record<string, unknown> {
  const own = { orderId: "9", clientId: "7", price: "140.1", fee: "0.1", isMaker: false };
  return wireFill({ ...own, tradeId, quantity, timestamp: naiveIso(START_MS + afterMs) });
}

Deno.test("fills alone tell an order with what they add up to, and are on record at once", async () => {
  const rows: [string[], string, string, string][] = [
    [["1.5"], "Filled", "1.5", "210.15"],
    [["0.5", "0.25"], "PartiallyFilled", "0.75", "105.075"],
    [["1", "0.5"], "Filled", "1.5", "210.15"],
  ];
  for (const [quantities, status, executedQuantity, executedQuoteQuantity] of rows) {
    const fills = quantities.map((quantity, index) => ownFill(index, quantity, 1000));
    const clock = new TestClock();
    const journal = Journal.open(MEMORY, () => clock.now());
    await using desk = await open({
      "POST /api/v1/order": hang,
      "GET /wapi/v1/history/fills": ({ query }) =>
        json(Number(query.from) <= START_MS + 1000 ? fills : []),
    }, { clock, journal });
    const { structuredContent: { order } } = await desk.callTool("create_order", LIMIT);
    const told = [order.status, order.executedQuantity, order.executedQuoteQuantity];
    assertEquals(told, [status, executedQuantity, executedQuoteQuantity]);
    assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
  }
});

Deno.test("fills are read to their end, and count once where the exchange writes one twice", async () => {
  const later = Array.from({ length: 1000 }, (_, index) => ({
    ...ownFill(index + 10, "1", 2000),
    ...{ orderId: `${index + 10}`, clientId: null },
  }));
  const own = ownFill(1, "0.75", 1000);
  await using desk = await open({
    "POST /api/v1/order": hang,
    "GET /wapi/v1/history/fills": ({ query }) =>
      json([...later, own, own].slice(Number(query.offset), Number(query.offset) + 1000)),
  });
  const { structuredContent } = await desk.callTool("create_order", LIMIT);
  const { resolvedBy, order } = structuredContent ?? {};
  assertEquals([resolvedBy, order?.executedQuantity, order?.status], [
    ...["fills", "0.75", "PartiallyFilled"],
  ]);
});

Deno.test("an order is found behind a page of later ones, and a reply may leave its id out", async () => {
  const later = Array.from(
    { length: 100 },
    (_, index) => wireOrder({ id: `${index}`, clientId: null }),
  );
  const found = wireOrder({ status: "Filled" });
  await using lost = await open({
    "POST /api/v1/order": hang,
    "GET /wapi/v1/history/orders": ({ query }) =>
      json([...later, found].slice(Number(query.offset), Number(query.offset) + 100)),
  });
  const { structuredContent } = await lost.callTool("create_order", LIMIT);
  assertEquals([structuredContent.outcome, structuredContent.resolvedBy], [
    "placed",
    "order history",
  ]);
  await using short = await open({
    "POST /api/v1/order": () => json(wireOrder({ clientId: null })),
  });
  const answer = await short.callTool("create_order", LIMIT);
  assertEquals(answer.structuredContent?.outcome, "placed", answer.content[0]?.text);
  assertEquals(answer.structuredContent.resolvedBy, undefined);
});

Deno.test("an unknown order says when to ask again, and every answer names it", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals(error.outcome, "unknown");
  assertEquals(error.checkAgainAt, new Date(START_MS + 25_000).toISOString());
  assertEquals(error.desk, { mode: "live", unresolved: [7] });
  const listed = await desk.callTool("list_orders");
  assertEquals(listed.structuredContent.desk, { mode: "live", unresolved: [7] });
});

Deno.test("the background finds an order that shows up late", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([wireOrder({ status: "Filled" })]);
  await wait(desk, 20_000);
  const found = await outcome(desk);
  assertEquals([found.outcome, found.order.status, found.resolvedBy], [
    "placed",
    "Filled",
    "order history",
  ]);
  assertEquals(found.desk, { mode: "live" });
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("the background settles by itself, and answers stop naming the order", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /api/v1/orders"] = ({ query }) =>
    json(query.marketType === undefined ? [wireOrder()] : []);
  await wait(desk, 20_000);
  const listed = await desk.callTool("list_orders");
  assertEquals(listed.structuredContent.desk, { mode: "live" });
});

/** The journal of a process that was killed while it sent the order 7. */
function leftInFlight(): { clock: TestClock; journal: Journal } {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const intent = { tool: "create_order", symbol: "SOL_USDC", key: "test", request: LIMIT };
  const body = { ...intent, timestampMs: START_MS, windowMs: 5000, body: LIMIT };
  journal.transact(() => journal.append("intent", { clientId: 7, body }));
  return { clock, journal };
}

Deno.test("an order in flight when its process was killed is found by the next one", async () => {
  const { clock, journal } = leftInFlight();
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  await using desk = await open(found, { clock, journal });
  await wait(desk, 60_000);
  assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("it is found too when the machine's clock was set back meanwhile", async () => {
  const { clock, journal } = leftInFlight();
  clock.setWall(START_MS - 3_600_000);
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  await using desk = await open(found, { clock, journal });
  await wait(desk, 60_000);
  assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
});

Deno.test("get_order_outcome finds it at once, before the background looks", async () => {
  const { clock, journal } = leftInFlight();
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  await using desk = await open(found, { clock, journal });
  assertEquals((await outcome(desk)).outcome, "placed");
  assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
});

Deno.test("an unknown reduceOnly order is repeated only by a person's yes", async () => {
  const { clientId: _, ...close } = { ...LIMIT, symbol: "SOL_USDC_PERP", reduceOnly: true };
  await using desk = await open({ "POST /api/v1/order": hang, ...MARKET_ROUTES });
  const { clientId } = await desk.callFailing("create_order", close);
  const error = await desk.callFailing("create_order", close);
  assertEquals([error.code, error.earlier], ["repeat", { clientId, state: "unknown" }]);
  assertMatch(error.hint, /get_order_outcome/);
  const named = await desk.callFailing("create_order", { ...close, repeatOf: clientId });
  assertEquals([named.code, named.outcome], ["approval_needed", "not_placed"]);
  assertMatch(named.message, new RegExp(`clientId ${clientId}, .* is unknown`));
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("what was known before is told as it was then, and what is not known with what to do", async () => {
  await using desk = await open({ "POST /api/v1/order": ({ body }) => json(wireOrder(body)) });
  await desk.callTool("create_order", LIMIT);
  const then = /the order is shown as it was then: get_order shows it as it is now$/;
  const again = await desk.callTool("create_order", LIMIT);
  assertMatch(again.content[0]?.text ?? "", then);
  const known = await desk.callTool("get_order_outcome", { clientId: LIMIT.clientId });
  const { outcome: state, resolvedBy, note } = known.structuredContent;
  assertEquals([state, resolvedBy], ["placed", "reply"]);
  for (const text of [note, known.content[0]?.text]) assertMatch(text, then);

  await using other = await open({ "POST /api/v1/order": hang });
  await other.callFailing("create_order", LIMIT);
  const unknown = await other.callTool("get_order_outcome", { clientId: LIMIT.clientId });
  const told = unknown.structuredContent;
  assertEquals([told.outcome, told.resolvedBy], ["unknown", undefined]);
  for (const text of [told.note, unknown.content[0]?.text]) {
    assertMatch(text, /may or may not stand: don't send it again; ask again in half a minute/);
  }
});

Deno.test("cancels are on record with their outcome", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({
    "DELETE /api/v1/order": () => json(wireOrder({ status: "Cancelled" })),
    "DELETE /api/v1/orders": () => json([]),
  }, { clock, journal });
  await desk.callTool("cancel_order", { symbol: "SOL_USDC", orderId: "28563670003" });
  await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  desk.scripted["DELETE /api/v1/order"] = () => refusal("FORBIDDEN", "no", 403);
  await desk.callFailing("cancel_order", { symbol: "SOL_USDC", orderId: "1" });
  assertEquals(journal.intents({}).map(({ tool, state }) => [tool, state]), [
    ["cancel_order", "not_placed"],
    ["cancel_all_orders", "cancelled"],
    ["cancel_order", "cancelled"],
  ]);
});

Deno.test("an order is absent only after two late rounds and a row from after it", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /wapi/v1/history/orders"] = () =>
    json([wireOrder({ id: "99", clientId: 99, createdAt: START_MS + 6000 })]);
  assertEquals((await outcome(desk)).outcome, "unknown");
  await wait(desk, 10_000);
  assertEquals((await outcome(desk)).outcome, "unknown");
  await wait(desk, 40_000);
  const absent = await outcome(desk);
  assertEquals([absent.outcome, absent.resolvedBy], ["not_placed", "inference"]);

  // A row of the signature's last millisecond is no later one.
  await using other = await open({ "POST /api/v1/order": hang });
  await other.callFailing("create_order", LIMIT);
  other.scripted["GET /wapi/v1/history/orders"] = () =>
    json([wireOrder({ id: "99", clientId: 99, createdAt: START_MS + 5000 })]);
  await wait(other, 50_000);
  assertEquals((await outcome(other)).outcome, "unknown");
});

Deno.test("without a later row an order is absent two minutes after its signature's end", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  // Signed for five seconds.
  await wait(desk, START_MS + 124_000 - desk.clock.now());
  assertEquals((await outcome(desk)).outcome, "unknown");
  await wait(desk, START_MS + 130_000 - desk.clock.now());
  assertEquals((await outcome(desk)).outcome, "not_placed");
});

Deno.test("no order is absent while an open one stands under its client id, whatever it looks like", async () => {
  for (const changes of [{ quantity: "7" }, { createdAt: START_MS - 3_600_000 }]) {
    await using desk = await open({ "POST /api/v1/order": hang });
    await desk.callFailing("create_order", LIMIT);
    desk.scripted["GET /api/v1/orders"] = () => json([wireOrder(changes)]);
    await wait(desk, 200_000);
    assertEquals((await outcome(desk)).outcome, "unknown");
    desk.scripted["GET /api/v1/orders"] = () => json([]);
    await wait(desk, 60_000);
    assertEquals((await outcome(desk)).outcome, "not_placed");
  }
});

Deno.test("no order is absent while history has one under its client id that came since", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  const row = wireOrder({ quantity: "1.4", status: "Filled", executedQuantity: "1.4" });
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([row]);
  await wait(desk, 200_000);
  assertEquals((await outcome(desk)).outcome, "unknown");
  // One from before is another's, whose id was free again.
  const older = { ...row, createdAt: START_MS - 3_600_000 };
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([older]);
  await wait(desk, 60_000);
  assertEquals((await outcome(desk)).outcome, "not_placed");
});

Deno.test("look-ups that fail or are unfinished keep an order unknown", async () => {
  const failing: Record<string, Route> = {
    "GET /api/v1/order": () => new Response("<html>", { status: 502 }),
    "GET /api/v1/orders": () => refusal("TOO_MANY_REQUESTS", "slow down", 429),
    "GET /wapi/v1/history/fills": hang,
    "GET /wapi/v1/history/orders": () =>
      json(Array.from({ length: 100 }, (_, id) => wireOrder({ id: String(id), clientId: 99 }))),
  };
  await Promise.all(
    Object.entries(failing).map(async ([route, answer]) => {
      await using desk = await open({ "POST /api/v1/order": hang, [route]: answer });
      await desk.callFailing("create_order", LIMIT);
      await wait(desk, 600_000);
      assertEquals((await outcome(desk)).outcome, "unknown", route);
    }),
  );
});

Deno.test("an order that two look for at once is settled once", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({ "POST /api/v1/order": hang }, { clock, journal });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /api/v1/order"] = () => json(wireOrder());
  const found = await Promise.all([outcome(desk), outcome(desk)]);
  assertEquals(found.map((value) => value.outcome), ["placed", "placed"]);
  const states = [...journal.entries({ kind: "outcome" })].map(({ body }) => body.state);
  assertEquals(states, ["unknown", "placed"]);
});

Deno.test("a restarted desk finds out what the former one left in flight", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  {
    await using first = await open({ "POST /api/v1/order": hang }, { clock, journal });
    await first.callFailing("create_order", LIMIT);
  }
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  await using second = await open(found, { clock, journal });
  assertEquals((await second.callTool("list_orders")).structuredContent.desk.unresolved, [7]);
  await wait(second, 20_000);
  assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
  assertEquals((await outcome(second)).outcome, "placed");
  assertEquals(second.exchange.effects(), []);
});

Deno.test("a restarted desk finds it out, too, if the journal could not be read at first", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  {
    await using first = await open({ "POST /api/v1/order": hang }, { clock, journal });
    await first.callFailing("create_order", LIMIT);
  }
  const intents = journal.intents.bind(journal);
  let isBusy = true;
  journal.intents = (filter) => {
    if (isBusy) throw new JournalError("unwritable", "journal.sqlite", "it is busy");
    return intents(filter);
  };
  const found = { "GET /api/v1/order": () => json(wireOrder()) };
  await using second = await open(found, { clock, journal });
  isBusy = false;
  await wait(second, 20_000);
  assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
});

Deno.test("the same call under the same client id is sent once", async () => {
  await using desk = await open();
  const first = await desk.callTool("create_order", LIMIT);
  const toldAtMs = desk.clock.monotonic();
  const second = await desk.callTool("create_order", { ...LIMIT, price: "140.1" });
  // What is known is told at once.
  assertEquals(desk.clock.monotonic(), toldAtMs);
  assertEquals(second.structuredContent.order, first.structuredContent.order);
  assertEquals(second.structuredContent.isEarlier, true);
  assertMatch(second.content[0]?.text ?? "", /nothing was sent now/);
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("concurrent calls under one client id send once and agree", async () => {
  await using desk = await open();
  const answers = await Promise.all([1, 2, 3].map(() => desk.callTool("create_order", LIMIT)));
  assertEquals(desk.exchange.effects().length, 1);
  assertEquals(new Set(answers.map((a) => a.structuredContent.order.id)).size, 1);
});

Deno.test("a call waits fifteen seconds for the same one elsewhere, and then tells that it is unknown", async () => {
  const { clock, journal } = leftInFlight();
  await using desk = await open({}, { clock, journal });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.clientId, clock.monotonic()], ["outcome_unknown", 7, 15_000]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a client id of another order is refused", async () => {
  await using desk = await open();
  await desk.callTool("create_order", LIMIT);
  for (const changed of [{ price: "140.11" }, { side: "Ask" }, { postOnly: true }]) {
    const error = await desk.callFailing("create_order", { ...LIMIT, ...changed });
    assertEquals([error.code, error.outcome], ["client_id_mismatch", "not_placed"]);
  }
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("a slip of the pen under a known client id is told as that, and not as another order's id", async () => {
  await using desk = await open();
  await desk.callTool("create_order", LIMIT);
  const slip = { ...LIMIT, price: "140.1O" };
  for (const [name, args] of [["create_order", slip], ["create_orders", { orders: [slip] }]]) {
    const error = await desk.callFailing(name as string, args as Record<string, unknown>);
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"]);
    assertMatch(error.message, /price "140\.1O" is not a decimal/);
  }
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("an order gets no client id of its own that the journal knows already", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const { clientId: _, ...order } = LIMIT;
  const ids: number[] = [];
  for (const price of ["140.10", "139.00"]) {
    // Each draws the same ids.
    await using desk = await open({}, { clock, journal });
    const { structuredContent, content } = await desk.callTool("create_order", { ...order, price });
    assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
    ids.push(structuredContent.order.clientId);
  }
  assertEquals(new Set(ids).size, 2, ids.join());
});

Deno.test("a refused call may be made again under the same client id", async () => {
  await using desk = await open({
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "Insufficient funds"),
  });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  assertEquals((await desk.callTool("create_order", LIMIT)).structuredContent.outcome, "placed");
});

Deno.test("an order that was refused is no repetition when it is asked for again", async () => {
  await using desk = await open({
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "no", 400),
  });
  const { clientId: _, ...same } = LIMIT;
  assertEquals((await desk.callFailing("create_order", same)).outcome, "not_placed");
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  assertEquals((await desk.callTool("create_order", same)).structuredContent.outcome, "placed");
});

Deno.test("a client id whose order was refused may be sent again, as another order too", async () => {
  await using desk = await open({
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "no", 400),
  });
  assertEquals((await desk.callFailing("create_order", LIMIT)).outcome, "not_placed");
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  const other = { ...LIMIT, quantity: "0.5" };
  assertEquals((await desk.callTool("create_order", other)).structuredContent.outcome, "placed");
  assertEquals(desk.exchange.effects().map(({ body }) => body.clientId), [7, 7]);
});

Deno.test("an order like one just placed needs repeatOf, for two minutes", async () => {
  await using desk = await open();
  const { clientId: _, ...same } = LIMIT;
  await desk.callTool("create_order", LIMIT);
  const error = await desk.callFailing("create_order", { ...same, price: "140.1" });
  assertEquals([error.code, error.earlier], ["repeat", { clientId: 7, state: "placed" }]);
  assertMatch(error.hint, /create_order with repeatOf 7$/);
  assertMatch(error.message, /the same order, clientId 7, was asked for 0 s ago and was placed$/);
  await wait(desk, 61_000);
  const later = await desk.callFailing("create_order", same);
  assertMatch(later.message, /was asked for 61 s ago/);
  const wrong = await desk.callFailing("create_order", { ...same, repeatOf: 8 });
  assertEquals(wrong.code, "repeat");
  const meant = await desk.callTool("create_order", { ...same, repeatOf: "7" });
  assertEquals(meant.structuredContent.outcome, "placed");
  assertEquals(desk.exchange.effects().length, 2);
  await wait(desk, 119_999);
  assertEquals((await desk.callFailing("create_order", same)).code, "repeat");
  await wait(desk, 1);
  assertEquals((await desk.callTool("create_order", same)).isError, undefined);
});

Deno.test("a machine's clock that is set forward makes no repetition out of date", async () => {
  for (const hours of [0.1, 25]) {
    const clock = new TestClock();
    const exchangeNow = (): Response => new Response(String(START_MS + clock.monotonic()));
    await using desk = await open({ "GET /api/v1/time": exchangeNow }, { clock });
    const { clientId: _, ...same } = LIMIT;
    await desk.callTool("create_order", LIMIT);
    clock.setWall(START_MS + hours * 3_600_000);
    await wait(desk, 30_000);
    const error = await desk.callFailing("create_order", same);
    assertEquals(error.code, "repeat");
    assertMatch(error.message, /was asked for 30 s ago/);
    assertEquals(desk.exchange.effects().length, 1);
    await wait(desk, 90_000);
    assertEquals((await desk.callTool("create_order", same)).isError, undefined);
  }
});

Deno.test("an exchange's clock that is set forward makes no repetition out of date either", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using first = await open({}, { clock, journal });
  await first.callTool("create_order", LIMIT);
  const later = (): Response => new Response(String(clock.now() + 25 * 3_600_000));
  await using desk = await open({ "GET /api/v1/time": later }, { clock, journal });
  const { clientId: _, ...same } = LIMIT;
  await desk.callTool("list_orders"); // What is signed makes the exchange's time known.
  assertEquals((await desk.callFailing("create_order", same)).code, "repeat");
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("an order like one that is being sent elsewhere just now is told that", async () => {
  const journal = Journal.open(MEMORY, () => START_MS);
  const { clientId: _, ...same } = LIMIT;
  await using second = await open({}, { journal });
  let told = "";
  await using first = await open({
    "POST /api/v1/order": async ({ body }) => {
      told = (await second.callFailing("create_order", same)).message;
      return json(wireOrder(body));
    },
  }, { journal });
  await first.callTool("create_order", LIMIT);
  assertMatch(told, /the same order, clientId 7, was asked for 0 s ago and is being sent$/);
  assertEquals(second.exchange.effects(), []);
});

Deno.test("how long ago an order like it was is told by the clock that says less", async () => {
  const clock = new TestClock();
  const exchangeNow = (): Response => new Response(String(START_MS + clock.monotonic()));
  await using desk = await open({ "GET /api/v1/time": exchangeNow }, { clock });
  const { clientId: _, ...same } = LIMIT;
  await desk.callTool("create_order", LIMIT);
  await wait(desk, 30_000);
  clock.setWall(START_MS + 20_000);
  await desk.callTool("list_orders"); // What is signed makes the exchange's time known anew.
  const error = await desk.callFailing("create_order", same);
  assertMatch(error.message, /was asked for 20 s ago/);
});

Deno.test("an order that was told of late is taken for repeated two minutes from then on", async () => {
  await using desk = await open({ ...MARKET_ROUTES, "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([wireOrder({ status: "Filled" })]);
  await wait(desk, 600_000);
  assertEquals((await outcome(desk)).outcome, "placed");
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  const { clientId: _, ...same } = LIMIT;
  await wait(desk, 119_999);
  const error = await desk.callFailing("create_order", same);
  assertEquals([error.code, error.earlier], ["repeat", { clientId: 7, state: "placed" }]);
  await wait(desk, 1);
  assertEquals((await desk.callTool("create_order", same)).isError, undefined);
});

Deno.test("an order that nobody was told of is no repetition only a day later", async () => {
  await using desk = await open({ ...MARKET_ROUTES, "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["GET /wapi/v1/history/orders"] = () => json([wireOrder({ status: "Filled" })]);
  await wait(desk, 20_000); // Found in the background.
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  const { clientId: _, ...same } = LIMIT;
  desk.clock.setWall(START_MS + 23 * 3_600_000);
  const error = await desk.callFailing("create_order", same);
  assertEquals(error.code, "repeat");
  assertMatch(error.hint, /get_order_outcome/);
  const named = await desk.callFailing("create_order", { ...same, repeatOf: 7 });
  assertEquals([named.code, named.outcome], ["approval_needed", "not_placed"]);
  desk.clock.setWall(START_MS + 25 * 3_600_000);
  assertEquals((await desk.callTool("create_order", same)).isError, undefined);
});

Deno.test("an order that is just being sent stops no other on its asset", async () => {
  await using desk = await open();
  const both = [LIMIT, { ...LIMIT, price: "139.00", clientId: 8 }];
  const answers = await Promise.all(both.map((order) => desk.callTool("create_order", order)));
  const outcomes = answers.map(({ structuredContent }) => structuredContent?.outcome);
  assertEquals(outcomes, ["placed", "placed"]);
});

Deno.test("a halt that comes while an order is judged stops it", async () => {
  let isHalted = false;
  const halt = { isHalted: (): boolean => isHalted, halt: (): void => {} };
  const scripted: Record<string, Route> = {
    ...MARKET_ROUTES,
    "GET /api/v1/position": () => {
      isHalted = true;
      return json([]);
    },
  };
  await using desk = await open(scripted, { halt, limits: { maxDailyNotional: "1000" } });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([isHalted, error.code, error.outcome], [true, "halted", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a cancelled order is on record as it ended", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const ended = wireOrder({ status: "Cancelled", executedQuantity: "0.5" });
  await using desk = await open({ "DELETE /api/v1/order": () => json(ended) }, { clock, journal });
  await desk.callTool("cancel_order", { symbol: "SOL_USDC", orderId: ended.id });
  const [entry] = journal.entries({ kind: "outcome" });
  const order = entry?.body.order as Record<string, unknown>;
  assertEquals([order?.id, order?.status, order?.executedQuantity], [ended.id, "Cancelled", "0.5"]);
});

Deno.test("an unknown order stops others on its asset, but not reduceOnly or other assets", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  const more = { ...LIMIT, quantity: "2", clientId: 9 };
  const perp = { ...more, symbol: "SOL_USDC_PERP", clientId: 10 };
  for (const args of [more, perp]) {
    const error = await desk.callFailing("create_order", args);
    assertEquals([error.code, error.unresolved.clientId], ["unresolved", 7]);
  }
  const passes = [{ ...perp, reduceOnly: true }, OTHER];
  for (const args of passes) {
    assertEquals((await desk.callTool("create_order", args)).isError, undefined);
  }
});

Deno.test("a lost reply is not sent again under repeatOf or its own client id", async () => {
  await using desk = await open({ "POST /api/v1/order": hang });
  await desk.callFailing("create_order", LIMIT);
  const again = await desk.callFailing("create_order", LIMIT);
  assertEquals([again.code, again.clientId], ["outcome_unknown", 7]);
  const { clientId: _, ...same } = LIMIT;
  const repeated = await desk.callFailing("create_order", { ...same, repeatOf: 7 });
  assert(["unresolved", "repeat"].includes(repeated.code));
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("an order that its owner called placed is told as that, and not sent again", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({ "POST /api/v1/order": hang }, { clock, journal });
  await desk.callFailing("create_order", LIMIT);
  const [intent] = journal.intents({ clientId: 7 });
  const body = { state: "placed", by: "owner" };
  journal.transact(() =>
    journal.append("outcome", { intent: intent?.seq ?? 0, clientId: 7, body })
  );
  const { code, outcome, message, resolvedBy } = await desk.callFailing("create_order", LIMIT);
  assertEquals([code, outcome, resolvedBy], ["client_id_taken", "placed", "owner"]);
  assertMatch(message, /clientId 7 is recorded as placed, by the owner's word: nothing was sent/);
  const orders = [LIMIT, { ...OTHER, clientId: 12 }];
  const { structuredContent } = await desk.callTool("create_orders", { orders });
  assertEquals(structuredContent.results[0].outcome, "placed");
  assertEquals(structuredContent.results[0].code, "client_id_taken");
  assertEquals(desk.exchange.effects().map(({ route }) => route), [
    "POST /api/v1/order",
    "POST /api/v1/orders",
  ]);
});

Deno.test("without a journal no effect leaves, and reads go on", async () => {
  const journal = new JournalError("unwritable", "journal.sqlite", "the disk is full");
  await using desk = await open({}, { journal });
  for (
    const [name, args] of [
      ["create_order", LIMIT],
      ["cancel_order", { symbol: "SOL_USDC", orderId: "1" }],
      ["cancel_all_orders", { symbol: "SOL_USDC" }],
    ] as const
  ) {
    const error = await desk.callFailing(name, args);
    assertEquals([error.code, error.outcome], ["journal", "not_placed"]);
    assertMatch(error.message, /the disk is full/);
  }
  assertEquals(desk.exchange.effects(), []);
  assertEquals((await desk.callTool("list_orders")).isError, undefined);
});

function broken(): never {
  throw new JournalError("damaged", "journal.sqlite", "row 3 was changed");
}

Deno.test("a journal that fails while open stops effects, and reads go on", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({}, { clock, journal });
  Object.assign(journal, { intents: broken, transact: broken });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["journal", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
  assertEquals((await desk.callTool("list_orders")).structuredContent.count, 0);
});

Deno.test("while the journal can't be read an answer tells nothing of it, and the log says so", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({}, { clock, journal });
  Object.assign(journal, { version: broken });
  const { structuredContent } = await desk.callTool("list_orders");
  assertEquals([structuredContent.count, structuredContent.desk], [0, { mode: "live" }]);
  // Once for what has reappeared, once for what is of unknown outcome.
  assertEquals(desk.log.events.filter((event) => event === "journal").length, 2);
});

Deno.test("an order that was stopped before it was on record has no outcome there", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const slow: Route = () => refusal("TOO_MANY_REQUESTS", "slow down", 429);
  await using desk = await open({ "GET /api/v1/time": slow }, { clock, journal });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["rate_limited", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
  assertEquals([...journal.entries({ kind: "outcome" })], []);
  assert(!desk.log.events.includes("journal"), desk.log.events.join());
});

Deno.test("an order stands although its outcome can't be recorded any more", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({
    "POST /api/v1/order": ({ body }) => {
      Object.assign(journal, {
        transact: () => {
          throw new JournalError("unwritable", "journal.sqlite", "disk full");
        },
      });
      return json(wireOrder(body));
    },
  }, { clock, journal });
  const answer = await desk.callTool("create_order", LIMIT);
  assertEquals(answer.structuredContent.outcome, "placed");
  assert(desk.log.events.includes("journal"));
});

Deno.test("a halted desk places nothing, cancels still, and says so", async () => {
  let halted = true;
  await using desk = await open({
    "DELETE /api/v1/order": () => json(wireOrder({ status: "Cancelled" })),
  }, { halt: { isHalted: () => halted, halt: () => {} } });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome, error.desk], ["halted", "not_placed", {
    mode: "live",
    halted: true,
  }]);
  const cancelled = await desk.callTool("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
  assertEquals(cancelled.structuredContent.outcome, "cancelled");
  halted = false;
  assertEquals((await desk.callTool("create_order", LIMIT)).isError, undefined);
});

Deno.test("every effect and its outcome are on record, without secrets", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({}, { clock, journal });
  await desk.callTool("create_order", LIMIT);
  const [intent] = journal.intents({});
  assertEquals(intent?.state, "placed");
  assertEquals(intent?.request, { ...LIMIT });
  assertEquals(intent?.body, {
    tool: "create_order",
    symbol: "SOL_USDC",
    key: "test",
    request: LIMIT,
    body: { ...LIMIT, timeInForce: "GTC" },
    spends: { notional: "210.15", unit: "140.10" },
    limits: { ...NO_LIMITS },
    timestampMs: START_MS,
    windowMs: 5000,
  });
});

Deno.test("get_order_outcome knows nothing of orders it did not place", async () => {
  await using desk = await open();
  const error = await desk.callFailing("get_order_outcome", { clientId: 12345 });
  assertEquals([error.code, error.outcome], ["not_found", undefined]);
});

Deno.test("an order does not leave when another process lost one of its asset meanwhile", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const depth = MARKET_ROUTES["GET /api/v1/depth"] as Route;
  const loses: Route = (request) => {
    if (journal.intents({ clientId: 99 }).length === 0) {
      const symbol = "SOL_USDC_PERP";
      const intent = addIntent(journal, 99, { symbol, request: { ...LIMIT, symbol } });
      addOutcome(journal, intent, "unknown");
    }
    return depth(request);
  };
  const limits = { maxOrderNotional: "1000000" };
  const routes = { ...MARKET_ROUTES, "GET /api/v1/depth": loses };
  await using desk = await open(routes, { clock, journal, limits });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.outcome], ["unresolved", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});

/** A client that asks for an order over stdio; `write` takes what it is answered. */
async function overStdio(
  journal: Journal,
  clock: TestClock,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const { fetch } = routes({ ...NO_ORDERS, ...takesOrders() }, () => clock.now());
  const { server, desk } = await serve({ fetch, clock, journal });
  const clientInfo = { name: "test", version: "1" };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
  const messages = [
    { id: 1, method: "initialize", params },
    { method: "notifications/initialized" },
    { id: 2, method: "tools/call", params: { name: "create_order", arguments: LIMIT } },
  ].map((message) => `${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const answered = Promise.withResolvers<void>();
  const transport = new StdioTransport({
    input: ReadableStream.from(messages.map((line) => new TextEncoder().encode(line))),
    write: async (bytes) => {
      const text = new TextDecoder().decode(bytes);
      if (text.includes('"id":2')) answered.resolve();
      await write(text);
    },
    redact: (text) => text,
  });
  await server.mcp.connect(transport);
  await clock.run(answered.promise);
  await transport.flush().catch(() => {});
  desk.stop();
}

Deno.test("an order counts as told once its answer is written, not when nobody reads any more", async () => {
  const gone = (text: string): Promise<void> =>
    text.includes('"id":2') ? Promise.reject(new Error("broken pipe")) : Promise.resolve();
  const rows = [[() => Promise.resolve(), undefined], [gone, "repeat"]] as const;
  for (const [write, code] of rows) {
    const clock = new TestClock();
    const journal = Journal.open(MEMORY, () => clock.now());
    await overStdio(journal, clock, write);
    assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
    clock.advance(200_000);
    await using next = await open({}, { clock, journal });
    const answer = await next.callTool("create_order", { ...LIMIT, clientId: 8 });
    const error = answer.isError ? JSON.parse(answer.content[0]?.text ?? "") : {};
    assertEquals(error.code, code);
  }
});
