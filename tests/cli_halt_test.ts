/**
 * `halt` and `resume`, and what `--cancel-all` cancels and spares.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import type { DataDirectory, HaltFile } from "../lib/cli/world.ts";
import { Person } from "./_cli.ts";
import { json, MEMORY, SEED, START_MS, TestClock } from "./_helpers.ts";
import { refusal, type Route, wireOrder } from "./_routes.ts";

const KEY = { BACKPACK_PRIVATE_KEY: SEED };
const STOP = wireOrder({
  id: "9",
  symbol: "SOL_USDC_PERP",
  status: "TriggerPending",
  side: "Ask",
  price: null,
  triggerPrice: "120",
  triggerQuantity: "1",
  quantity: null,
  reduceOnly: true,
});

function kinds(journal: Journal): unknown[] {
  return [...journal.entries({})].map(({ kind, body }) => [kind, body.by, body.reason]).slice(1);
}

Deno.test("halt writes HALT with its reason, and is on record", async () => {
  const journal = Journal.open(MEMORY, () => START_MS);
  const person = new Person({ journal });
  const { code, stdout } = await person.run("halt");
  assertEquals([code, stdout], [
    0,
    "Halted: no new order leaves a desk whose data directory is /data.\n",
  ]);
  assertEquals(person.halt, {
    sinceMs: START_MS,
    reason: "The owner halted the desk by backpack-mcp halt\n",
  });
  assertEquals(kinds(journal), [[
    "halted",
    "terminal",
    "The owner halted the desk by backpack-mcp halt",
  ]]);
});

Deno.test("halt needs neither settings in order nor a journal", async () => {
  const journal = new JournalError("damaged", "/data/journal.sqlite", "row 17 was changed");
  const env = { BACKPACK_MODE: "demo", BACKPACK_PRIVATE_KEY: "no key" };
  const person = new Person({ env, journal });
  const { code, stderr } = await person.run("halt");
  assertEquals([code, person.halt !== undefined], [0, true]);
  assertStringIncludes(
    stderr,
    "could not be recorded: The journal /data/journal.sqlite is damaged",
  );
});

Deno.test("halt does not guess a directory that is malformed", async () => {
  const person = new Person({ env: { BACKPACK_DATA_DIR: "data" } });
  const { code, stderr } = await person.run("halt");
  assertEquals([code, person.halt], [2, undefined]);
  assertStringIncludes(stderr, "BACKPACK_DATA_DIR: wanted an absolute path");
  assertStringIncludes(stderr, "--data-dir");
});

for (
  const [haltFault, why] of [
    ["refused", "/data/HALT can't be written (Read-only file system (os error 30))"],
    ["lost", "/data/HALT was written and is not there"],
  ] as const
) {
  Deno.test(`halt says loudly when it could not halt: ${haltFault}`, async () => {
    const { code, stdout, stderr } = await new Person({ haltFault }).run("halt");
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, `NOT halted: ${why}`);
  });
}

Deno.test("a second halt keeps the reason of the first and says it", async () => {
  const person = new Person();
  person.halt = { sinceMs: START_MS - 90_000, reason: "the day's loss\u001b[2J limit was reached" };
  const { code, stdout } = await person.run("halt");
  const since = "2025-12-31 23:58:30Z (1 min 30 s ago)";
  const text = `Halted since ${since}: the day's loss limit was reached (/data).\n`;
  assertEquals([code, stdout], [0, text]);
});

/** The directory that every desk looks at, as `halt` and `resume` find it. */
class EveryDesk {
  halt: HaltFile | undefined;
  fault: string | undefined;
  isPermitted = true;

  /** For {@linkcode Person}. */
  get directory(): () => DataDirectory {
    return () => ({
      path: "/home/ada",
      isPermitted: this.isPermitted,
      readHalt: () => this.halt,
      writeHalt: (reason) => {
        if (this.fault !== undefined) throw new Error(this.fault);
        this.halt = { sinceMs: START_MS, reason };
      },
      removeHalt: () => void (this.halt = undefined),
      hasJournal: () => false,
      openJournal: () => new JournalError("gone", "/home/ada", "it is not asked for"),
      readStarts: () => [],
      resetPaper: () => {},
    });
  }
}

Deno.test("halt stops desks with another data directory too, and resume ends both", async () => {
  const every = new EveryDesk();
  const person = new Person({ every: every.directory });
  const { code, stdout, stderr } = await person.run("halt");
  assertEquals([code, stdout], [
    0,
    "Halted: no new order leaves a desk whose data directory is /data.\n" +
    "Halted: nor does one leave another desk of this user's (/home/ada/HALT).\n",
  ]);
  assertStringIncludes(stderr, "A desk of another user or HOME goes on");
  assertEquals([person.halt !== undefined, every.halt !== undefined], [true, true]);
  const doctor = await person.run("doctor");
  assertEquals(doctor.stdout.match(/✗ halt /g)?.length, 2);
  assertEquals((await person.run("resume", "--yes")).code, 0);
  assertEquals([person.halt, every.halt], [undefined, undefined]);
  every.halt = { sinceMs: START_MS, reason: "by hand" };
  assertStringIncludes((await person.run("doctor")).stdout, "✗ halt      Halted since");
  assertEquals((await person.run("resume", "--yes")).code, 0);
  assertEquals(every.halt, undefined);
});

Deno.test("halt and resume of one named directory say what becomes of the others", async () => {
  const every = new EveryDesk();
  const person = new Person({ every: every.directory });
  const { code, stderr } = await person.run("halt", "--data-dir", "/data");
  assertEquals([code, every.halt], [0, undefined]);
  assertStringIncludes(
    stderr,
    "Desks with another data directory go on: `halt` without --data-dir",
  );
  await person.run("halt");
  const resumed = await person.run("resume", "--yes", "--data-dir", "/data");
  assertEquals([resumed.code, person.halt, every.halt !== undefined], [1, undefined, true]);
  assertStringIncludes(
    resumed.stderr,
    "Still halted: /home/ada/HALT stops every desk of this user",
  );
});

Deno.test("halt says loudly which desks it could not halt", async () => {
  const every = new EveryDesk();
  every.fault = "Read-only file system (os error 30)";
  const person = new Person({ every: every.directory });
  const failed = await person.run("halt");
  assertEquals([failed.code, person.halt !== undefined], [1, true]);
  assertStringIncludes(
    failed.stderr,
    "Desks of this user with another data directory go on: NOT halted: /home/ada/HALT can't be " +
      "written (Read-only file system (os error 30))",
  );
  every.isPermitted = false;
  const unable = await new Person({ every: every.directory }).run("halt");
  assertEquals(unable.code, 0);
  assertStringIncludes(unable.stderr, "since /home/ada/HALT can't be written from here");
});

Deno.test("resume says since when and why, asks, and is on record", async () => {
  const journal = Journal.open(MEMORY, () => START_MS);
  const person = new Person({ journal, types: ["yes\r"] });
  person.halt = { sinceMs: START_MS - 7_200_000, reason: "for lunch\n" };
  const { code, stdout, stderr } = await person.run("resume");
  assertEquals([code, stdout], [0, "Resumed: new orders may leave again (/data).\n"]);
  assertStringIncludes(stderr, "Halted since 2025-12-31 22:00:00Z (2 h ago): for lunch");
  assertEquals(person.halt, undefined);
  const [, entry] = [...journal.entries({})];
  assertEquals([entry?.kind, entry?.body], ["resumed", {
    by: "terminal",
    wasHaltedFor: "for lunch",
  }]);
});

for (const answer of ["y", "no", "", undefined]) {
  Deno.test(`resume takes nothing but yes: ${JSON.stringify(answer)}`, async () => {
    const person = new Person({ types: answer === undefined ? [] : [answer] });
    await person.run("halt");
    assertEquals((await person.run("resume")).code, 1);
    assertEquals(person.halt !== undefined, true);
  });
}

Deno.test("resume without a terminal needs --yes", async () => {
  const person = new Person({ piped: true, types: ["yes"] });
  await person.run("halt");
  const { code, stderr } = await person.run("resume");
  assertEquals(code, 2);
  assertStringIncludes(stderr, "add --yes");
  assertEquals((await person.run("resume", "--yes")).code, 0);
  assertEquals(person.halt, undefined);
  assertEquals((await person.run("resume")).stdout, "Not halted: there is no HALT in /data.\n");
});

/** A desk that halted by its journal alone, since an order showed up that it had called absent. */
function reappeared(): Journal {
  const journal = Journal.open(MEMORY, () => START_MS);
  const body = { cause: "reappeared", reason: "The order with clientId 8 stands after all" };
  journal.transact(() => journal.append("halted", { body }));
  return journal;
}

Deno.test("resume ends a halt that stands by the journal alone", async () => {
  const journal = reappeared();
  const person = new Person({ journal, types: ["yes"] });
  const { code, stderr } = await person.run("resume");
  assertEquals(code, 0);
  assertStringIncludes(
    stderr,
    "Halted since 2026-01-01 00:00:00Z (0 s ago): The order with client",
  );
  assertEquals([...journal.entries({})].at(-1)?.kind, "resumed");
  assertStringIncludes((await person.run("resume")).stdout, "Not halted");
});

Deno.test("resume names an order that showed up while the owner's halt stood, each reason once", async () => {
  const reason = "The order with clientId 8 stands after all";
  for (const [written, lines] of [["for lunch\n", 2], [`${reason}\n`, 1]] as const) {
    const person = new Person({ journal: reappeared(), types: ["no"] });
    person.halt = { sinceMs: START_MS, reason: written };
    const { stderr } = await person.run("resume");
    assertStringIncludes(stderr, `Halted since 2026-01-01 00:00:00Z (0 s ago): ${reason}\n`);
    assertEquals(stderr.match(/Halted since/g)?.length, lines);
  }
});

Deno.test("doctor names a halt that stands by the journal alone", async () => {
  const { code, stdout } = await new Person({ journal: reappeared() }).run("doctor");
  assertEquals(code, 1);
  assertStringIncludes(
    stdout,
    "✗ halt      Halted since 2026-01-01 00:00:00Z (0 s ago): The order",
  );
});

Deno.test("resume does not say resumed where it can't be recorded", async () => {
  const journal = new JournalError("damaged", "/data/journal.sqlite", "row 17 was changed");
  const person = new Person({ journal, types: ["yes"] });
  person.halt = { sinceMs: START_MS, reason: "for lunch" };
  const { code, stdout, stderr } = await person.run("resume");
  assertEquals([code, stdout, person.halt], [1, "", undefined]);
  assertStringIncludes(stderr, "/data/HALT is gone, but nothing can be recorded");
  const again = await person.run("resume");
  assertStringIncludes(again.stderr, "Whether the journal halts the desk is not known");
});

/** A small exchange: a book that cancels empty, and a history that remembers. */
function book(
  orders: Record<string, unknown>[],
  options: { stuck?: string[] } = {},
): { scripted: Record<string, Route>; open(): unknown[] } {
  const ended: Record<string, unknown>[] = [];
  const isOpen = (order: Record<string, unknown>): boolean => !ended.includes(order);
  const end = (gone: Record<string, unknown>[]): Record<string, unknown>[] => {
    const movable = gone.filter(({ id }) => !options.stuck?.includes(String(id)));
    ended.push(...movable);
    return movable.map((order) => ({ ...order, status: "Cancelled" }));
  };
  const typeOf = (symbol: unknown): string => String(symbol).endsWith("_PERP") ? "PERP" : "SPOT";
  const scripted: Record<string, Route> = {
    "GET /api/v1/orders": ({ query }) =>
      json(orders.filter((order) =>
        isOpen(order) &&
        (query.marketType === undefined || query.marketType === typeOf(order.symbol)) &&
        (query.symbol === undefined || query.symbol === order.symbol)
      )),
    "DELETE /api/v1/orders": ({ body }) =>
      json(end(orders.filter((order) =>
        isOpen(order) && order.symbol === body.symbol &&
        (body.orderType === undefined ||
          (body.orderType === "ConditionalOrder") === (order.triggerPrice !== null))
      ))),
    "DELETE /api/v1/order": ({ body }) =>
      json(end(orders.filter(({ id }) => id === body.orderId))[0]),
    "GET /wapi/v1/history/orders": () => json([]),
    "GET /api/v1/position": () => json([]),
  };
  return { scripted, open: () => orders.filter(isOpen).map(({ id }) => id) };
}

const ENTRY = wireOrder({
  id: "3",
  symbol: "SOL_USDC_PERP",
  status: "TriggerPending",
  triggerPrice: "150",
  reduceOnly: false,
});

Deno.test("halt --cancel-all empties every market and spares what protects a position", async () => {
  const exchange = book([
    wireOrder({ id: "1" }),
    wireOrder({ id: "2", symbol: "SOL_USDC_PERP", reduceOnly: true }),
    ENTRY,
    STOP,
    wireOrder({ id: "4", symbol: "BTC_USDC", price: "60000.1" }),
  ]);
  const person = new Person({ env: KEY, routes: exchange.scripted });
  const { code, stdout, stderr } = await person.run("halt", "--cancel-all");
  assertEquals([code, exchange.open()], [0, ["9"]]);
  assertStringIncludes(
    stdout,
    "Spared, since they only reduce a position:\n  LIVE SELL 1 SOL_USDC_PERP",
  );
  assertStringIncludes(stdout, "(id 9)\nNo other order is open.\n");
  assertStringIncludes(stderr, "4 open; cancelling");
  assertEquals(
    person.exchange.effects().map(({ route, body }) => [route, body]),
    [
      ["DELETE /api/v1/orders", { symbol: "SOL_USDC", orderType: "RestingLimitOrder" }],
      ["DELETE /api/v1/orders", { symbol: "BTC_USDC", orderType: "RestingLimitOrder" }],
      ["DELETE /api/v1/orders", { symbol: "SOL_USDC_PERP", orderType: "RestingLimitOrder" }],
      ["DELETE /api/v1/order", { symbol: "SOL_USDC_PERP", orderId: "3" }],
    ],
  );
});

Deno.test("halt --cancel-all finds an order that was on its way when the desk was halted", async () => {
  const orders: Record<string, unknown>[] = [];
  const exchange = book(orders);
  const person = new Person({ env: KEY, routes: exchange.scripted });
  person.clock.after(1000, () => void orders.push(wireOrder({ id: "1" })));
  const { code, stdout } = await person.run("halt", "--cancel-all");
  assertEquals([code, orders.length, exchange.open()], [0, 1, []]);
  assertStringIncludes(stdout, "\nNo order is open.\n");
});

Deno.test("halt --cancel-all does not call an empty book proof of an unknown order", async () => {
  const journal = Journal.open(MEMORY, () => START_MS);
  const body = { tool: "create_order", symbol: "SOL_USDC", key: "k", request: {} };
  journal.transact(() => journal.append("intent", { clientId: 8, body }));
  const person = new Person({ env: KEY, journal, routes: book([]).scripted });
  const { code, stdout } = await person.run("halt", "--cancel-all");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "MAY STILL STAND, their outcome is unknown: client id 8\n");
  const asked = person.exchange.received.length;
  await person.clock.run(new Promise<void>((resolve) => person.clock.after(60_000, resolve)));
  assertEquals(person.exchange.received.length, asked, "the command's desk goes on looking");
});

Deno.test("halt --cancel-all names what still stands and ends with 1", async () => {
  const exchange = book([wireOrder({ id: "1" }), ENTRY], { stuck: ["3"] });
  const person = new Person({ env: KEY, routes: exchange.scripted });
  const { code, stdout } = await person.run("halt", "--cancel-all");
  assertEquals([code, exchange.open()], [1, ["3"]]);
  assertStringIncludes(stdout, "STILL OPEN:\n  LIVE BUY 1.5 SOL_USDC_PERP");
});

Deno.test("halt --cancel-all stops at once where no cancel can work", async () => {
  const exchange = book([wireOrder({ id: "1" }), wireOrder({ id: "4", symbol: "BTC_USDC" })]);
  const scripted = {
    ...exchange.scripted,
    "DELETE /api/v1/orders": () => refusal("FORBIDDEN", "read only key", 403),
  };
  const person = new Person({ env: KEY, routes: scripted });
  const { code, stdout, stderr } = await person.run("halt", "--cancel-all");
  assertEquals([code, person.exchange.effects().length], [1, 1]);
  assertStringIncludes(stderr, "FORBIDDEN");
  assertStringIncludes(stdout, "STILL OPEN");
});

Deno.test("halt --cancel-all says when nobody knows what is open", async () => {
  const scripted = { "GET /api/v1/orders": () => new Response("down", { status: 503 }) };
  const person = new Person({ env: KEY, routes: scripted });
  const { code, stdout, stderr } = await person.run("halt", "--cancel-all");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "Halted");
  assertStringIncludes(stderr, "what is open is NOT known");
});

for (
  const [env, why] of [
    [{}, "no key is set"],
    [{ BACKPACK_MODE: "demo" }, "the settings have problems"],
  ] as const
) {
  Deno.test(`halt --cancel-all halts even where it can't cancel: ${why}`, async () => {
    const person = new Person({ env, clock: new TestClock() });
    const { code, stderr } = await person.run("halt", "--cancel-all");
    assertEquals([code, person.halt !== undefined], [2, true]);
    assertStringIncludes(stderr, `nothing was cancelled: ${why}`);
  });
}
