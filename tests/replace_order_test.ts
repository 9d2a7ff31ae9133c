/**
 * Replacing an order: the new one leaves only when it is certain how the old one ended.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Desk, NOT_FOUND, open, wait } from "./_desk.ts";
import { type ConnectOptions, hang, json, MEMORY, TestClock, type ToolAnswer } from "./_helpers.ts";
import { questionUnder, recordApproval } from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { MARKET_ROUTES, refusal, type Route, wireFill, wireOrder } from "./_routes.ts";

const OLD = wireOrder({
  ...{ id: "28", clientId: 5, price: "139.00", quantity: "2.00", executedQuantity: "0" },
  ...{ timeInForce: "GTC", postOnly: true, selfTradePrevention: "RejectMaker" },
});
const KEY = { symbol: "SOL_USDC", orderId: "28" };

interface Options {
  old?: Record<string, unknown>;
  /** The old order as the cancel leaves it. */
  ended?: Record<string, unknown>;
  limits?: Partial<Limits>;
  options?: Partial<ConnectOptions>;
  scripted?: Record<string, Route>;
}

function openDesk(given: Options): Promise<Desk> {
  const { old = OLD, ended = {}, limits = {}, options = {}, scripted = {} } = given;
  const all: Record<string, Route> = {
    ...MARKET_ROUTES,
    "GET /api/v1/orders": ({ query }) =>
      json(query.marketType === "PERP" || query.marketType === "SPOT" || query.symbol ? [old] : []),
    "DELETE /api/v1/order": () => json({ ...old, status: "Cancelled", ...ended }),
    "POST /api/v1/order": ({ body }) => json(wireOrder({ id: "29", ...body })),
    ...scripted,
  };
  return open(all, { ...options, limits });
}

const sent = (desk: Desk): [string, unknown][] =>
  desk.exchange.effects().map(({ route, body }) => [route, body]);

Deno.test("the old order is cancelled, and the new one carries every flag of it", async () => {
  await using desk = await openDesk({});
  const { structuredContent } = await desk.callTool("replace_order", { ...KEY, price: "139.50" });
  assertEquals(structuredContent.outcome, "placed");
  assertEquals(structuredContent.replaced.status, "Cancelled");
  const [cancel, create] = sent(desk);
  assertEquals(cancel, ["DELETE /api/v1/order", { symbol: "SOL_USDC", orderId: "28" }]);
  const { clientId } = structuredContent.order;
  assertEquals(create, ["POST /api/v1/order", {
    ...{ symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "139.50", quantity: "2.00" },
    ...{ timeInForce: "GTC", postOnly: true, selfTradePrevention: "RejectMaker", clientId },
  }]);
});

Deno.test("the new order is judged before the cancel, and once more only if the old one filled", async () => {
  for (const [executedQuantity, looks] of [["0", 1], ["0.50", 2]] as const) {
    const limits = { priceCollarPercent: "5" };
    await using desk = await openDesk({ limits, ended: { executedQuantity } });
    const changes = { price: "139.50", quantity: "1.75" };
    const answer = await desk.callTool("replace_order", { ...KEY, ...changes });
    assertEquals(answer.structuredContent.outcome, "placed");
    const books = desk.exchange.received.filter(({ route }) => route === "GET /api/v1/depth");
    assertEquals(books.length, looks);
  }
});

Deno.test("an order of the desk's own that makes way is not counted beside the new one", async () => {
  const scripted: Record<string, Route> = { "GET /api/v1/orders": () => json([]) };
  await using desk = await openDesk({ limits: { maxDailyNotional: "500" }, scripted });
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "2" };
  const answer = await desk.callTool("create_order", { ...order, price: "139.00" }); // 280.1
  const { id, clientId } = answer.structuredContent.order;
  const old = wireOrder({ ...order, id, clientId, price: "139.00" });
  desk.scripted["GET /api/v1/orders"] = () => json([old]);
  desk.scripted["DELETE /api/v1/order"] = () => json({ ...old, status: "Cancelled" });
  const another = await desk.callFailing("create_order", { ...order, price: "138.00" });
  assertEquals(another.limits[0].left, "219.9");
  const key = { symbol: "SOL_USDC", orderId: id };
  const replaced = await desk.callTool("replace_order", { ...key, price: "138.00" });
  assertEquals(replaced.structuredContent?.outcome, "placed", replaced.content[0]?.text);
});

Deno.test("of an order of the desk's own that makes way, what it executed counts", async () => {
  await using desk = await openDesk({ limits: { maxDailyNotional: "500" } });
  desk.scripted["GET /api/v1/orders"] = () => json([]);
  const order = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "3" };
  const answer = await desk.callTool("create_order", { ...order, price: "139.00" });
  const { id, clientId } = answer.structuredContent.order;
  const old = wireOrder({ ...order, id, clientId, price: "139.00", executedQuantity: "1.5" });
  desk.scripted["GET /api/v1/orders"] = () => json([old]);
  const key = { symbol: "SOL_USDC", orderId: id, price: "138.00" };
  // 1.5 executed at 140.05 each, and what is left of the new total.
  const error = await desk.callFailing("replace_order", { ...key, quantity: "3.6" });
  const { value, left } = error.limits[0];
  assertEquals([value, left], ["294.11", "289.92"]);
});

Deno.test("of an order that makes way, the exits of what it executed count on", async () => {
  await using desk = await openDesk({ limits: { maxDailyNotional: "2000" } });
  desk.scripted["GET /api/v1/orders"] = () => json([]);
  const exits = { takeProfitTriggerPrice: "150.00" };
  const like = { ...exits, side: "Bid", orderType: "Limit", price: "140.00", quantity: "6" };
  const order = { ...like, symbol: "SOL_USDC_PERP" };
  const answer = await desk.callTool("create_order", order);
  const { id, clientId } = answer.structuredContent.order;
  const old = wireOrder({ ...order, id, clientId, executedQuantity: "5" });
  desk.scripted["GET /api/v1/orders"] = () => json([old]);
  const key = { symbol: "SOL_USDC_PERP", orderId: id };
  // 5 executed at 140.05 each, and what may still come of them at 150.
  const error = await desk.callFailing("replace_order", { ...key, quantity: "9" });
  const { value, left } = error.limits[0];
  assertEquals([value, left], ["1160.2", "549.75"]);
});

Deno.test("triggers and exits are carried too", async () => {
  const members = {
    ...{ symbol: "SOL_USDC_PERP", side: "Ask", orderType: "Market", reduceOnly: true },
    ...{ triggerPrice: "120.00", triggerQuantity: "2.00", triggerBy: "LastPrice" },
  };
  const old = wireOrder({ ...members, id: "28", price: null, quantity: null, timeInForce: null });
  await using desk = await openDesk({ old });
  const key = { ...KEY, symbol: "SOL_USDC_PERP" };
  const answer = await desk.callTool("replace_order", { ...key, quantity: "1.00" });
  const { clientId } = answer.structuredContent.order;
  assertEquals(sent(desk)[1]?.[1], {
    ...members,
    triggerQuantity: "1.00",
    selfTradePrevention: "RejectTaker",
    clientId,
  });
});

Deno.test("a stop that says that it waits stays one, whatever else is told of it", async () => {
  const old = wireOrder({
    ...{ id: "28", symbol: "SOL_USDC_PERP", side: "Ask", status: "TriggerPending", triggeredAt: 0 },
    ...{ triggerPrice: "120.00", triggerQuantity: "2.00", quantity: "0", price: "119.00" },
  });
  await using desk = await openDesk({ old });
  await desk.callTool("replace_order", { ...KEY, symbol: "SOL_USDC_PERP", price: "118.00" });
  const { price, quantity, triggerPrice, triggerQuantity } = desk.exchange.effects().at(-1)?.body;
  assertEquals([price, quantity, triggerPrice, triggerQuantity], [
    ...["118.00", undefined, "120.00", "2.00"],
  ]);
});

Deno.test("quantity is the new total: what was executed is taken off", async () => {
  const rows: [string | undefined, string, string][] = [
    // New total, executed when it was cancelled, sent.
    ["3.00", "0", "3.00"],
    ["3.00", "0.5", "2.5"],
    [undefined, "0.5", "1.5"],
  ];
  for (const [quantity, executedQuantity, left] of rows) {
    await using desk = await openDesk({ ended: { executedQuantity } });
    const args = { ...KEY, price: "138.00", ...(quantity === undefined ? {} : { quantity }) };
    await desk.callTool("replace_order", args);
    assertEquals((sent(desk)[1]?.[1] as { quantity: string }).quantity, left);
  }
});

Deno.test("when nothing is left, nothing is sent", async () => {
  await using desk = await openDesk({ ended: { executedQuantity: "1.5" } });
  const error = await desk.callFailing("replace_order", { ...KEY, quantity: "1.50" });
  assertEquals(error.outcome, "not_placed");
  assertMatch(error.message, /The old order is cancelled; .* nothing is left/);
  assertEquals(error.cancelled.executedQuantity, "1.5");
  assertEquals(sent(desk).length, 1);
});

Deno.test("whatever would stop the new order stops it before the old one is touched", async () => {
  const rows: [Record<string, unknown>, Partial<Limits>, string][] = [
    [{ price: "139.001" }, {}, "invalid_input"],
    [{ quantity: "0.001" }, {}, "invalid_input"],
    [{ quantity: "20.00" }, { maxOrderNotional: "1000" }, "limit"],
    [{ price: "139.01" }, { confirmAbove: "1" }, "approval_needed"],
    [{}, {}, "invalid_input"],
  ];
  for (const [changes, limits, code] of rows) {
    await using desk = await openDesk({ limits });
    const error = await desk.callFailing("replace_order", { ...KEY, ...changes });
    assertEquals([error.code, error.outcome], [code, "not_placed"]);
    assertEquals(sent(desk), []);
  }
});

Deno.test("suggestions replace: none of them places an order beside the old one", async () => {
  const partly = { ...OLD, executedQuantity: "0.50" };
  const rows: [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>[]][] = [
    // The old order, what is wanted, what would do.
    [OLD, { price: "139.505" }, [{ price: "139.50" }, { price: "139.51" }]],
    [OLD, { price: "139.004" }, [{ price: "139.01" }]], // 139.00 would change nothing
    [OLD, { price: "139.5", quantity: "3.001" }, [
      { price: "139.5", quantity: "3.00" },
      { price: "139.5", quantity: "3.01" },
    ]],
    [partly, { quantity: "3.001" }, [{ quantity: "3" }, { quantity: "3.01" }]],
  ];
  for (const [old, changes, wanted] of rows) {
    for (const key of [KEY, { symbol: "SOL_USDC", clientId: 5 }]) {
      await using desk = await openDesk({ old });
      const error = await desk.callFailing("replace_order", { ...key, ...changes });
      assertEquals(error.suggestions, wanted.map((changed) => ({ ...key, ...changed })));
      assertEquals(
        error.hint,
        "Nothing was changed; each of suggestions replaces the order instead",
      );
      for (const suggestion of error.suggestions) {
        await using another = await openDesk({ old });
        const answer = await another.callTool("replace_order", suggestion);
        assertEquals(answer.structuredContent?.outcome, "placed", answer.content[0]?.text);
      }
    }
  }
});

Deno.test("the order that makes way does not count beside the one that takes its place", async () => {
  const limits = { maxDailyNotional: "300", maxOpenOrders: "1" };
  await using desk = await openDesk({ limits });
  const { structuredContent } = await desk.callTool("replace_order", { ...KEY, price: "139.01" });
  assertEquals(structuredContent?.outcome, "placed");
});

Deno.test("an order that ended before is not replaced", async () => {
  const filled = { ...OLD, status: "Filled", executedQuantity: "2.00" };
  const scripted: Record<string, Route> = {
    "DELETE /api/v1/order": () => refusal("RESOURCE_NOT_FOUND", "Not Found", 404),
    "GET /wapi/v1/history/orders": () => json([filled]),
  };
  await using desk = await openDesk({ scripted });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertMatch(error.message, /had ended before: filled/);
  assertEquals([error.order.id, error.order.status], ["28", "Filled"]);
  assertEquals(sent(desk).length, 1);
  await using none = await openDesk({ scripted: { "GET /api/v1/orders": () => json([]) } });
  const unknown = await none.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals([unknown.code, sent(none)], ["not_found", []]);
});

Deno.test("an order that can't be looked for is not replaced", async () => {
  const scripted = { "GET /api/v1/orders": () => refusal("UNAUTHORIZED", "no", 401) };
  await using desk = await openDesk({ scripted });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals(
    [error.code, error.outcome, sent(desk)],
    ["auth", "not_placed", []],
    error.message,
  );
  const unknown = await desk.callFailing("replace_order", {
    ...KEY,
    symbol: "SOL_USD",
    price: "9",
  });
  assertMatch(unknown.message, /There is no market/);
});

Deno.test("while it is not certain how the old one ended, no new one is sent, then or later", async () => {
  const lost: [string, Route][] = [
    ["a lost reply", hang],
    ["an accepted cancel", () => new Response(null, { status: 202 })],
    ["a gateway's error", () => new Response("<html>", { status: 502 })],
  ];
  for (const [name, answer] of lost) {
    const scripted: Record<string, Route> = {
      "DELETE /api/v1/order": answer,
      "GET /api/v1/order": () => json(OLD),
    };
    await using desk = await openDesk({ scripted });
    const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
    assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"], name);
    desk.scripted["GET /api/v1/order"] = () => refusal("RESOURCE_NOT_FOUND", "Not Found", 404);
    desk.scripted["GET /wapi/v1/history/orders"] = () => json([{ ...OLD, status: "Cancelled" }]);
    await wait(desk, 120_000);
    assertEquals(sent(desk).filter(([route]) => route.startsWith("POST")), [], name);
  }
});

Deno.test("when the cancel's reply contradicts what the order was, no new one is sent", async () => {
  const old = { ...OLD, executedQuantity: "0.50", executedQuoteQuantity: "69.50" };
  for (
    const ended of [
      { executedQuantity: "0", executedQuoteQuantity: "0" },
      { executedQuantity: "0.75", side: "Ask" },
      { executedQuantity: "0.75", quantity: "9.00" },
      { side: "Ask" },
    ]
  ) {
    await using desk = await openDesk({ old, ended });
    const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
    assertEquals([error.code, error.outcome, error.cancelled.id], [
      "bad_reply",
      "not_placed",
      "28",
    ]);
    assertMatch(error.message, /^The old order is cancelled; of the new one: .*contradicts/);
    assertEquals(sent(desk).map(([route]) => route), ["DELETE /api/v1/order"]);
  }
});

Deno.test("of the cancel's reply only what was executed goes into the new order", async () => {
  const ended = { executedQuantity: "0.75", postOnly: null, selfTradePrevention: null };
  await using desk = await openDesk({ ended });
  await desk.callTool("replace_order", { ...KEY, price: "139.50" });
  const { quantity, postOnly, selfTradePrevention } = desk.exchange.effects()[1]?.body;
  assertEquals([quantity, postOnly, selfTradePrevention], ["1.25", true, "RejectMaker"]);
});

Deno.test("a new order that fails says that the old one is gone", async () => {
  const scripted = {
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "Insufficient funds"),
  };
  await using desk = await openDesk({ scripted });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals([error.outcome, error.cancelled.id], ["not_placed", "28"]);
  assertMatch(error.message, /^The old order is cancelled; of the new one:/);
});

Deno.test("a person's yes on a terminal is for that replacement alone, and goes through", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const limits = { confirmAbove: "1", confirmBy: "terminal" } as const;
  await using desk = await openDesk({ limits, options: { clock, journal } });
  const args = { ...KEY, price: "139.01" };
  const error = await desk.callFailing("replace_order", args);
  assertEquals([error.code, sent(desk)], ["approval_needed", []]);
  assertMatch(error.hint, /After that yes, the same call goes through$/);
  const asked = questionUnder(journal, error.approve.split(" ").at(-1), clock.now())!;
  assertMatch(asked.lines.join("; "), /It takes the place of order 28/);
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  const other = await desk.callFailing("replace_order", { ...args, price: "139.02" });
  assertEquals([other.code, sent(desk)], ["approval_needed", []]);
  const { structuredContent } = await desk.callTool("replace_order", args);
  assertEquals(structuredContent?.outcome, "placed");
});

Deno.test("a replacement that would change nothing leaves the order its place in the queue", async () => {
  for (
    const changes of [{ price: "139.0" }, { quantity: "2" }, { price: "139", quantity: "2.0" }]
  ) {
    await using desk = await openDesk({});
    const error = await desk.callFailing("replace_order", { ...KEY, ...changes });
    assertEquals([error.code, error.outcome, sent(desk)], ["invalid_input", "not_placed", []]);
    assertMatch(error.message, /has this price and quantity already/);
  }
  await using desk = await openDesk({});
  const error = await desk.callFailing("replace_order", KEY);
  assertEquals([error.code, error.outcome, sent(desk)], ["invalid_input", "not_placed", []]);
  assertMatch(error.message, /give a new price, a new quantity, or both/);
});

Deno.test("a share of the position, and what is no amount, are not made another order", async () => {
  const share = { ...OLD, triggerPrice: "120", triggerQuantity: "50%", quantity: "0" };
  const rows: [Record<string, unknown>, Record<string, string>, RegExp][] = [
    [share, { price: "139.50" }, /the order is for a share of the position$/],
    [OLD, { quantity: "50%" }, /quantity "50%" is not a decimal above zero in plain digits/],
    [OLD, { quantity: "two" }, /quantity "two" is not a decimal above zero in plain digits/],
    [OLD, { quantity: "-1" }, /quantity "-1" is not a decimal above zero in plain digits/],
  ];
  for (const [old, changes, message] of rows) {
    await using desk = await openDesk({ old });
    const error = await desk.callFailing("replace_order", { ...KEY, ...changes });
    assertEquals([error.code, error.outcome, sent(desk)], ["invalid_input", "not_placed", []]);
    assertMatch(error.message, message);
  }
});

Deno.test("a replacement of an order that is sent elsewhere just now waits for its outcome", async () => {
  const clock = new TestClock();
  const scripted: Record<string, Route> = {
    "POST /api/v1/order": hang,
    "GET /api/v1/order": () => refusal("RESOURCE_NOT_FOUND", "Not Found", 404),
  };
  await using desk = await openDesk({ options: { clock }, scripted });
  const like = { ...KEY, side: "Bid", orderType: "Limit", price: "139.50", quantity: "2.00" };
  const { orderId: _, ...order } = like;
  await desk.callFailing("create_order", { ...order, timeInForce: "GTC", postOnly: true });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals([error.code, error.outcome], ["unresolved", "not_placed"]);
});

Deno.test("a replacement whose cancel took long is judged anew before it leaves", async () => {
  const limits = { priceCollarPercent: "5" };
  await using desk = await openDesk({
    limits,
    scripted: {
      "DELETE /api/v1/order": () => {
        const asks = [["120.00", "100"]];
        const book = { asks, bids: [["119.00", "100"]], lastUpdateId: "2", timestamp: 1 };
        desk.scripted["GET /api/v1/depth"] = () => json(book);
        return hang();
      },
      "GET /wapi/v1/history/orders": () => json([{ ...OLD, status: "Cancelled" }]),
    },
  });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals([error.code, error.outcome, error.cancelled.id], ["limit", "not_placed", "28"]);
  assertMatch(error.message, /^The old order is cancelled; of the new one: .*collar of 5 %/);
  assertEquals(sent(desk).map(([route]) => route), ["DELETE /api/v1/order"]);
});

Deno.test("it is judged anew after a cancel of seconds, not after one of the usual length", async () => {
  for (const [durationMs, books] of [[1000, 1], [3000, 1], [3001, 2]] as const) {
    const clock = new TestClock();
    const scripted: Record<string, Route> = {
      "DELETE /api/v1/order": () => {
        clock.advance(durationMs);
        return json({ ...OLD, status: "Cancelled" });
      },
    };
    await using desk = await openDesk({
      options: { clock },
      scripted,
      limits: { priceCollarPercent: "5" },
    });
    const { structuredContent } = await desk.callTool("replace_order", { ...KEY, price: "139.50" });
    assertEquals(structuredContent?.outcome, "placed");
    const { received } = desk.exchange;
    assertEquals(received.filter(({ route }) => route === "GET /api/v1/depth").length, books);
  }
});

Deno.test("the order that makes way counts no more, neither as a position nor among those that rest", async () => {
  const symbol = "SOL_USDC_PERP";
  const limits: Partial<Limits> = { maxPositionNotional: "300", maxOpenOrders: "1" };
  let resting: Record<string, unknown>[] = [];
  await using desk = await openDesk({
    limits,
    scripted: {
      "GET /api/v1/orders": ({ query }) => json(query.marketType === "SPOT" ? [] : resting),
      "POST /api/v1/order": ({ body }) => {
        resting = [wireOrder({ ...body, id: "28" })];
        return json(resting[0]);
      },
      "DELETE /api/v1/order": () => {
        const ended = { ...resting[0], status: "Cancelled" };
        resting = [];
        return json(ended);
      },
    },
  });
  const order = { symbol, side: "Bid", orderType: "Limit", price: "139.00", quantity: "2.00" };
  const placed = await desk.callTool("create_order", order);
  assertEquals(placed.structuredContent?.outcome, "placed", placed.content[0]?.text);
  const changed = await desk.callTool("replace_order", { symbol, orderId: "28", price: "139.50" });
  assertEquals(changed.structuredContent?.outcome, "placed", changed.content[0]?.text);
});

Deno.test("an exit that only its tie to another order ends is not replaced by one without", async () => {
  const exit = {
    ...OLD,
    side: "Ask",
    triggerPrice: "150",
    triggerQuantity: "2",
    relatedOrderId: "27",
  };
  await using desk = await openDesk({ old: exit });
  const error = await desk.callFailing("replace_order", { ...KEY, price: "149" });
  assertEquals([error.code, error.outcome, sent(desk)], ["invalid_input", "not_placed", []]);
  assertMatch(error.message, /is an exit of order 27/);
});

Deno.test("an exit that can only reduce is replaced: it opens nothing when it is left behind", async () => {
  const exit = {
    ...OLD,
    symbol: "SOL_USDC_PERP",
    side: "Ask",
    reduceOnly: true,
    relatedOrderId: "27",
  };
  await using desk = await openDesk({ old: exit });
  const key = { symbol: "SOL_USDC_PERP", orderId: "28" };
  const { structuredContent } = await desk.callTool("replace_order", { ...key, price: "149" });
  assertEquals(structuredContent?.outcome, "placed");
  assertEquals(desk.exchange.effects().at(-1)?.body.reduceOnly, true);
});

Deno.test("one order is replaced once, however its second cancel seems to end", async () => {
  const accepted = (): Response => new Response(null, { status: 202 });
  for (const [name, second] of [["accepted", accepted], ["lost", hang]] as const) {
    const ended = { ...OLD, status: "Cancelled" };
    const cancels: Route[] = [() => json(ended), second];
    await using desk = await openDesk({
      scripted: {
        "DELETE /api/v1/order": (request) => {
          desk.scripted["GET /wapi/v1/history/orders"] = () => json([ended]);
          return cancels.shift()?.(request) ?? NOT_FOUND();
        },
      },
    });
    const replace = async (price: string): Promise<ToolAnswer> =>
      await desk.client.callTool({
        name: "replace_order",
        arguments: { ...KEY, price },
      }) as ToolAnswer;
    const both = Promise.all([replace("139.50"), replace("139.60")]);
    const [first, other] = await desk.clock.run(both);
    assertEquals(first.structuredContent?.outcome, "placed", name);
    const error = JSON.parse(other.content[0]?.text ?? "");
    assertEquals([error.code, error.outcome, error.cancelled.id], ["repeat", "not_placed", "28"]);
    assertEquals(error.earlier.clientId, first.structuredContent?.order.clientId);
    assertEquals(sent(desk).filter(([route]) => route.startsWith("POST")).length, 1, name);
  }
});

Deno.test("an order whose replacement was refused may be replaced by another", async () => {
  await using desk = await openDesk({
    scripted: { "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "Insufficient funds") },
  });
  await desk.callFailing("replace_order", { ...KEY, price: "139.50" });
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder({ id: "29", ...body }));
  const { structuredContent } = await desk.callTool("replace_order", { ...KEY, price: "139.60" });
  assertEquals(structuredContent?.outcome, "placed");
});

Deno.test("what history leaves out of a cancelled order, its fills tell", async () => {
  const { executedQuantity: _, executedQuoteQuantity: __, ...untold } = OLD;
  const fill = wireFill({ orderId: "28", symbol: "SOL_USDC", price: "139.00", quantity: "0.75" });
  const scripted: Record<string, Route> = {
    "DELETE /api/v1/order": () => new Response(null, { status: 202 }),
    "GET /api/v1/order": NOT_FOUND,
    "GET /wapi/v1/history/orders": () => json([{ ...untold, status: "Cancelled" }]),
    "GET /wapi/v1/history/fills": () => json([fill]),
  };
  await using desk = await openDesk({ scripted: { ...scripted } });
  const { structuredContent } = await desk.callTool("replace_order", { ...KEY, price: "139.50" });
  assertEquals(structuredContent?.outcome, "placed");
  assertEquals(structuredContent?.replaced.executedQuantity, "0.75");
  assertEquals(desk.exchange.effects().at(-1)?.body.quantity, "1.25");

  const unread = (): Response => refusal("UNAUTHORIZED", "no", 401);
  await using blind = await openDesk({
    scripted: { ...scripted, "GET /wapi/v1/history/fills": unread },
  });
  const error = await blind.callFailing("replace_order", { ...KEY, price: "139.50" });
  assertEquals([error.outcome, error.cancelled.id], ["not_placed", "28"]);
  assertEquals(sent(blind).map(([route]) => route), ["DELETE /api/v1/order"]);
});
