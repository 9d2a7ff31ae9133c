import { assert, assertEquals, assertMatch } from "@std/assert";
import { LIMIT, open as openDesk } from "./_desk.ts";
import { connect, type Connection, hang, json, TestClock } from "./_helpers.ts";
import { refusal, type Route, type Routes, routes, wireOrder } from "./_routes.ts";

const KEY = { symbol: "SOL_USDC", orderId: "28563670003" };
const CANCELLED = wireOrder({ status: "Cancelled" });
const NOT_FOUND = (): Response => refusal("RESOURCE_NOT_FOUND", "Not Found", 404);

async function open(
  scripted: Record<string, Route>,
): Promise<Connection & { exchange: Routes }> {
  const clock = new TestClock();
  const exchange = routes(scripted, () => clock.now());
  return { ...await connect({ fetch: exchange.fetch, clock }), exchange };
}

/** Answers that come one after the other; the last one stays. */
function inTurn(...answers: Route[]): Route {
  return (request) => (answers.length > 1 ? answers.shift() : answers[0])?.(request) ?? hang();
}

Deno.test("cancel_order cancels by either id and answers with the order", async () => {
  for (const key of [KEY, { symbol: "SOL_USDC", clientId: 7 }]) {
    await using desk = await open({ "DELETE /api/v1/order": () => json(CANCELLED) });
    const answer = await desk.callTool("cancel_order", key);
    assertEquals(desk.exchange.effects()[0]?.body, key);
    assertEquals(answer.structuredContent.outcome, "cancelled");
    assertEquals(answer.structuredContent.order.id, "28563670003");
    assertEquals(
      answer.content[0]?.text,
      "LIVE BUY 1.5 SOL_USDC @ 140.10 GTC: Cancelled, 0/1.5 filled; cancelled",
    );
  }
});

Deno.test("cancel_order wants exactly one id, well-formed", async () => {
  const rows: [Record<string, unknown>, RegExp][] = [
    [{ symbol: "SOL_USDC" }, /exactly one of orderId and clientId/],
    [{ ...KEY, clientId: 7 }, /exactly one of orderId and clientId/],
    [{ symbol: "SOL_USDC", orderId: "1&symbol=X" }, /orderId must be an id/],
    [{ symbol: "SOL_USDC", orderId: "" }, /orderId must be an id/],
    [{ symbol: "SOL_USDC", clientId: -1 }, /clientId must be a whole number/],
    [{ orderId: "1" }, /symbol is missing/],
  ];
  for (const [args, message] of rows) {
    await using desk = await open({});
    const error = await desk.callFailing("cancel_order", args);
    assertMatch(error.message, message);
    assertEquals([error.outcome, desk.exchange.effects()], ["not_placed", []]);
  }
});

Deno.test("cancel_order tells what became of an order that is not found", async () => {
  const rows = [["Filled", "filled"], ["Cancelled", "already_cancelled"], ["Expired", "expired"]];
  const notFound = [NOT_FOUND, () => refusal("INVALID_CLIENT_REQUEST", "Order not found")];
  for (const [status, outcome] of rows) {
    for (const reply of notFound) {
      await using desk = await open({
        "DELETE /api/v1/order": reply,
        "GET /wapi/v1/history/orders": () =>
          json([wireOrder({ status, createdAt: "2026-01-01T00:00:00" })]),
      });
      const answer = await desk.callTool("cancel_order", KEY);
      assertEquals(answer.structuredContent.outcome, outcome);
      assertMatch(answer.content[0]?.text ?? "", /nothing (to cancel|was cancelled)/);
    }
  }
});

Deno.test("cancel_order does not say of a stop that waits that it has left the book", async () => {
  const waiting = wireOrder({
    ...{ status: "TriggerPending", quantity: "0", triggerPrice: "120", triggerQuantity: "2" },
  });
  await using desk = await open({
    "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
    "GET /api/v1/order": NOT_FOUND,
    "GET /wapi/v1/history/orders": () => json([]),
    "GET /api/v1/orders": () => json([waiting]),
  });
  const { structuredContent } = await desk.callTool("cancel_order", KEY);
  assertEquals([structuredContent.outcome, structuredContent.note], [
    ...["pending", "The order still waits for its trigger"],
  ]);
});

Deno.test("cancel_order says that an id is unknown", async () => {
  for (const key of [KEY, { symbol: "SOL_USDC", clientId: 7 }]) {
    await using desk = await open({
      "DELETE /api/v1/order": NOT_FOUND,
      "GET /wapi/v1/history/orders": () => json([wireOrder({ id: "1", clientId: 8 })]),
    });
    const error = await desk.callFailing("cancel_order", key);
    assertEquals([error.code, error.outcome], ["not_found", "not_placed"]);
    assertMatch(error.message, /No order with (id 28563670003|clientId 7) is open on SOL_USDC/);
  }
});

Deno.test("cancel_order calls no order unknown that this desk has placed, however far history lags", async () => {
  for (const key of [KEY, { symbol: "SOL_USDC", clientId: 7 }]) {
    const filled = wireOrder({ status: "Filled", createdAt: "2026-01-01T00:00:00" });
    const rows: [Route, Route, string, RegExp][] = [
      [NOT_FOUND, inTurn(() => json([]), () => json([filled])), "filled", /had been filled/],
      [NOT_FOUND, () => json([]), "pending", /^[^;]*; not confirmed yet\..*whether it was canc/],
      [() => json(wireOrder()), () => json([wireOrder()]), "pending", /still on the book/],
    ];
    for (const [look, history, outcome, words] of rows) {
      await using desk = await openDesk({ "DELETE /api/v1/order": NOT_FOUND });
      await desk.callTool("create_order", LIMIT);
      desk.scripted["GET /api/v1/order"] = look;
      desk.scripted["GET /wapi/v1/history/orders"] = history;
      const answer = await desk.callTool("cancel_order", key);
      assertEquals(answer.structuredContent.outcome, outcome);
      assertMatch(answer.content[0]?.text ?? "", words);
    }
  }
});

Deno.test("cancel_order knows an order that it has cancelled before, however far history lags", async () => {
  await using desk = await openDesk({ "DELETE /api/v1/order": () => json(CANCELLED) });
  await desk.callTool("create_order", LIMIT);
  await desk.callTool("cancel_order", KEY);
  desk.scripted["DELETE /api/v1/order"] = NOT_FOUND;
  const { structuredContent } = await desk.callTool("cancel_order", KEY);
  assertEquals(structuredContent.outcome, "already_cancelled");
});

Deno.test("cancel_order says that nothing was cancelled when it can't find out more", async () => {
  await using desk = await open({
    "DELETE /api/v1/order": NOT_FOUND,
    "GET /wapi/v1/history/orders": () => new Response("<html>", { status: 502 }),
  });
  const { code, outcome } = await desk.callFailing("cancel_order", KEY);
  assertEquals([code, outcome], ["unavailable", "not_placed"]);
});

Deno.test("cancel_order believes no row of history that calls the order open", async () => {
  await using desk = await open({
    "DELETE /api/v1/order": NOT_FOUND,
    "GET /api/v1/order": NOT_FOUND,
    "GET /wapi/v1/history/orders": inTurn(() => json([wireOrder()]), () => json([CANCELLED])),
  });
  const { structuredContent } = await desk.callTool("cancel_order", KEY);
  assertEquals(structuredContent.outcome, "already_cancelled");
});

Deno.test("cancel_order looks after a 202 until the order is gone", async () => {
  await using desk = await open({
    "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
    "GET /api/v1/order": inTurn(() => json(wireOrder()), NOT_FOUND),
    "GET /wapi/v1/history/orders": inTurn(() => json([]), () => json([CANCELLED])),
  });
  const answer = await desk.callTool("cancel_order", KEY);
  assertEquals(answer.structuredContent.outcome, "cancelled");
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("cancel_order calls a 202 pending while the order stands or its end is not known", async () => {
  const looks: [Route, RegExp, number][] = [
    [() => json(wireOrder()), /still on the book/, 3000],
    [NOT_FOUND, /history does not show yet/, 3000],
    [hang, /; not confirmed yet/, 4500],
  ];
  for (const [look, words, tookMs] of looks) {
    await using desk = await open({
      "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
      "GET /api/v1/order": look,
      "GET /wapi/v1/history/orders": () => json([]),
    });
    const answer = await desk.callTool("cancel_order", KEY);
    assertEquals(answer.structuredContent.outcome, "pending");
    assertMatch(answer.content[0]?.text ?? "", words);
    assertEquals(desk.clock.monotonic(), tookMs);
  }
});

Deno.test("cancel_order claims nothing of an order that can't be looked at", async () => {
  await using desk = await open({
    "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
    "GET /api/v1/order": () => new Response("<html>", { status: 502 }),
    "GET /wapi/v1/history/orders": () => json([]),
  });
  const { structuredContent } = await desk.callTool("cancel_order", KEY);
  assertEquals([structuredContent.outcome, structuredContent.note], ["pending", undefined]);
});

Deno.test("cancel_order looks no more once it knows how the order ended", async () => {
  await using desk = await open({
    "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
    "GET /api/v1/order": NOT_FOUND,
    "GET /wapi/v1/history/orders": () => json([CANCELLED]),
  });
  const { structuredContent } = await desk.callTool("cancel_order", KEY);
  assertEquals(structuredContent.outcome, "cancelled");
  const looks = desk.exchange.received.filter(({ route }) => route === "GET /api/v1/order");
  assertEquals(looks.length, 1);
});

Deno.test("cancel_order finds out after a lost reply, or says that it is unknown", async () => {
  const lost: Route[] = [hang, () => new Response("<html>"), () => refusal("TIMEOUT", "", 503)];
  for (const reply of lost) {
    await using settled = await open({
      "DELETE /api/v1/order": reply,
      "GET /api/v1/order": NOT_FOUND,
      "GET /wapi/v1/history/orders": () => json([CANCELLED]),
    });
    const answer = await settled.callTool("cancel_order", KEY);
    assertEquals(answer.structuredContent.outcome, "cancelled");

    await using open_ = await open({
      "DELETE /api/v1/order": reply,
      "GET /api/v1/order": () => json(wireOrder()),
    });
    const error = await open_.callFailing("cancel_order", KEY);
    assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
    assertMatch(error.hint, /list_orders/);
    assert(open_.log.events.includes("outcome_unknown"), open_.log.events.join());
    assertEquals(open_.exchange.effects().length, 1);
  }
});

Deno.test("cancel_order works while the markets can't be had", async () => {
  await using desk = await open({
    "GET /api/v1/markets": () => new Response("<html>", { status: 502 }),
    "DELETE /api/v1/order": () => json(CANCELLED),
  });
  const answer = await desk.callTool("cancel_order", KEY);
  assertEquals(answer.structuredContent.outcome, "cancelled");
});

Deno.test("cancel_order does not wait for a list of markets that does not come", async () => {
  const scripted: Record<string, Route> = { "DELETE /api/v1/order": () => json(CANCELLED) };
  const cancelledAfterMs = async (desk: Connection): Promise<number> => {
    const startedAt = desk.clock.monotonic();
    const { structuredContent } = await desk.callTool("cancel_order", KEY);
    assertEquals(structuredContent?.outcome, "cancelled");
    return desk.clock.monotonic() - startedAt;
  };
  await using desk = await open(scripted);
  await desk.callTool("list_markets", {});
  scripted["GET /api/v1/markets"] = hang;
  desk.clock.advance(300_001);
  assertEquals(await cancelledAfterMs(desk), 0, "known, however long ago");
  await using other = await open(scripted);
  assertEquals(await cancelledAfterMs(other), 5000, "not known");
});

Deno.test("the list of markets is asked for again after five minutes, and for a name not on it", async () => {
  await using desk = await open({ "DELETE /api/v1/order": () => json(CANCELLED) });
  const asked = async (symbol?: string): Promise<number> => {
    if (symbol === undefined) await desk.callTool("list_markets", {});
    else await desk.callTool("cancel_order", { ...KEY, symbol });
    return desk.exchange.received.filter(({ route }) => route === "GET /api/v1/markets").length;
  };
  assertEquals([await asked("SOL_USDC"), await asked("SOL_USDC")], [1, 1]);
  desk.clock.advance(300_000 - desk.clock.monotonic());
  assertEquals(await asked(), 1);
  desk.clock.advance(1);
  assertEquals([await asked("SOL_USDC"), await asked()], [1, 2]);
  assertEquals(await asked("SOL_USDX"), 3);
});

Deno.test("cancel_all_orders lists what was cancelled and what still stands", async () => {
  const other = wireOrder({ id: "2", clientId: 8 });
  await using desk = await open({
    "GET /api/v1/orders": inTurn(() => json([wireOrder(), other]), () => json([other])),
    "DELETE /api/v1/orders": () => json([CANCELLED]),
  });
  const answer = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  const { cancelled, count, stillOpen } = answer.structuredContent;
  assertEquals(desk.exchange.effects()[0]?.body, { symbol: "SOL_USDC" });
  assertEquals([cancelled.length, count, stillOpen[0].id], [1, 1, "2"]);
  assertEquals(answer.content[0]?.text, "LIVE SOL_USDC: 1 cancelled, 1 still open");
});

Deno.test("cancel_all_orders lists the newest hundred of many, and counts all", async () => {
  const orders = Array.from({ length: 130 }, (_, n) => ({ ...CANCELLED, id: `${n}` }));
  await using desk = await open({
    "GET /api/v1/orders": () => json([]),
    "DELETE /api/v1/orders": () => json(orders),
  });
  const answer = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  const { cancelled, count, notes } = answer.structuredContent;
  assertEquals([cancelled.length, cancelled[0].id, count], [100, "129", 130]);
  assertEquals(notes, [
    "100 of 130 cancelled orders are listed, the newest first; list_order_history has the others",
  ]);
});

Deno.test("cancel_all_orders refuses a market that does not exist, and sends nothing", async () => {
  await using desk = await open({});
  const error = await desk.callFailing("cancel_all_orders", { symbol: "SOL_USDX" });
  assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("cancel_all_orders passes its kind on", async () => {
  await using desk = await open({
    "GET /api/v1/orders": () => json([]),
    "DELETE /api/v1/orders": () => json([]),
  });
  const args = { symbol: "SOL_USDC", orderType: "ConditionalOrder" };
  await desk.callTool("cancel_all_orders", args);
  assertEquals(desk.exchange.effects()[0]?.body, args);
  const error = await desk.callFailing("cancel_all_orders", { ...args, orderType: "Limit" });
  assertMatch(error.message, /"RestingLimitOrder" or "ConditionalOrder"/);
});

Deno.test("cancel_all_orders after a 202 counts only what history calls cancelled", async () => {
  const filled = wireOrder({ id: "2", status: "Filled" });
  await using desk = await open({
    "GET /api/v1/orders": inTurn(
      () => json([wireOrder(), wireOrder({ id: "2" })]),
      () => json([]),
    ),
    "DELETE /api/v1/orders": () => new Response(null, { status: 202 }),
    // It hands out at most a thousand rows.
    "GET /wapi/v1/history/orders": ({ query }) =>
      Number(query.limit) > 1000 ? refusal("INVALID", "limit") : json([filled, CANCELLED]),
  });
  const answer = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals(answer.structuredContent.cancelled.map((o: { id: string }) => o.id), [
    "28563670003",
  ]);
  assertMatch(answer.structuredContent.notes[0], /not shown as cancelled.*: 2$/);
  // Once before and, since everything is gone then, once afterwards.
  const looks = desk.exchange.received.filter(({ route }) => route === "GET /api/v1/orders");
  assertEquals(looks.length, 2);
  await using alone = await open({
    "GET /api/v1/orders": inTurn(() => json([wireOrder()]), () => json([])),
    "DELETE /api/v1/orders": () => new Response(null, { status: 202 }),
    "GET /wapi/v1/history/orders": () => json([CANCELLED]),
  });
  const only = await alone.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals(only.structuredContent.cancelled.length, 1);
  // Where nothing was open, history is not asked.
  const asked = alone.exchange.received.length;
  await alone.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  const routes = alone.exchange.received.slice(asked).map(({ route }) => route);
  assertEquals(routes, ["GET /api/v1/orders", "DELETE /api/v1/orders", "GET /api/v1/orders"]);
});

const STOP = {
  ...{ symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market", price: null, quantity: null },
  ...{ triggerPrice: "120", triggerQuantity: "1.5", status: "TriggerPending" },
};

/** What cancel_all_orders notes of so many stops, with these positions. */
async function lostStops(
  count: number,
  positions: readonly [symbol: string, netQuantity: string][],
  symbol = STOP.symbol,
): Promise<string[]> {
  const stops = Array.from(
    { length: count },
    (_, index) => wireOrder({ ...STOP, symbol, id: `${index}`, triggerPrice: `${120 - index}` }),
  );
  await using desk = await open({
    "GET /api/v1/orders": inTurn(() => json(stops), () => json([])),
    "DELETE /api/v1/orders": () => json(stops.map((stop) => ({ ...stop, status: "Cancelled" }))),
    "GET /api/v1/position": () =>
      json(positions.map(([symbol, netQuantity]) => ({ symbol, netQuantity }))),
  });
  return (await desk.callTool("cancel_all_orders", { symbol })).structuredContent.notes ?? [];
}

Deno.test("cancel_all_orders says so when a position lost its stop", async () => {
  const other: [string, string] = ["BTC_USDC_PERP", "7"];
  const lost = "The position of 1.5 SOL_USDC_PERP lost its stop: Ask at trigger 120";
  assertEquals(await lostStops(1, [other, [STOP.symbol, "1.5"]]), [lost]);
  assertEquals(await lostStops(1, [other, [STOP.symbol, "0"]]), []);
  assertEquals(await lostStops(1, [other]), []);
  assertEquals(await lostStops(0, [[STOP.symbol, "1.5"]]), []);
  assertEquals(await lostStops(1, [["SOL_USDC", "1.5"]], "SOL_USDC"), []);
});

Deno.test("cancel_all_orders names twenty stops of many, and counts the rest", async () => {
  for (
    const [count, end] of [[20, "101"], [21, "101 and 1 more"], [25, "101 and 5 more"]] as const
  ) {
    const [note] = await lostStops(count, [[STOP.symbol, "1.5"]]);
    assertEquals(note?.split(", ").at(-1), `Ask at trigger ${end}`);
  }
});

Deno.test("cancel_all_orders is unknown when its reply is lost and orders stand", async () => {
  await using desk = await open({
    "GET /api/v1/orders": () => json([wireOrder()]),
    "DELETE /api/v1/orders": hang,
  });
  const error = await desk.callFailing("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
  assertEquals(desk.exchange.effects().length, 1);
  assert(desk.log.events.includes("outcome_unknown"), desk.log.events.join());
});

Deno.test("cancel_all_orders does not wait for a look at what it is going to cancel", async () => {
  const looks: Route[] = [hang, () => refusal("TOO_MANY_REQUESTS", "slow down", 429)];
  for (const look of looks) {
    let cancelledAtMs: number | undefined;
    await using desk = await open({
      "GET /api/v1/orders": (asked) => cancelledAtMs === undefined ? look(asked) : json([]),
      "DELETE /api/v1/orders": () => {
        cancelledAtMs = desk.clock.monotonic();
        return json([CANCELLED]);
      },
    });
    const { structuredContent } = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
    assertEquals([structuredContent.count, structuredContent.stillOpen], [1, []]);
    assertMatch(structuredContent.notes[0], /What was open before could not be looked at/);
    assert(desk.log.events.includes("look_failed"), desk.log.events.join());
    assert((cancelledAtMs ?? Infinity) <= 2000, `${cancelledAtMs} ms`);
  }
  await using lost = await open({ "GET /api/v1/orders": hang, "DELETE /api/v1/orders": hang });
  const error = await lost.callFailing("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals(error.outcome, "unknown");
});

Deno.test("cancel_all_orders keeps what was confirmed when the look afterwards fails", async () => {
  await using desk = await open({
    "GET /api/v1/orders": inTurn(() => json([wireOrder()]), () => refusal("UNAUTHORIZED", "", 401)),
    "DELETE /api/v1/orders": () => json([CANCELLED]),
  });
  const answer = await desk.callTool("cancel_all_orders", { symbol: "SOL_USDC" });
  assertEquals([answer.structuredContent.count, answer.structuredContent.stillOpen], [
    1,
    undefined,
  ]);
  assertMatch(answer.structuredContent.notes[0], /look afterwards failed/);
  assert(desk.log.events.includes("look_failed"), desk.log.events.join());
});

Deno.test("a reply that is about another order cancels nothing: the desk looks for itself", async () => {
  const others = [{ id: "9", clientId: 9 }, { symbol: "BTC_USDC" }];
  for (const other of others) {
    await using desk = await open({
      "DELETE /api/v1/order": () => json(wireOrder({ ...other, status: "Cancelled" })),
      "GET /api/v1/order": () => json(wireOrder()),
    });
    const error = await desk.callFailing("cancel_order", { symbol: "SOL_USDC", clientId: 7 });
    assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
  }
});
