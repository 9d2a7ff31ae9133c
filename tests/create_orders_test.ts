/**
 * Several orders in one request: judged as a whole, each with an outcome of its own.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { type Desk, open, wait } from "./_desk.ts";
import { hang, json, MEMORY, TestClock } from "./_helpers.ts";
import { questionUnder, recordApproval } from "../lib/journal/approvals.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { MARKET_ROUTES, refusal, type Route, wireOrder } from "./_routes.ts";

const ONE = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price: "140.00", quantity: "1" };
const TWO = { ...ONE, price: "139.00" };

// deno-lint-ignore no-explicit-any
type Body = any;

const OK = (body: Body): unknown => ({ operation: "Ok", ...wireOrder(body) });
const ERR = (code = "INSUFFICIENT_FUNDS", message = "no"): unknown => ({
  operation: "Err",
  code,
  message,
});

function answering(answer: (orders: Body[]) => unknown): Record<string, Route> {
  return { ...MARKET_ROUTES, "POST /api/v1/orders": ({ body }) => json(answer(body)) };
}

// deno-lint-ignore no-explicit-any
async function results(desk: Desk, orders: unknown): Promise<any[]> {
  const { structuredContent, content } = await desk.callTool("create_orders", { orders });
  if (structuredContent === undefined) throw new Error(content[0]?.text);
  return structuredContent.results;
}

Deno.test("a batch leaves as one request, each order as asked", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
  assertEquals(told.map(({ outcome, clientId }) => [outcome, clientId]), [["placed", 1], [
    "placed",
    2,
  ]]);
  assertEquals(desk.exchange.effects().map(({ route, body }) => [route, body]), [[
    "POST /api/v1/orders",
    [{ ...ONE, clientId: 1, timeInForce: "GTC" }, { ...TWO, clientId: 2, timeInForce: "GTC" }],
  ]]);
});

Deno.test("each order has its own intent and its own outcome", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const scripted = answering(([one]) => [OK(one), ERR()]);
  await using desk = await open(scripted, { clock, journal });
  const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
  assertEquals(
    told.map(({ outcome, code }) => [outcome, code]),
    [["placed", undefined], ["not_placed", "rejected"]],
  );
  assertEquals([1, 2].map((clientId) => journal.intents({ clientId })[0]?.state), [
    "placed",
    "not_placed",
  ]);
});

Deno.test("a client that sends the array as text is understood", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const told = await results(desk, JSON.stringify([ONE, TWO]));
  assertEquals(told.map(({ outcome }) => outcome), ["placed", "placed"]);
});

Deno.test("one order that is malformed stops all, and is named", async () => {
  const rows: [unknown, RegExp][] = [
    [[ONE, { ...TWO, price: "139.001" }], /orders\[1\]: .*139.00 or 139.01/],
    [
      [ONE, { ...TWO, prise: "1" }],
      /orders\[1\]: there is no argument "prise", did you mean price/,
    ],
    [[ONE, { ...TWO, repeatOf: 1 }], /no argument "repeatOf"/],
    [[{ ...ONE, quantity: undefined }], /orders\[0\]: .*a Limit order needs a quantity/],
    [[{ ...ONE, symbol: "SOL_USD" }], /orders\[0\]: There is no market/],
    [[], /1 to 20 orders/],
    [Array(21).fill(ONE), /1 to 20 orders/],
    [[{ ...ONE, clientId: 5 }, { ...TWO, clientId: 5 }], /the same clientId/],
    ["[{]", /must be an array/],
    [{ 0: ONE }, /must be an array/],
    [[1], /orders/],
  ];
  for (const [orders, wanted] of rows) {
    await using desk = await open(answering((orders) => orders.map(OK)));
    const error = await desk.callFailing("create_orders", { orders });
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"], error.message);
    assertMatch(error.message, wanted);
    assertEquals(desk.exchange.effects(), []);
  }
});

Deno.test("suggestions for one order of a batch take its place, and are no batch by themselves", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const orders = [ONE, { ...TWO, price: "139.001" }];
  const error = await desk.callFailing("create_orders", { orders });
  assertEquals([error.index, error.suggestions.length], [1, 2]);
  assertEquals(
    error.hint,
    "Nothing was sent; each of suggestions can take the place of orders[1]",
  );
  const told = await results(desk, [ONE, error.suggestions[0]]);
  assertEquals(told.map(({ outcome }) => outcome), ["placed", "placed"]);
});

Deno.test("a refusal names ten faults of a thousand, and counts the rest", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const { message } = await desk.callFailing("create_orders", { orders: Array(1000).fill("7") });
  assertMatch(message, /; and 990 more$/);
  assertEquals(message.length < 1000, true);
});

Deno.test("the owner's limits hold for the whole batch, which passes or not as a whole", async () => {
  const rows: [Record<string, string>, string][] = [
    [{ maxDailyNotional: "280" }, "BACKPACK_MAX_DAILY_NOTIONAL"],
    [{ maxOpenOrders: "1" }, "BACKPACK_MAX_OPEN_ORDERS"],
    [{ maxOrdersPerMinute: "1" }, "BACKPACK_MAX_ORDERS_PER_MINUTE"],
    [{ maxOrderNotional: "140" }, "BACKPACK_MAX_ORDER_NOTIONAL"],
  ];
  for (const [limits, variable] of rows) {
    await using desk = await open(answering((orders) => orders.map(OK)), { limits });
    const error = await desk.callFailing("create_orders", { orders: [ONE, TWO] });
    assertEquals([error.code, error.limits[0].variable], ["limit", variable]);
    assertMatch(error.message, /^The owner's limits: orders\[[01]\]: /);
    assertEquals(desk.exchange.effects(), []);
  }
});

Deno.test("a limit that a batch breaks is named once, with the orders that break it", async () => {
  const limits = { maxOpenOrders: "1" };
  await using desk = await open(answering((orders) => orders.map(OK)), { limits });
  const orders = [ONE, TWO, { ...ONE, price: "138.00" }];
  const { message, hint } = await desk.callFailing("create_orders", { orders });
  assertEquals(
    message,
    "The owner's limits: orders[1]: 1 orders may rest: 1 before this one, 0 left " +
      "(BACKPACK_MAX_OPEN_ORDERS); orders[2]: 1 orders may rest: 2 before this one, 0 left " +
      "(BACKPACK_MAX_OPEN_ORDERS)",
  );
  assertMatch(hint, /only the owner can change BACKPACK_MAX_OPEN_ORDERS, in the settings/i);
});

Deno.test("an exit on the wrong side stops a batch although no limit has to be counted", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const market = { symbol: "SOL_USDC_PERP", side: "Bid", orderType: "Market", quantity: "1" };
  const wrong = { ...market, takeProfitTriggerPrice: "130.00" };
  const error = await desk.callFailing("create_orders", { orders: [ONE, wrong] });
  assertMatch(error.message, /takeProfitTriggerPrice 130.00/);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("splitting a position over a batch does not pass its limit", async () => {
  const perp = { ...ONE, symbol: "SOL_USDC_PERP" };
  const limits = { maxPositionNotional: "400" };
  await using desk = await open(answering((orders) => orders.map(OK)), { limits });
  const orders = [perp, { ...perp, price: "139.00" }, { ...perp, price: "138.00" }];
  const error = await desk.callFailing("create_orders", { orders });
  assertEquals(error.limits[0].variable, "BACKPACK_MAX_POSITION_NOTIONAL");
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a person is asked once for the whole batch, by its sum, and the answer says how to come back", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const limits = { confirmAbove: "250" };
  const scripted = answering((orders) => orders.map(OK));
  await using desk = await open(scripted, { limits, clock, journal });
  const error = await desk.callFailing("create_orders", { orders: [ONE, TWO] });
  const [one, two] = error.clientIds;
  assertEquals(error.code, "approval_needed");
  assertMatch(error.hint, new RegExp(`clientId, one to each order: ${one}, ${two}$`));
  const asked = questionUnder(journal, error.approve.split(" ").at(-1), clock.now())!;
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  const told = await results(desk, [{ ...ONE, clientId: one }, { ...TWO, clientId: two }]);
  assertEquals(told.map(({ outcome }) => outcome), ["placed", "placed"]);
});

Deno.test("a yes is for every order of the batch as it was shown", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const scripted = answering((orders) => orders.map(OK));
  await using desk = await open(scripted, { limits: { confirmAbove: "250" }, clock, journal });
  const error = await desk.callFailing("create_orders", { orders: [ONE, TWO] });
  const [one, two] = error.clientIds;
  const asked = questionUnder(journal, error.approve.split(" ").at(-1), clock.now())!;
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  const changed = { ...TWO, quantity: "20", clientId: two };
  const orders = [{ ...ONE, clientId: one }, changed];
  const refused = await desk.callFailing("create_orders", { orders });
  assertEquals([refused.code, desk.exchange.effects()], ["approval_needed", []]);
});

Deno.test("a yes to a batch is void once any of its markets has moved", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const scripted = answering((orders) => orders.map(OK));
  await using desk = await open(scripted, { limits: { confirmAbove: "250" }, clock, journal });
  const perp = { ...TWO, symbol: "SOL_USDC_PERP" };
  const error = await desk.callFailing("create_orders", { orders: [ONE, perp] });
  const [one, two] = error.clientIds;
  const asked = questionUnder(journal, error.approve.split(" ").at(-1), clock.now())!;
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  const depth = desk.scripted["GET /api/v1/depth"] as Route;
  desk.scripted["GET /api/v1/depth"] = (request) =>
    request.query.symbol === ONE.symbol
      ? depth(request)
      : json({ asks: [["145", "100"]], bids: [["140", "1"]], lastUpdateId: "2", timestamp: 1 });
  const orders = [{ ...ONE, clientId: one }, { ...perp, clientId: two }];
  const refused = await desk.callFailing("create_orders", { orders });
  assertEquals([refused.code, desk.exchange.effects()], ["approval_needed", []]);
});

Deno.test("twenty orders leave at once, no more and not none", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  const many = Array.from({ length: 21 }, (_, index) => ({ ...ONE, clientId: index + 1 }));
  for (const orders of [[], many]) {
    const error = await desk.callFailing("create_orders", { orders });
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"]);
    assertMatch(error.message, /orders must hold 1 to 20 orders/);
  }
  assertEquals(desk.exchange.effects(), []);
  assertEquals((await results(desk, many.slice(1))).length, 20);
});

Deno.test("an order that names no client id gets none that another of its batch has", async () => {
  await using first = await open(answering((orders) => orders.map(OK)));
  const [drawn] = await results(first, [ONE]);
  await using desk = await open(answering((orders) => orders.map(OK)));
  const told = await results(desk, [ONE, { ...TWO, clientId: drawn.clientId }]);
  assertEquals(told.map(({ outcome }) => outcome), ["placed", "placed"]);
  assertEquals(told[1].clientId, drawn.clientId);
  assertEquals(told[0].clientId === drawn.clientId, false);
});

Deno.test("equal orders inside one batch are meant, like ones in another are not", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  assertEquals((await results(desk, [ONE, ONE])).length, 2);
  const error = await desk.callFailing("create_orders", { orders: [ONE] });
  assertEquals(error.code, "repeat");
  assertMatch(error.hint, /wants it once more: create_order with repeatOf \d+$/);
});

Deno.test("an order whose client id was sent before is not sent again", async () => {
  await using desk = await open(answering((orders) => orders.map(OK)));
  await results(desk, [{ ...ONE, clientId: 1 }]);
  const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
  assertEquals(told.map(({ isEarlier }) => isEarlier), [true, undefined]);
  assertEquals(desk.exchange.effects().map(({ body }) => body.length), [1, 1]);
});

Deno.test("a batch in which every order was sent before sends nothing, halted or not", async () => {
  const orders = [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }];
  const halt = { isHalted: (): boolean => isHalted, halt: (): void => {} };
  let isHalted = false;
  await using desk = await open(answering((orders) => orders.map(OK)), { halt });
  await results(desk, orders);
  isHalted = true;
  const told = await results(desk, orders);
  assertEquals(told.map(({ outcome, isEarlier }) => [outcome, isEarlier]), [
    ["placed", true],
    ["placed", true],
  ]);
  const { hint } = await desk.callFailing("create_orders", { orders: [{ ...ONE, clientId: 3 }] });
  assertMatch(hint, /^Cancels still work. Only the owner can resume/);
  assertEquals(desk.exchange.effects().length, 1);
});

const DOUBTFUL: [string, (orders: Body[]) => unknown, string[]][] = [
  ["an answer that is too short", ([one]) => [OK(one)], ["unknown", "unknown"]],
  ["an answer that is too long", (all) => [...all, all[0]].map(OK), ["unknown", "unknown"]],
  ["an empty answer", () => [], ["unknown", "unknown"]],
  ["answers in another order", ([one, two]) => [OK(two), OK(one)], ["placed", "placed"]],
  ["an error out of place", ([, two]) => [OK(two), ERR()], ["unknown", "placed"]],
  ["an order of somebody else", ([one]) => [OK(one), OK({ ...one, clientId: 99 })], [
    "placed",
    "unknown",
  ]],
  // It may be the other's, out of place: nothing tells whose.
  ["an error beside an answer that can't be read", () => [ERR(), { operation: "Ok" }], [
    "unknown",
    "unknown",
  ]],
  ["an error that names the other order", () => [{ ...ERR() as Body, clientId: 2 }, ERR()], [
    "unknown",
    "unknown",
  ]],
  ["errors that name their orders", () => [
    { ...ERR() as Body, clientId: 1 },
    { ...ERR() as Body, clientId: 2 },
  ], ["not_placed", "not_placed"]],
  ["an uncertain code", ([one]) => [OK(one), ERR("TIMEOUT")], ["placed", "unknown"]],
  ["an element without a word", ([one]) => [OK(one), { operation: "Maybe" }], [
    "placed",
    "unknown",
  ]],
];

for (const [name, answer, outcomes] of DOUBTFUL) {
  Deno.test(`${name} makes known only what it tells`, async () => {
    await using desk = await open(answering(answer));
    const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
    assertEquals(told.map(({ outcome }) => outcome), outcomes);
    assertEquals(desk.exchange.effects().length, 1);
  });
}

Deno.test("an error among orders that are out of place is nobody's", async () => {
  const answer = ([one, , three]: Body[]): unknown => [OK(three), ERR(), OK(one)];
  await using desk = await open(answering(answer));
  const prices = ["140.00", "139.00", "138.00"];
  const orders = prices.map((price, index) => ({ ...ONE, price, clientId: index + 1 }));
  const told = await results(desk, orders);
  assertEquals(told.map(({ outcome }) => outcome), ["placed", "unknown", "placed"]);
});

Deno.test("a lost reply leaves every order unknown, and each is found out about", async () => {
  const scripted = { ...MARKET_ROUTES, "POST /api/v1/orders": hang };
  await using desk = await open(scripted);
  const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
  assertEquals(told.map(({ outcome }) => outcome), ["unknown", "unknown"]);
  desk.scripted["GET /api/v1/orders"] = () => json([wireOrder({ ...ONE, clientId: 1 })]);
  await wait(desk, 40_000);
  const first = await desk.callTool("get_order_outcome", { clientId: 1 });
  assertEquals(first.structuredContent.outcome, "placed");
  assertEquals(first.structuredContent.desk.unresolved, [2]);
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("a batch that is refused as a whole places nothing", async () => {
  const scripted = {
    ...MARKET_ROUTES,
    "POST /api/v1/orders": () => refusal("INVALID_CLIENT_REQUEST", "Quantity decimal too long"),
  };
  await using desk = await open(scripted);
  const told = await results(desk, [{ ...ONE, clientId: 1 }, { ...TWO, clientId: 2 }]);
  assertEquals(told.map(({ outcome }) => outcome), ["not_placed", "not_placed"]);
});

Deno.test("a client id of another order stops the whole batch", async () => {
  await using desk = await open(MARKET_ROUTES);
  await desk.callTool("create_order", { ...ONE, clientId: 7 });
  const orders = [{ ...TWO, clientId: 12 }, { ...ONE, clientId: 7, quantity: "2" }];
  const error = await desk.callFailing("create_orders", { orders });
  assertEquals([error.code, error.outcome, error.index], ["client_id_mismatch", "not_placed", 1]);
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("a batch that can't be recorded is refused as a whole", async () => {
  const journal = new JournalError("unwritable", "journal.sqlite", "the disk is full");
  await using desk = await open({}, { journal });
  const error = await desk.callFailing("create_orders", { orders: [ONE, TWO] });
  assertEquals([error.code, error.outcome], ["journal", "not_placed"]);
  assertEquals(desk.exchange.effects(), []);
});
