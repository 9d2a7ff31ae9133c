/**
 * A yes that the model cannot give: forms, codes, and every answer that is no yes, in both eras of
 * MCP. What only the newer one has is in `approvals_between_calls_test.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { questionUnder, recordApproval } from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { connectBare, connectClient, type EraConnection, type EraOptions } from "./_eras.ts";
import { json, MEMORY, START_MS, TestClock, turns, until } from "./_helpers.ts";
import {
  MARKET_ROUTES,
  NO_ORDERS,
  type Route,
  type Routes,
  routes,
  takesOrders,
  wireOrder,
} from "./_routes.ts";

const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.00",
  quantity: "2",
  clientId: 7,
};
const ABOVE_250 = { confirmAbove: "250" };
const ON_TERMINAL = { confirmAbove: "250", confirmBy: "terminal" } as const;

interface Desk extends EraConnection {
  exchange: Routes;
  scripted: Record<string, Route>;
  journal: Journal;
  /** What the person was shown. */
  forms: { message: string; requestedSchema: unknown }[];
  /** The person at the terminal says yes. */
  approve(code: string): void;
}

type Reply = unknown | (() => Promise<unknown>);

interface Options {
  /** What the client's person answers; a client without a form where absent. */
  reply?: Reply;
  capabilities?: Record<string, unknown>;
  clock?: TestClock;
  journal?: Journal;
}

const CONNECT = {
  "2025-11-25": (options: EraOptions) => connectClient("SDK 1", options),
  "2026-07-28": (options: EraOptions) => connectBare(options),
};
type Era = keyof typeof CONNECT;
type Open = (limits: Partial<Limits>, options?: Options) => Promise<Desk>;

function inBothEras(name: string, test: (open: Open) => Promise<void>): void {
  for (const era of Object.keys(CONNECT) as Era[]) {
    Deno.test(`${name} (${era})`, () => test((limits, options) => openIn(era, limits, options)));
  }
}

async function openIn(era: Era, limits: Partial<Limits>, options: Options = {}): Promise<Desk> {
  const clock = options.clock ?? new TestClock();
  const journal = options.journal ?? Journal.open(MEMORY, () => clock.now());
  const all = { ...takesOrders(), ...NO_ORDERS, ...MARKET_ROUTES };
  const exchange = routes(all, () => clock.now());
  const forms: Desk["forms"] = [];
  const { reply } = options;
  const onForm = async (params: unknown): Promise<unknown> => {
    forms.push(params as Desk["forms"][number]);
    return await clock.hold(Promise.resolve(typeof reply === "function" ? reply() : reply));
  };
  const { capabilities } = options;
  const connection = await CONNECT[era]({
    ...{ fetch: exchange.fetch, clock, journal, limits },
    ...(capabilities === undefined ? {} : { capabilities }),
    ...("reply" in options ? { onForm } : {}),
  });
  const approve = (code: string): void => {
    const asked = questionUnder(journal, code, clock.now());
    if (asked === undefined) throw new Error(`nothing waits under ${code}`);
    journal.transact(() => recordApproval(journal, asked, "terminal"));
  };
  return { ...connection, exchange, scripted: all, journal, forms, approve };
}

// deno-lint-ignore no-explicit-any
async function refusal(desk: Desk, args: Record<string, unknown> = LIMIT): Promise<any> {
  const error = await desk.callFailing("create_order", args);
  assertEquals([error.code, error.outcome], ["approval_needed", "not_placed"], error.message);
  return error;
}

async function passes(desk: Desk, args: Record<string, unknown> = LIMIT): Promise<void> {
  const { structuredContent, content } = await desk.callTool("create_order", args);
  assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
}

const YES = { action: "accept", content: { approve: true } };

inBothEras("below the owner's sum nobody is asked", async (open) => {
  await using desk = await open(ABOVE_250, { reply: YES });
  await passes(desk, { ...LIMIT, quantity: "1" });
  assertEquals(desk.forms, []);
});

inBothEras("an order at or above the sum is placed once the person ticks the box", async (open) => {
  await using desk = await open({ confirmAbove: "280.10" }, { reply: YES });
  await passes(desk);
  assertEquals(desk.exchange.effects().length, 1);
  assertEquals(desk.forms[0]?.message.split("\n"), [
    "LIVE BUY 2 SOL_USDC at a limit of 140.00",
    "140 is 0.08 % below the best ask, 140.1",
    "Counts as 280.1 USD; client id 7",
    "You are asked because with the last hour's unapproved orders it comes to 280.1 " +
    "USD, and from 280.10 USD on (BACKPACK_CONFIRM_ABOVE) the owner must say yes.",
  ]);
  const [intent] = desk.journal.intents({ clientId: 7 });
  assertEquals((intent?.body.approval as { by: string }).by, "client");
});

inBothEras("with 0 every order is asked for", async (open) => {
  await using desk = await open({ confirmAbove: "0" }, { reply: { action: "decline" } });
  await refusal(desk, { ...LIMIT, price: "0.01", quantity: "0.01" });
});

inBothEras(
  "small orders add up: an hour's unapproved ones count, approved ones do not",
  async (open) => {
    await using desk = await open({ confirmAbove: "300" }, { reply: YES });
    await passes(desk, { ...LIMIT, quantity: "1", clientId: 1 });
    await passes(desk, { ...LIMIT, quantity: "1.01", clientId: 2 });
    assertEquals(desk.forms.length, 0);
    await passes(desk, { ...LIMIT, quantity: "0.5", clientId: 3 });
    assertEquals(desk.forms.length, 1);
    await passes(desk, { ...LIMIT, quantity: "0.11", clientId: 4 });
    assertEquals(desk.forms.length, 1);
    desk.clock.advance(3_600_000);
    await passes(desk, { ...LIMIT, quantity: "1.9", clientId: 5 });
    assertEquals(desk.forms.length, 1);
  },
);

const NO: [string, Reply][] = [
  ["a decline", { action: "decline" }],
  ["a closed form", { action: "cancel" }],
  ["an acceptance without a tick", { action: "accept", content: { approve: false } }],
  ["an acceptance with nothing in it", { action: "accept" }],
  ["an empty form", { action: "accept", content: {} }],
  ["yes as text", { action: "accept", content: { approve: "true" } }],
  ["a tick in another box", { action: "accept", content: { yes: true } }],
  ["a declined form with a tick", { action: "decline", content: { approve: true } }],
  ["an unknown action", { action: "ok", content: { approve: true } }],
  ["a failure", () => Promise.reject(new Error("no form"))],
];

for (const [name, reply] of NO) {
  inBothEras(`${name} is no yes, and the answer names the terminal`, async (open) => {
    await using desk = await open(ABOVE_250, { reply });
    const error = await refusal(desk);
    assertEquals(desk.forms.length, 1);
    assertMatch(error.hint, /backpack-mcp approve [A-Z2-9]{6}/);
    assertMatch(error.hint, /After that yes, the same call goes through with "clientId": 7$/);
    assertEquals(error.clientId, 7);
    assertEquals(desk.exchange.effects(), []);
  });
}

Deno.test("silence is no yes, and a late yes is none either", async () => {
  let answer = (_: unknown): void => {};
  const late = (): Promise<unknown> => new Promise((resolve) => answer = resolve);
  const clock = new TestClock();
  await using desk = await openIn("2025-11-25", ABOVE_250, { reply: late, clock });
  const call = desk.client.request("tools/call", { name: "create_order", arguments: LIMIT });
  await until(() => desk.forms.length > 0);
  clock.advance(50_001);
  const result = await clock.run(call);
  assertEquals(result.isError, true);
  answer(YES);
  await turns();
  assertEquals(desk.exchange.effects(), []);
  assertEquals([...desk.journal.entries({ kind: "approved" })], []);
});

Deno.test("a yes after the client called the order off is none", async () => {
  let answer = (_: unknown): void => {};
  const late = (): Promise<unknown> => new Promise((resolve) => answer = resolve);
  await using desk = await openIn("2025-11-25", ABOVE_250, { reply: late });
  const controller = new AbortController();
  const request = { name: "create_order", arguments: LIMIT };
  const call = desk.client.request("tools/call", request, controller.signal);
  const ended = call.catch(() => "called off");
  await until(() => desk.forms.length > 0);
  controller.abort();
  answer(YES);
  assertEquals(await ended, "called off");
  await turns();
  assertEquals(desk.exchange.effects(), []);
});

inBothEras(
  "without a form, or by the owner's choice, the order waits for the terminal",
  async (open) => {
    for (const [limits, options] of [[ABOVE_250, {}], [ON_TERMINAL, { reply: YES }]] as const) {
      await using desk = await open(limits, options);
      const error = await refusal(desk);
      assertEquals(desk.forms, []);
      desk.approve(error.code === "approval_needed" ? error.approve.split(" ").at(-1) : "");
      await passes(desk);
      const [intent] = desk.journal.intents({ clientId: 7 });
      assertEquals((intent?.body.approval as { by: string }).by, "terminal");
    }
  },
);

inBothEras("a client that can show only addresses shows no form", async (open) => {
  await using desk = await open(ABOVE_250, {
    reply: YES,
    capabilities: { elicitation: { url: {} } },
  });
  await refusal(desk);
  assertEquals(desk.forms, []);
});

inBothEras("an order that got no clientId is told the one to come back with", async (open) => {
  await using desk = await open(ON_TERMINAL);
  const { clientId: _, ...order } = LIMIT;
  const error = await refusal(desk, order);
  desk.approve(error.approve.split(" ").at(-1));
  await passes(desk, { ...order, clientId: error.clientId });
});

inBothEras("a yes reaches its order, once, also where the call names no clientId", async (open) => {
  await using desk = await open(ON_TERMINAL);
  const { clientId: _, ...order } = LIMIT;
  const error = await refusal(desk, order);
  const other = await refusal(desk, { ...order, price: "139.00" });
  assertEquals(other.clientId === error.clientId, false);
  desk.approve(error.approve.split(" ").at(-1));
  await refusal(desk, { ...order, price: "139.00" });
  await passes(desk, order);
  assertEquals(desk.exchange.effects().map(({ body }) => body.clientId), [error.clientId]);
  const again = await desk.callFailing("create_order", order);
  assertEquals([again.code, again.outcome], ["repeat", "not_placed"]);
});

inBothEras("a yes is for exactly that order", async (open) => {
  const changes = [
    { quantity: "2.01" },
    { price: "139.99" },
    { side: "Ask" },
    { symbol: "SOL_USDC_PERP" },
    { postOnly: true },
    { timeInForce: "IOC" },
    { clientId: 8 },
  ];
  for (const change of changes) {
    await using desk = await open(ON_TERMINAL);
    const error = await refusal(desk);
    desk.approve(error.approve.split(" ").at(-1));
    await refusal(desk, { ...LIMIT, ...change });
    assertEquals(desk.exchange.effects(), []);
    await passes(desk);
  }
});

inBothEras("a yes is used once, also when the exchange refused the order", async (open) => {
  await using desk = await open(ON_TERMINAL);
  const { approve } = await refusal(desk);
  desk.approve(approve.split(" ").at(-1));
  desk.scripted["POST /api/v1/order"] = () => json({ code: "INVALID_ORDER", message: "no" }, 400);
  assertEquals((await desk.callFailing("create_order", LIMIT)).code, "rejected");
  await refusal(desk);
});

inBothEras("a yes ends after five minutes", async (open) => {
  await using desk = await open(ON_TERMINAL);
  const { approve } = await refusal(desk);
  desk.approve(approve.split(" ").at(-1));
  desk.clock.setWall(START_MS + 5 * 60_000);
  await refusal(desk);
});

inBothEras("a machine's clock that is set back makes no yes last longer", async (open) => {
  const clock = new TestClock();
  await using desk = await open(ON_TERMINAL, { clock });
  desk.scripted["GET /api/v1/time"] = () => new Response(String(START_MS + clock.monotonic()));
  const { approve } = await refusal(desk);
  clock.setWall(START_MS - 500);
  desk.approve(approve.split(" ").at(-1));
  clock.advance(2 * 60_000);
  clock.setWall(START_MS);
  clock.advance(3 * 60_000);
  await refusal(desk);
  assertEquals(desk.exchange.effects(), []);
});

inBothEras(
  "an exit that the market has passed while the person thought stops the order",
  async (open) => {
    const markAt = (markPrice: string): Route => ({ query }) =>
      json([{ symbol: query.symbol, markPrice }]);
    const scripted: Record<string, Route>[] = [];
    const reply = (): Promise<unknown> => {
      scripted[0]!["GET /api/v1/markPrices"] = markAt("150.00");
      return Promise.resolve(YES);
    };
    await using desk = await open(ABOVE_250, { reply });
    scripted.push(desk.scripted);
    const { price: _, ...entry } = LIMIT;
    const error = await desk.callFailing("create_order", {
      ...{
        ...entry,
        symbol: "SOL_USDC_PERP",
        orderType: "Market",
        takeProfitTriggerPrice: "149.00",
      },
    });
    assertEquals([error.code, error.outcome], ["invalid_input", "not_placed"], error.message);
    assertMatch(error.message, /is on the wrong side/);
    assertEquals([desk.forms.length, desk.exchange.effects()], [1, []]);
  },
);

inBothEras("a yes is void once the market has moved, even if it comes back", async (open) => {
  const askAt = (price: string) => (): Response =>
    json({ asks: [[price, "100"]], bids: [["139", "1"]], lastUpdateId: "1", timestamp: 1 });
  const rows = [["140.8005", true], ["140.8006", false], ["139.39", false]] as const;
  for (const [moved, holds] of rows) {
    await using desk = await open(ON_TERMINAL);
    const { approve } = await refusal(desk);
    desk.approve(approve.split(" ").at(-1));
    desk.scripted["GET /api/v1/depth"] = askAt(moved);
    if (holds) {
      await passes(desk);
      continue;
    }
    await refusal(desk);
    desk.scripted["GET /api/v1/depth"] = askAt("140.10");
    await refusal(desk);
    assertEquals(desk.exchange.effects(), []);
  }
});

inBothEras("a market that moves while the form is open voids the yes", async (open) => {
  const holder: { desk?: Desk } = {};
  const reply = (): Promise<unknown> => {
    holder.desk!.scripted["GET /api/v1/depth"] = () =>
      json({ asks: [["145", "100"]], bids: [["139", "1"]], lastUpdateId: "1", timestamp: 1 });
    return Promise.resolve(YES);
  };
  await using desk = holder.desk = await open(ABOVE_250, { reply });
  const error = await refusal(desk);
  assertMatch(error.message, /does not hold/);
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("who is at the client is asked anew about what is left of an order that fills on the way", async () => {
  const old = wireOrder({ ...LIMIT, id: "28", price: "139.00", quantity: "2.00" });
  await using desk = await openIn("2025-11-25", ABOVE_250, { reply: YES });
  desk.scripted["GET /api/v1/orders"] = () => json([old]);
  desk.scripted["DELETE /api/v1/order"] = () =>
    json({ ...old, status: "Cancelled", executedQuantity: "0.10" });
  const args = { symbol: "SOL_USDC", orderId: "28", price: "139.50" };
  const { structuredContent, content } = await desk.callTool("replace_order", args);
  assertEquals(structuredContent?.outcome, "placed", content[0]?.text);
  assertEquals(desk.forms.map(({ message }) => message.split(" ", 3).at(-1)), ["2.00", "1.9"]);
});

inBothEras("a limit that is reached while the form is open still holds", async (open) => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using other = await open({}, { clock, journal });
  const reply = async (): Promise<unknown> => {
    await other.callTool("create_order", { ...LIMIT, price: "139", clientId: 1 });
    return YES;
  };
  const limits = { ...ABOVE_250, maxOrdersPerMinute: "1" };
  await using desk = await open(limits, { clock, journal, reply });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals(error.code, "limit");
  assertEquals(desk.exchange.effects(), []);
});

Deno.test("a limit that is reached while the form is open leaves the old order where it is", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using other = await openIn("2025-11-25", {}, { clock, journal });
  const reply = async (): Promise<unknown> => {
    await other.callTool("create_order", { ...LIMIT, price: "139", clientId: 1 });
    return YES;
  };
  const limits = { ...ABOVE_250, maxOrdersPerMinute: "1" };
  await using desk = await openIn("2025-11-25", limits, { clock, journal, reply });
  const old = wireOrder({ ...LIMIT, id: "28" });
  desk.scripted["GET /api/v1/orders"] = () => json([old]);
  desk.scripted["DELETE /api/v1/order"] = () => json({ ...old, status: "Cancelled" });
  const args = { symbol: "SOL_USDC", orderId: "28", price: "139.50" };
  const error = await desk.callFailing("replace_order", args);
  assertEquals([error.code, error.outcome, desk.forms.length], ["limit", "not_placed", 1]);
  assertEquals(desk.exchange.effects(), []);
});

inBothEras("of two calls with one yes only one is sent", async (open) => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using first = await open(ON_TERMINAL, { clock, journal });
  await using second = await open(ON_TERMINAL, { clock, journal });
  const { approve } = await refusal(first);
  first.approve(approve.split(" ").at(-1));
  await Promise.all([
    first.callTool("create_order", LIMIT),
    second.callTool("create_order", LIMIT),
  ]);
  assertEquals(first.exchange.effects().length + second.exchange.effects().length, 1);
});

inBothEras("nothing in the arguments stands in for a yes", async (open) => {
  await using desk = await open(ABOVE_250);
  for (const name of ["approve", "approved", "confirm", "code", "approval", "force", "yes"]) {
    const error = await desk.callFailing("create_order", { ...LIMIT, [name]: true });
    assertEquals(error.code, "invalid_input");
  }
  assertEquals(desk.exchange.effects(), []);
});

inBothEras("codes appear in the answer that names them, and nowhere else", async (open) => {
  await using desk = await open(ON_TERMINAL);
  const code = (await refusal(desk)).approve.split(" ").at(-1);
  const preview = await desk.callTool("preview_order", LIMIT);
  const limits = await desk.callTool("get_limits");
  const seen = JSON.stringify([preview, limits, [...desk.journal.entries({})]]);
  assert(!seen.includes(code));
});

inBothEras("preview_order tells that a person would be asked, and asks nobody", async (open) => {
  await using desk = await open(ABOVE_250, { reply: YES });
  const { structuredContent } = await desk.callTool("preview_order", LIMIT);
  assertEquals([structuredContent.wouldSend, structuredContent.needsApproval], [false, true]);
  assertEquals(desk.forms, []);
  assertEquals([...desk.journal.entries({ kind: "asked" })], []);
});
