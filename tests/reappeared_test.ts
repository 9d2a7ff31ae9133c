/**
 * Orders that were called not placed by inference and show up after all: found, told, halted for.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileHalt, type Halt } from "../lib/desk/halt.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { type Desk, LIMIT, open, wait } from "./_desk.ts";
import {
  collectingLog,
  type ConnectOptions,
  hang,
  json,
  MEMORY,
  START_MS,
  TestClock,
} from "./_helpers.ts";
import { refusal, wireOrder } from "./_routes.ts";

const DAY_MS = 24 * 3_600_000;
const OTHER = { ...LIMIT, symbol: "BTC_USDC", quantity: "0.001", price: "60000.0", clientId: 8 };
const HISTORY = "GET /wapi/v1/history/orders";

function memoryHalt(): Halt & { reasons: string[] } {
  const reasons: string[] = [];
  return {
    reasons,
    isHalted: () => reasons.length > 0,
    halt: (reason) => void reasons.push(reason),
  };
}

/** A desk that has called order 7 not placed, three minutes after it was sent. */
async function openAbsent(
  options: Partial<ConnectOptions> = {},
): Promise<Desk & { journal: Journal; halt: ReturnType<typeof memoryHalt> }> {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const halt = memoryHalt();
  const desk = await open({ "POST /api/v1/order": hang }, { clock, journal, halt, ...options });
  await desk.callFailing("create_order", LIMIT);
  await wait(desk, 180_000);
  assertEquals(journal.intents({ clientId: 7 })[0]?.outcome?.body, {
    state: "not_placed",
    by: "inference",
  });
  desk.scripted["POST /api/v1/order"] = ({ body }) => json(wireOrder(body));
  return { ...desk, journal, halt };
}

function showUp(desk: Desk): void {
  desk.scripted[HISTORY] = () => json([wireOrder({ status: "Filled" })]);
}

Deno.test("an order called not placed that shows up is told in every answer, and halts", async () => {
  await using desk = await openAbsent();
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, { mode: "live" });
  showUp(desk);
  await wait(desk, 301_000);
  const state = { mode: "live", halted: true, reappeared: [7] };
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, state);
  const error = await desk.callFailing("create_order", OTHER);
  assertEquals([error.code, error.outcome, error.desk], ["halted", "not_placed", state]);
  assertMatch(error.message, /clientId 7 on SOL_USDC, which the desk had called not placed/);
  assertMatch(error.hint, /Tell the owner.*backpack-mcp resume/);
  assertEquals(desk.halt.reasons.length, 1);
  assertEquals(desk.log.events.filter((event) => event === "reappeared").length, 1);
  const told = await desk.callTool("get_order_outcome", { clientId: 7 });
  const { outcome, order, resolvedBy } = told.structuredContent;
  assertEquals([outcome, order.status, resolvedBy], ["placed", "Filled", "order history"]);
  assertEquals(desk.exchange.effects().length, 1);
});

Deno.test("an order that reappears is on record once, with the halt and its reason", async () => {
  await using desk = await openAbsent();
  showUp(desk);
  const asked = [1, 2].map(() => desk.callTool("get_order_outcome", { clientId: 7 }));
  for (const { structuredContent } of await Promise.all(asked)) {
    assertEquals(structuredContent.outcome, "placed");
  }
  await wait(desk, 1_000_000);
  const halts = [...desk.journal.entries({ kind: "halted" })];
  const [intent] = desk.journal.intents({ clientId: 7 });
  assertEquals([intent?.state, intent?.outcome?.body.by], ["placed", "order history"]);
  assertEquals(halts.map(({ clientId, intent, body }) => ({ clientId, intent, body })), [{
    clientId: 7,
    intent: intent?.seq,
    body: { cause: "reappeared", reason: desk.halt.reasons[0] },
  }]);
});

Deno.test("get_order_outcome looks again for an order called not placed", async () => {
  await using desk = await openAbsent();
  const absent = await desk.callTool("get_order_outcome", { clientId: 7 });
  assertEquals(absent.structuredContent.outcome, "not_placed");
  showUp(desk);
  const found = await desk.callTool("get_order_outcome", { clientId: 7 });
  assertEquals(found.structuredContent.outcome, "placed");
  assertEquals(found.structuredContent.desk.reappeared, [7]);
});

Deno.test("a restarted desk still names what has reappeared, and stays halted until resumed", async () => {
  await using first = await openAbsent();
  showUp(first);
  await first.callTool("get_order_outcome", { clientId: 7 });
  const { clock, journal } = first;
  // As if somebody had removed the file, or it could not be written.
  await using second = await open({}, { clock, journal, halt: memoryHalt() });
  assertEquals((await second.callFailing("create_order", OTHER)).desk, {
    mode: "live",
    halted: true,
    reappeared: [7],
  });
  journal.transact(() => journal.append("resumed", { body: {} }));
  const answer = await second.callTool("create_order", OTHER);
  assertEquals([answer.isError, answer.structuredContent.desk], [undefined, { mode: "live" }]);
});

Deno.test("a restarted desk looks soon for what the former one called not placed", async () => {
  await using first = await openAbsent();
  const { clock, journal } = first;
  const shown = { [HISTORY]: () => json([wireOrder()]) };
  await using second = await open(shown, { clock, journal });
  await wait(second, 25_000);
  assertEquals((await second.callTool("list_orders")).structuredContent.desk.reappeared, [7]);
});

Deno.test("a desk that is closed looks for nothing any more", async () => {
  const desk = await openAbsent();
  await desk[Symbol.asyncDispose]();
  const before = desk.exchange.received.length;
  await wait(desk, 3_600_000);
  assertEquals(desk.exchange.received.length, before);
});

Deno.test("orders called not placed are looked for sparingly, and for a day", async () => {
  await using desk = await openAbsent();
  const before = desk.exchange.received.length;
  await wait(desk, 3_600_000);
  const anHour = desk.exchange.received.length - before;
  assert(anHour >= 40 && anHour <= 80, `${anHour} requests in an hour`);
  desk.clock.setWall(START_MS + DAY_MS);
  const late = desk.exchange.received.length;
  showUp(desk);
  await wait(desk, 1_000_000);
  const told = await desk.callTool("get_order_outcome", { clientId: 7 });
  assertEquals(told.structuredContent.outcome, "not_placed");
  assertEquals(desk.exchange.received.length, late);
});

Deno.test("an order that the exchange refused is not looked for again", async () => {
  await using desk = await open({
    "POST /api/v1/order": () => refusal("INSUFFICIENT_FUNDS", "Insufficient funds"),
  });
  await desk.callFailing("create_order", LIMIT);
  desk.scripted[HISTORY] = () => json([wireOrder()]);
  const before = desk.exchange.received.length;
  await wait(desk, 1_000_000);
  assertEquals(desk.exchange.received.length, before);
});

Deno.test("another order under the same client id is not taken for the absent one", async () => {
  await using desk = await openAbsent();
  const again = await desk.callTool("create_order", LIMIT);
  assertEquals(again.structuredContent.outcome, "placed");
  const createdAt = desk.clock.now();
  desk.scripted[HISTORY] = () => json([wireOrder({ createdAt })]);
  await wait(desk, 400_000);
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, { mode: "live" });
  showUp(desk);
  await wait(desk, 400_000);
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk.reappeared, [7]);
});

Deno.test("an order that reappears halts although nothing can be recorded any more", async () => {
  const full = (): never => {
    throw new JournalError("unwritable", "journal.sqlite", "disk full");
  };
  await using desk = await openAbsent();
  Object.assign(desk.journal, { transact: full });
  showUp(desk);
  const found = await desk.callTool("get_order_outcome", { clientId: 7 });
  assertEquals(found.structuredContent.outcome, "placed");
  // Neither the halt nor that it was told is on record, and the log says both.
  assertEquals(desk.log.events.slice(-3), ["reappeared", "journal", "journal"]);
  const state = { mode: "live", halted: true, reappeared: [7] };
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, state);
  Object.assign(desk.journal, { intents: full, entries: full });
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, state);
  assertEquals(desk.halt.reasons.length, 1);
  const told = (await desk.callTool("get_status")).structuredContent;
  assertEquals(
    told.obstacles[0],
    "The order with clientId 7, which the desk had called not placed, has shown up on the exchange",
  );
  // The file is gone, what is not on record is not.
  desk.halt.isHalted = () => false;
  Object.assign(desk.journal, { version: () => undefined });
  const { structuredContent } = await desk.callTool("get_status");
  assertEquals([structuredContent.halted, structuredContent.journal], [true, { ok: false }]);
});

Deno.test("a halt that is recorded late ends like any other", async () => {
  await using desk = await openAbsent();
  const { transact } = desk.journal;
  Object.assign(desk.journal, {
    transact: () => {
      throw new JournalError("unwritable", "journal.sqlite", "disk full");
    },
  });
  showUp(desk);
  await desk.callTool("get_order_outcome", { clientId: 7 });
  Object.assign(desk.journal, { transact });
  await wait(desk, 301_000);
  assertEquals(desk.journal.intents({ clientId: 7 })[0]?.state, "placed");
  desk.halt.reasons.length = 0;
  desk.journal.transact(() => desk.journal.append("resumed", { body: {} }));
  assertEquals((await desk.callTool("list_orders")).structuredContent.desk, { mode: "live" });
});

Deno.test("a halt is told by nobody only while the desk has not halted itself", () => {
  const file = { exists: () => true, isUntold: () => true };
  const halt = fileHalt(file, collectingLog());
  assertEquals(halt.isUntold?.(), true);
  halt.halt("why");
  assertEquals([halt.isHalted(), halt.isUntold?.()], [true, false]);
  for (const told of [{ exists: () => true }, { ...file, isUntold: () => false }]) {
    assertEquals(fileHalt(told, collectingLog()).isUntold?.(), false);
  }
});

Deno.test("a halt is kept in memory when its file can't be made", () => {
  const log = collectingLog();
  let file: string | undefined;
  const exists = (): boolean => file !== undefined;
  const onDisk = fileHalt({ exists, create: (reason) => void (file = reason) }, log);
  assertEquals(onDisk.isHalted(), false);
  onDisk.halt("why");
  assertEquals([onDisk.isHalted(), file], [true, "why"]);
  file = undefined;
  assertEquals(onDisk.isHalted(), false);
  const fails = (): never => {
    throw new Error("read-only file system");
  };
  for (const halt of [fileHalt({ exists, create: fails }, log), fileHalt({ exists }, log)]) {
    halt.halt("why");
    assertEquals([halt.isHalted(), file], [true, undefined]);
  }
  assertEquals(log.events.filter((event) => event === "halt_file").length, 1);
  assertEquals(log.events.filter((event) => event === "halted").length, 3);
});
