/**
 * The resource `backpack://journal`, through the real client.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { codeOf, openQuestions, recordApproval, recordQuestion } from "../lib/journal/approvals.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { type Desk, LIMIT, open } from "./_desk.ts";
import { API_KEY, json, MEMORY, SEED, START_MS, TestClock, turns } from "./_helpers.ts";
import { refusal, type Route, wireOrder } from "./_routes.ts";

const TIME = new Date(START_MS).toISOString();

async function openJournaled(
  scripted: Record<string, Route> = {},
): Promise<Desk & { journal: Journal }> {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  return { ...await open(scripted, { clock, journal }), journal };
}

// deno-lint-ignore no-explicit-any
async function read(desk: Desk): Promise<any> {
  const { contents } = await desk.client.readResource({ uri: "backpack://journal" });
  return JSON.parse((contents[0] as { text: string }).text);
}

Deno.test("backpack://journal says what was asked, what became of it and how that is known", async () => {
  await using desk = await openJournaled({
    "DELETE /api/v1/order": () => refusal("FORBIDDEN", "no", 403),
  });
  await desk.callTool("create_order", LIMIT);
  await desk.callFailing("cancel_order", { symbol: "SOL_USDC", orderId: "1" });
  const { newestHash, entries, rows } = await read(desk);
  assertEquals([newestHash, entries], [desk.journal.newestHash, 6]);
  const order = { tool: "create_order", symbol: "SOL_USDC", clientId: 7 };
  const cancel = { tool: "cancel_order", symbol: "SOL_USDC" };
  const orderId = String(wireOrder().id);
  const at = { time: TIME };
  assertEquals(rows, [
    {
      ...{ seq: 6, ...at, kind: "outcome", intent: 5, ...cancel },
      ...{ state: "not_placed", by: "reply", code: "auth" },
    },
    {
      seq: 5,
      ...at,
      kind: "intent",
      ...cancel,
      key: "test",
      asked: { symbol: "SOL_USDC", orderId: "1" },
    },
    { seq: 4, ...at, kind: "delivered", intent: 2, ...order },
    { seq: 3, ...at, kind: "outcome", intent: 2, ...order, state: "placed", by: "reply", orderId },
    { seq: 2, ...at, kind: "intent", ...order, key: "test", asked: LIMIT },
    { seq: 1, ...at, kind: "opened" },
  ]);
});

Deno.test("backpack://journal has no delivery of an answer that nobody waited for", async () => {
  const leaving = new AbortController();
  await using desk = await openJournaled({
    "POST /api/v1/order": async () => {
      leaving.abort("enough");
      await turns();
      return json(wireOrder());
    },
  });
  const asked = { name: "create_order", arguments: LIMIT };
  await assertRejects(() => desk.client.callTool(asked, undefined, { signal: leaving.signal }));
  await desk.server.settle(1000, 1000);
  const { rows } = await read(desk);
  assertEquals(rows.map(({ kind }: { kind: string }) => kind), ["outcome", "intent", "opened"]);
});

Deno.test("backpack://journal shows of questions and approvals only that they happened", async () => {
  await using desk = await openJournaled();
  const { journal } = desk;
  const code = codeOf(123456);
  const question = {
    clientId: 7,
    symbol: "SOL_USDC",
    request: LIMIT,
    lines: ["BUY 1.5 SOL?"],
    bestOpposite: "1",
  };
  journal.transact(() => recordQuestion(journal, question, code));
  const [asked] = openQuestions(journal, START_MS);
  assert(asked !== undefined);
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  const trail = await read(desk);
  assertEquals(trail.rows.slice(0, 2), [
    { seq: 3, time: TIME, kind: "approved" },
    { seq: 2, time: TIME, kind: "asked" },
  ]);
  const [row] = journal.entries({ kind: "asked" });
  for (const secret of [code, String(row?.body.codeHash), SEED, API_KEY]) {
    assert(!JSON.stringify(trail).includes(secret));
  }
});

Deno.test("backpack://journal is bounded, however much the journal holds", async () => {
  await using desk = await openJournaled();
  const long = "\u001b[31mx\u202e".repeat(300);
  const members = Array.from({ length: 22 }, (_, n) => [`member${n}${long}`, long]);
  const body = { tool: long, symbol: long, key: long, request: Object.fromEntries(members) };
  const { journal } = desk;
  for (let n = 0; n < 51; n++) journal.transact(() => journal.append("intent", { body }));
  const text = JSON.stringify(await read(desk));
  const { rows } = JSON.parse(text);
  assertEquals([rows.length, Object.keys(rows[0].asked).length], [50, 20]);
  assert(text.length < 500_000, `${text.length} characters`);
  // deno-lint-ignore no-control-regex
  assert(!/[\u0000-\u001f\u202e]|\\u/.test(text));
});

Deno.test("backpack://journal says what is wrong with the journal", async () => {
  const journal = new JournalError("damaged", "journal.sqlite", "row 3 was changed");
  await using desk = await open({}, { journal });
  const error = await assertRejects(() => read(desk), Error);
  assertMatch(error.message, /row 3 was changed.*The owner must see to the journal/);
});

Deno.test("backpack://journal is listed, with or without a key", async () => {
  await using desk = await open({
    "GET /api/v1/capital": () => json({}),
    "GET /api/v1/capital/collateral": () => json({ collateral: [] }),
  }, { hasKey: false });
  const { resources } = await desk.client.listResources();
  assertEquals(resources.map(({ uri }) => uri).filter((uri) => uri.includes("journal")), [
    "backpack://journal",
  ]);
});
