/**
 * get_status through the real client: what it tells when all is well, and that a part which can't
 * be had is named while the rest is told.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { LIMIT, open } from "./_desk.ts";
import {
  connect,
  type ConnectOptions,
  hang,
  json,
  MEMORY,
  START_MS,
  TestClock,
} from "./_helpers.ts";
import { MARKET_ROUTES, type Route, routes, wireOrder } from "./_routes.ts";

const OK: Record<string, Route> = {
  "GET /api/v1/status": () => json({ status: "Ok", message: null }),
};

// deno-lint-ignore no-explicit-any
async function status(options: Partial<ConnectOptions>, scripted = OK): Promise<any> {
  const clock = options.clock ?? new TestClock();
  const { fetch } = routes(scripted, () => clock.now() + 1500);
  await using desk = await connect({ fetch, ...options, clock });
  const { content, structuredContent } = await desk.callTool("get_status");
  return { ...structuredContent, line: content[0]?.text };
}

Deno.test("get_status tells all of a sound desk", async () => {
  const { line, limits, ...told } = await status({ limits: { maxOrderNotional: "250" } });
  assertEquals(told, {
    mode: "live",
    version: "0.0.0",
    readOnly: false,
    key: "test",
    obstacles: [],
    exchange: { status: "Ok", roundTripMs: 0, clockOffsetMs: 1500 },
    halted: false,
    journal: { ok: true, rows: 1 },
    unresolved: { count: 0 },
    notes: [],
    desk: { mode: "live" },
  });
  assertEquals(limits[2], { variable: "BACKPACK_MAX_ORDER_NOTIONAL", limit: "250" });
  assertEquals(limits.length, 11);
  assertEquals(
    line,
    "LIVE new orders may leave; exchange Ok, round trip 0 ms; its clock 1500 ms ahead; " +
      "no order of unknown outcome; key test; backpack-mcp 0.0.0",
  );
});

Deno.test("get_status says which way the exchange's clock is off", async () => {
  const clock = new TestClock();
  const { fetch } = routes(OK, () => clock.now() - 1500);
  await using desk = await connect({ fetch, clock });
  const { content } = await desk.callTool("get_status");
  assertMatch(content[0]?.text ?? "", /; its clock 1500 ms behind;/);
});

Deno.test("get_status measures the round trip, and takes half of it off the clock", async () => {
  const clock = new TestClock();
  const slow = (answer: () => Response): Route => () => {
    clock.advance(80);
    return answer();
  };
  const told = await status({ clock }, {
    "GET /api/v1/status": slow(() => json({ status: "Ok" })),
    "GET /api/v1/time": slow(() => new Response(String(clock.now() + 40))),
  });
  // Both are under way at once, so that either takes the time of both.
  assertEquals(told.exchange, { status: "Ok", roundTripMs: 160, clockOffsetMs: 120 });
});

Deno.test("get_status asks for nothing that needs a key", async () => {
  const told = await status({ hasKey: false });
  assertEquals([told.key, told.obstacles], ["none", ["there is no API key"]]);
  assertEquals(told.exchange.status, "Ok");
});

Deno.test("get_status says in paper mode where the account is and whose prices count", async () => {
  const told = await status({ mode: "paper", paperNote: "account in memory; scripted prices" });
  assertEquals([told.mode, told.paper], ["paper", "account in memory; scripted prices"]);
});

Deno.test("get_status names what the exchange did not tell, and tells the rest", async () => {
  const lost: [Route, RegExp][] = [
    [() => new Response("<html>", { status: 502 }), /tells no status/],
    [() => json({ up: true }), /tells no status/],
    [hang, /tells no status: .*5 s/],
    [() => Promise.reject(new TypeError("no route to host")), /tells no status/],
  ];
  for (const [answer, wanted] of lost) {
    const told = await status({}, { "GET /api/v1/status": answer });
    assertEquals(told.exchange, { clockOffsetMs: 1500 });
    assertEquals(told.obstacles, ["the exchange was not reached"]);
    assertEquals(told.notes.length, 1);
    assertMatch(told.notes[0], wanted);
    assertEquals([told.journal.ok, told.unresolved], [true, { count: 0 }]);
  }
  const { exchange, notes } = await status({}, {
    ...OK,
    "GET /api/v1/time": () => new Response("soon"),
  });
  assertEquals([exchange, notes.length], [{ status: "Ok", roundTripMs: 0 }, 1]);
});

Deno.test("get_status answers within seconds when nothing else does", async () => {
  const clock = new TestClock();
  const told = await status({ clock }, { "GET /api/v1/status": hang, "GET /api/v1/time": hang });
  assertEquals([told.exchange, told.notes.length], [{}, 2]);
  assert(clock.now() - START_MS <= 5000, `${clock.now() - START_MS} ms`);
});

Deno.test("get_status repeats what the exchange says of its maintenance, as data", async () => {
  const message = "Back at \u001b[31mnoon\n";
  const told = await status({}, {
    "GET /api/v1/status": () => json({ status: "Maintenance", message }),
  });
  assertEquals(told.obstacles, ["the exchange is in maintenance"]);
  assertEquals(told.exchange.announcement.includes("\u001b"), false);
});

Deno.test("get_status works on a halted desk and says why it is halted", async () => {
  const told = await status({ halt: { isHalted: () => true, halt: () => {} } });
  assertEquals([told.halted, told.desk.halted], [true, true]);
  assertEquals(told.obstacles, ["The owner has halted the desk"]);
  assertMatch(told.line, /^LIVE no new order leaves: The owner has halted the desk; exchange Ok/);
});

Deno.test("a halt that nobody can look for is not said to be the owner's", async () => {
  const halt = { isHalted: () => true, isUntold: () => true, halt: () => {} };
  const told = await status({ halt });
  const why =
    "Whether the owner has halted the desk can't be told: the data directory can't be read";
  assertEquals([told.halted, told.obstacles], [true, [why]]);
  await using desk = await open(MARKET_ROUTES, { halt });
  const error = await desk.callFailing("create_order", LIMIT);
  assertEquals([error.code, error.message], ["halted", `${why}: no new orders`]);
  assertMatch(error.hint, /Cancels still work\. Tell the owner: `backpack-mcp doctor`/);
});

Deno.test("get_status says that a read-only desk only looks", async () => {
  const told = await status({ limits: { readOnly: true } });
  assertEquals(told.obstacles, ["the owner lets this desk only look"]);
  assertEquals([told.readOnly, told.limits[0]], [true, {
    variable: "BACKPACK_READ_ONLY",
    limit: "true",
  }]);
});

Deno.test("get_status counts no order of unknown outcome as none when there is no journal", async () => {
  const journal = new JournalError("damaged", "journal.sqlite", "row 3 was changed");
  const told = await status({ journal });
  assertEquals([told.journal, told.unresolved], [{ ok: false }, undefined]);
  assertEquals(told.obstacles, ["the journal can't be used"]);
  assertMatch(told.notes[0], /unresolved is not known: .*damaged/);
});

Deno.test("get_status says that a desk is halted where the journal can't say why any more", async () => {
  const rows: [boolean, string[]][] = [
    [true, ["the desk is halted, and why can't be read", "the journal can't be used"]],
    [false, ["the journal can't be used"]],
  ];
  for (const [isHalted, obstacles] of rows) {
    const clock = new TestClock();
    const journal = Journal.open(MEMORY, () => clock.now());
    const halt = { isHalted: () => isHalted, halt: () => {} };
    await using desk = await open(OK, { clock, journal, halt });
    const broken = (): never => {
      throw new JournalError("damaged", "journal.sqlite", "row 3 was changed");
    };
    Object.assign(journal, { intents: broken, entries: broken });
    const { structuredContent } = await desk.callTool("get_status");
    assertEquals([structuredContent.halted, structuredContent.obstacles], [isHalted, obstacles]);
    assertEquals(structuredContent.journal, { ok: false });
  }
});

Deno.test("get_status names the oldest order of unknown outcome", async () => {
  let orders = 0;
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  await using desk = await open({
    ...OK,
    ...MARKET_ROUTES,
    "GET /api/v1/orders": () => json([]),
    "GET /api/v1/order": () => new Response(null, { status: 503 }),
    "GET /wapi/v1/history/orders": () => new Response(null, { status: 503 }),
    "GET /wapi/v1/history/fills": () => new Response(null, { status: 503 }),
    "POST /api/v1/order": ({ body }) =>
      orders++ < 2 ? new Response(null, { status: 502 }) : json(wireOrder(body)),
  }, { clock, journal });
  for (const [clientId, symbol] of [[8, "SOL_USDC"], [9, "BTC_USDC"]] as const) {
    const order = { ...LIMIT, symbol, clientId, price: "140.0", quantity: "1" };
    assertEquals((await desk.callFailing("create_order", order)).outcome, "unknown");
  }
  const { structuredContent, content } = await desk.callTool("get_status");
  const { unresolved, desk: state } = structuredContent;
  assertEquals([unresolved.count, state.unresolved], [2, [9, 8]]);
  const [newest] = journal.entries({ newestFirst: true, limit: 1 });
  assertEquals(structuredContent.journal, { ok: true, rows: newest?.seq });
  const { time, ...oldest } = unresolved.oldest;
  assertEquals(oldest, { tool: "create_order", symbol: "SOL_USDC", clientId: 8 });
  assertMatch(time, /^2026-01-01T00:0\d:\d\d\.\d{3}Z$/);
  assertMatch(
    content[0]?.text ?? "",
    /2 of unknown outcome, the oldest create_order clientId 8 on/,
  );
});

Deno.test("a tool without arguments says so, where a list of none would say nothing", async () => {
  await using desk = await open(OK);
  const error = await desk.callFailing("get_status", { verbose: true });
  assertMatch(error.message, /there is no argument "verbose"/);
  assertEquals(error.hint, "It takes no arguments");
});
