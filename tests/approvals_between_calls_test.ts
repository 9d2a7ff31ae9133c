/**
 * A yes that comes with a later call, as MCP 2026-07-28 has it: what a client could send in place of
 * an answer, and that none of it is one.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { openQuestions, questionUnder } from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { type BareClient, connectBare, type EraConnection } from "./_eras.ts";
import { json, MEMORY, START_MS, TestClock } from "./_helpers.ts";
import {
  MARKET_ROUTES,
  NO_ORDERS,
  type Route,
  type Routes,
  routes,
  takesOrders,
  wireOrder,
} from "./_routes.ts";

type Params = Record<string, unknown>;
// deno-lint-ignore no-explicit-any
type Result = any;

const ORDER = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
};
const LIMIT = { ...ORDER, clientId: 7 };
const YES = { action: "accept", content: { approve: true } };
const SAID_YES = { inputResponses: { approve: YES } };
const FIVE_MINUTES_MS = 5 * 60_000;

interface Desk extends EraConnection {
  bare: BareClient;
  exchange: Routes;
  scripted: Record<string, Route>;
  journal: Journal;
  /** One `tools/call`, its result as it came. */
  call(name: string, args: Params, rest?: Params): Promise<Result>;
}

interface Options {
  limits?: Partial<Limits>;
  scripted?: Record<string, Route>;
  clock?: TestClock;
  journal?: Journal;
}

async function open(
  { limits = {}, scripted = {}, clock = new TestClock(), ...rest }: Options = {},
): Promise<Desk> {
  const journal = rest.journal ?? Journal.open(MEMORY, () => clock.now());
  const all = { ...takesOrders(), ...NO_ORDERS, ...MARKET_ROUTES, ...scripted };
  const exchange = routes(all, () => clock.now());
  const connection = await connectBare({
    ...{ fetch: exchange.fetch, clock, journal, capabilities: { elicitation: { form: {} } } },
    limits: { confirmAbove: "250", ...limits },
  });
  const call = (name: string, args: Params, rest: Params = {}): Promise<Result> =>
    clock.run(connection.bare.request("tools/call", { name, arguments: args, ...rest }));
  return { ...connection, exchange, scripted: all, journal, call };
}

/** Calls a tool that must ask; the handle of its form. */
async function asked(desk: Desk, args: Params = LIMIT, name = "create_order"): Promise<string> {
  const result = await desk.call(name, args);
  assertEquals(result.resultType, "input_required", JSON.stringify(result));
  assertEquals(desk.exchange.effects(), []);
  return result.requestState;
}

function refused(result: Result): Result {
  assertEquals([result.resultType, result.isError], ["complete", true], JSON.stringify(result));
  const error = JSON.parse(result.content[0].text);
  assertEquals([error.code, error.outcome], ["approval_needed", "not_placed"], error.message);
  assertMatch(error.hint, /backpack-mcp approve [A-Z2-9]{6}/);
  return error;
}

function placed(result: Result): void {
  assertEquals(result.structuredContent?.outcome, "placed", JSON.stringify(result));
}

const askAt = (...prices: string[]): Route => () => {
  const asks = prices.map((price) => [price, "100"]);
  return json({ asks, bids: [["139", "1"]], lastUpdateId: "1", timestamp: 1 });
};

const lastAt = (lastPrice: string): Route => async (request) => {
  const ticker = await MARKET_ROUTES["GET /api/v1/ticker"]?.(request);
  return json({ ...await ticker?.json(), lastPrice });
};

Deno.test("the first call answers with the form, and sends nothing", async () => {
  await using desk = await open();
  const { requestState, _meta, ...result } = await desk.call("create_order", LIMIT);
  const { message, ...form } = result.inputRequests.approve.params;
  assertMatch(message, /^LIVE BUY 2 SOL_USDC at a limit of 140.00\n.*client id 7/s);
  assertEquals({ ...result, inputRequests: undefined }, {
    resultType: "input_required",
    inputRequests: undefined,
  });
  assertEquals([Object.keys(result.inputRequests), result.inputRequests.approve.method], [
    ["approve"],
    "elicitation/create",
  ]);
  assertEquals([form.mode, form.requestedSchema.required], ["form", ["approve"]]);
  assertEquals(typeof requestState, "string");
  assertEquals(desk.exchange.effects(), []);
  assertEquals([...desk.journal.entries({ kind: "asked" })].length, 1);
});

Deno.test("the second call places the order that the person saw, under its client id", async () => {
  await using desk = await open();
  const { inputRequests, requestState } = await desk.call("create_order", ORDER);
  const id = Number(/client id (\d+)/.exec(inputRequests.approve.params.message)?.[1]);
  placed(await desk.call("create_order", ORDER, { requestState, ...SAID_YES }));
  assertEquals(desk.exchange.effects().map(({ body }) => (body as Params).clientId), [id]);
  const [intent] = desk.journal.intents({ clientId: id });
  const [question] = [...desk.journal.entries({ kind: "asked" })];
  assertEquals(intent?.body.approval, { asked: question?.seq, by: "client" });
});

Deno.test("an order is placed once, however often its yes is sent", async () => {
  for (const order of [LIMIT, ORDER]) {
    await using desk = await open();
    const requestState = await asked(desk, order);
    placed(await desk.call("create_order", order, { requestState, ...SAID_YES }));
    for (const again of [order, order, { ...order, clientId: 8 }]) {
      await desk.call("create_order", again, { requestState, ...SAID_YES });
    }
    assertEquals(desk.exchange.effects().length, 1);
  }
});

Deno.test("of two calls with one yes only one is sent", async () => {
  await using desk = await open();
  const requestState = await asked(desk, ORDER);
  const call = (): Promise<Result> =>
    desk.call("create_order", ORDER, { requestState, ...SAID_YES });
  await Promise.all([call(), call()]);
  assertEquals(desk.exchange.effects().length, 1);
});

const NO_ANSWERS: [string, Params][] = [
  ["no responses", {}],
  ["null", { inputResponses: null }],
  ["text", { inputResponses: "accept" }],
  ["a list", { inputResponses: [YES] }],
  ["another form's name", { inputResponses: { other: YES } }],
  ["a wrapped answer", {
    inputResponses: { approve: { method: "elicitation/create", result: YES } },
  }],
  ["a decline", { inputResponses: { approve: { action: "decline" } } }],
  ["a decline with a tick", { inputResponses: { approve: { ...YES, action: "decline" } } }],
];

for (const [name, answer] of NO_ANSWERS) {
  Deno.test(`${name} is a no, and no yes comes after it`, async () => {
    await using desk = await open();
    const requestState = await asked(desk);
    const said = refused(await desk.call("create_order", LIMIT, { requestState, ...answer }));
    assertMatch(said.message, /^The person at the client did not say yes to this order: /);
    refused(await desk.call("create_order", LIMIT, { requestState, ...SAID_YES }));
    assertEquals(desk.exchange.effects(), []);
    assertEquals([...desk.journal.entries({ kind: "approved" })], []);
  });
}

Deno.test("a yes without the handle of its form is none", async () => {
  await using desk = await open();
  const handle = await asked(desk);
  const changed = handle.replace(/.$/, (last) => last === "0" ? "1" : "0");
  const [question] = [...desk.journal.entries({ kind: "asked" })];
  const forged = [undefined, null, "", changed, question?.seq, String(question?.seq), [handle, ""]];
  for (const requestState of forged) {
    refused(await desk.call("create_order", LIMIT, { requestState, ...SAID_YES }));
  }
  assertEquals(desk.exchange.effects(), []);
  // Nor does it take the form from who has it.
  placed(await desk.call("create_order", LIMIT, { requestState: handle, ...SAID_YES }));
});

Deno.test("a yes holds for the same tool and arguments only", async () => {
  const changes = [
    { quantity: "2.01" },
    { price: "139.99" },
    { side: "Ask" },
    { symbol: "SOL_USDC_PERP" },
    { postOnly: true },
    { timeInForce: "IOC" },
    { clientId: 8 },
    { repeatOf: 6 },
  ];
  for (const change of changes) {
    await using desk = await open();
    const requestState = await asked(desk);
    const answer = { requestState, ...SAID_YES };
    refused(await desk.call("create_order", { ...LIMIT, ...change }, answer));
    refused(await desk.call("create_order", LIMIT, answer));
    assertEquals(desk.exchange.effects(), []);
  }
  await using desk = await open();
  const requestState = await asked(desk);
  const answer = { requestState, ...SAID_YES };
  refused(await desk.call("create_orders", { orders: [LIMIT] }, answer));
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a yes to one order is none to another that waits, too", async () => {
  await using desk = await open();
  const first = await asked(desk);
  const second = await asked(desk, { ...LIMIT, price: "139.00", clientId: 8 });
  refused(await desk.call("create_order", LIMIT, { requestState: second, ...SAID_YES }));
  placed(await desk.call("create_order", LIMIT, { requestState: first, ...SAID_YES }));
});

Deno.test("asked twice about one order, a yes is on record for the question that it answers", async () => {
  await using desk = await open();
  const requestState = await asked(desk);
  await asked(desk);
  const [first, second] = openQuestions(desk.journal, START_MS).toReversed();
  placed(await desk.call("create_order", LIMIT, { requestState, ...SAID_YES }));
  const [intent] = desk.journal.intents({ clientId: 7 });
  assertEquals(intent?.body.approval, { asked: first?.seq, by: "client" });
  assert(first !== undefined && second !== undefined && first.seq < second.seq);
});

Deno.test("a question that got a no waits no longer; the one for the terminal does", async () => {
  await using desk = await open();
  const requestState = await asked(desk);
  const [before] = openQuestions(desk.journal, START_MS);
  const inputResponses = { approve: { action: "decline" } };
  const { approve } = refused(
    await desk.call("create_order", LIMIT, { requestState, inputResponses }),
  );
  const [after, ...others] = openQuestions(desk.journal, START_MS);
  assertEquals(others, []);
  assert(after?.seq !== before?.seq);
  const code = approve.split(" ").at(-1);
  assertEquals(questionUnder(desk.journal, code, START_MS)?.seq, after?.seq);
  const [noted] = desk.journal.entries({ kind: "noted", newestFirst: true });
  assertMatch(String(noted?.body.reason), /did not say yes/);
});

Deno.test("a yes ends after five minutes", async () => {
  for (const [afterMs, holds] of [[FIVE_MINUTES_MS - 1, true], [FIVE_MINUTES_MS, false]] as const) {
    await using desk = await open();
    const requestState = await asked(desk);
    desk.clock.setWall(START_MS + afterMs);
    const result = await desk.call("create_order", LIMIT, { requestState, ...SAID_YES });
    if (holds) placed(result);
    else refused(result);
  }
});

Deno.test("a yes is void once the market has moved, even if it comes back", async () => {
  for (const [moved, holds] of [["140.80", true], ["140.81", false], ["139.39", false]] as const) {
    await using desk = await open();
    const requestState = await asked(desk);
    const answer = { requestState, ...SAID_YES };
    desk.scripted["GET /api/v1/depth"] = askAt(moved);
    const result = await desk.call("create_order", LIMIT, answer);
    if (holds) {
      placed(result);
      continue;
    }
    assertMatch(refused(result).message, /does not hold/);
    const [noted] = desk.journal.entries({ kind: "noted", newestFirst: true });
    assertEquals(noted?.body.reason, "the market moved by more than 0.5 %");
    desk.scripted["GET /api/v1/depth"] = askAt("140.10");
    refused(await desk.call("create_order", LIMIT, answer));
    assertEquals(desk.exchange.effects(), []);
  }
});

Deno.test("a yes is void once the other side of the book is gone or back, not while it stays away", async () => {
  const away = askAt();
  const there = askAt("140.10");
  for (
    const [then, now, holds] of [[away, away, true], [there, away, false], [
      away,
      there,
      false,
    ]] as const
  ) {
    await using desk = await open({ scripted: { "GET /api/v1/depth": then } });
    const requestState = await asked(desk);
    desk.scripted["GET /api/v1/depth"] = now;
    const result = await desk.call("create_order", LIMIT, { requestState, ...SAID_YES });
    if (holds) placed(result);
    else assertMatch(refused(result).message, /does not hold/);
    assertEquals(desk.exchange.effects().length, holds ? 1 : 0);
  }
});

Deno.test("a no counts even when nobody need be asked any more", async () => {
  for (const [reply, isPlaced] of [[YES, true], [{ action: "decline" }, false]] as const) {
    await using desk = await open({ limits: { confirmAbove: "280.10" } });
    const requestState = await asked(desk);
    // The last price was what made it worth that much.
    desk.scripted["GET /api/v1/ticker"] = lastAt("140.00");
    const answer = { requestState, inputResponses: { approve: reply } };
    const result = await desk.call("create_order", LIMIT, answer);
    if (isPlaced) placed(result);
    else assertMatch(refused(result).message, /did not say yes to this order$/);
    assertEquals(desk.exchange.effects().length, isPlaced ? 1 : 0);
  }
});

Deno.test("a yes is spent by a call that another limit stops", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using other = await open({ clock, journal, limits: { confirmAbove: "1000" } });
  await using desk = await open({ clock, journal, limits: { maxOrdersPerMinute: "1" } });
  const requestState = await asked(desk);
  placed(await other.call("create_order", { ...LIMIT, price: "139.00", clientId: 1 }));
  const answer = { requestState, ...SAID_YES };
  const stopped = await desk.call("create_order", LIMIT, answer);
  assertEquals(JSON.parse(stopped.content[0].text).code, "limit");
  clock.setWall(START_MS + 61_000);
  refused(await desk.call("create_order", LIMIT, answer));
});

Deno.test("a form is answered in the process that showed it", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using first = await open({ clock, journal });
  await using second = await open({ clock, journal });
  const requestState = await asked(first);
  refused(await second.call("create_order", LIMIT, { requestState, ...SAID_YES }));
  assertEquals(second.exchange.effects(), []);
});

Deno.test("where the owner chose the terminal, no form and no answer to one", async () => {
  await using desk = await open({ limits: { confirmBy: "terminal" } });
  refused(await desk.call("create_order", LIMIT));
  refused(await desk.call("create_order", LIMIT, { requestState: "1-1-1-1", ...SAID_YES }));
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a client that shows no forms can't answer one", async () => {
  await using desk = await open();
  const meta = (capabilities: Params): Params => ({
    _meta: {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": capabilities,
    },
  });
  for (const capabilities of [{}, { elicitation: { url: {} } }, { elicitation: true }]) {
    const requestState = await asked(desk);
    const answer = { requestState, ...SAID_YES, ...meta(capabilities) };
    refused(await desk.call("create_order", LIMIT, answer));
    refused(await desk.call("create_order", LIMIT, { requestState, ...SAID_YES }));
  }
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("several orders are asked about at once and keep their client ids", async () => {
  await using desk = await open();
  const orders = [ORDER, { ...ORDER, price: "139.00", clientId: 7 }, { ...ORDER, side: "Ask" }];
  const { requestState, inputRequests } = await desk.call("create_orders", { orders });
  const { message } = inputRequests.approve.params;
  const ids = [...message.matchAll(/client id (\d+)/g)].map(([, id]) => Number(id));
  const result = await desk.call("create_orders", { orders }, { requestState, ...SAID_YES });
  const results = result.structuredContent.results as { clientId: number }[];
  assertEquals(results.map(({ clientId }) => clientId), ids);
  assertEquals(desk.exchange.effects().length, 1);
});

const OLD = wireOrder({ id: "28", clientId: 5, price: "139.00", quantity: "2.00" });
const REPLACE = { symbol: "SOL_USDC", orderId: "28", price: "139.50" };

Deno.test("an order is replaced after the yes, and not touched before", async () => {
  await using desk = await open({
    scripted: {
      "GET /api/v1/orders": () => json([OLD]),
      "DELETE /api/v1/order": () => json({ ...OLD, status: "Cancelled" }),
    },
  });
  const requestState = await asked(desk, REPLACE, "replace_order");
  placed(await desk.call("replace_order", REPLACE, { requestState, ...SAID_YES }));
  assertEquals(desk.exchange.effects().map(({ route }) => route), [
    "DELETE /api/v1/order",
    "POST /api/v1/order",
  ]);
});

Deno.test("an order that fills while it is replaced leaves no form that nobody can use", async () => {
  await using desk = await open({
    scripted: {
      "GET /api/v1/orders": () => json([OLD]),
      "DELETE /api/v1/order": () => json({ ...OLD, status: "Cancelled", executedQuantity: "0.10" }),
    },
  });
  const requestState = await asked(desk, REPLACE, "replace_order");
  const result = await desk.call("replace_order", REPLACE, { requestState, ...SAID_YES });
  const error = refused(result);
  assertMatch(error.message, /^The old order is cancelled/);
  assertEquals(desk.exchange.effects().map(({ route }) => route), ["DELETE /api/v1/order"]);
});

Deno.test("once the old order is gone, nobody is asked who could not come back to it", async () => {
  await using desk = await open({
    limits: { confirmAbove: "300" },
    scripted: {
      "GET /api/v1/orders": () => json([OLD]),
      "DELETE /api/v1/order": () => {
        desk.scripted["GET /api/v1/ticker"] = lastAt("160");
        return json({ ...OLD, status: "Cancelled", executedQuantity: "0.10" });
      },
    },
  });
  const error = refused(await desk.call("replace_order", REPLACE));
  assertMatch(error.message, /^The old order is cancelled.*The owner must say yes/);
});

Deno.test("what answers a form means nothing to a tool that asks nobody", async () => {
  await using desk = await open();
  const rest = { requestState: "1-1-1-1", ...SAID_YES };
  const { structuredContent } = await desk.call("list_orders", {}, rest);
  assertEquals(structuredContent.count, 0);
  const preview = await desk.call("preview_order", LIMIT, rest);
  assert(preview.structuredContent.needsApproval);
  assertEquals([...desk.journal.entries({ kind: "asked" })], []);
});
