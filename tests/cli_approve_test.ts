/**
 * `pending` and `approve`: what waits for a person, and a yes that only a person can give.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  APPROVAL_MS,
  openQuestions,
  recordApproval,
  recordQuestion,
} from "../lib/journal/approvals.ts";
import type { DataDirectory, HaltFile } from "../lib/cli/world.ts";
import { Journal } from "../lib/journal/mod.ts";
import { Person, type PersonOptions } from "./_cli.ts";
import { MEMORY, START_MS, TestClock } from "./_helpers.ts";

const CODE = "K7QX2M";
const QUESTION = {
  clientId: 7,
  symbol: "SOL_USDC",
  request: { symbol: "SOL_USDC", side: "Bid", price: "140", quantity: "2" },
  bestOpposite: "140.1",
  lines: ["LIVE BUY 2 SOL_USDC @ 140 GTC", "Spends 280 USDC; best ask 140.1\u001b[2J"],
};

function waiting(options: PersonOptions = {}): { person: Person; journal: Journal } {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  journal.transact(() => recordQuestion(journal, QUESTION, CODE));
  return { person: new Person({ clock, journal, ...options }), journal };
}

function approvals(journal: Journal): unknown[] {
  return [...journal.entries({ kind: "approved" })].map(({ clientId, body }) => ({
    clientId,
    body,
  }));
}

function unknownOrder(journal: Journal, clientId = 8): number {
  return journal.transact(() => {
    const body = { tool: "create_order", symbol: "SOL_USDC", key: "test", request: { price: "1" } };
    const intent = journal.append("intent", { clientId, body });
    journal.append("outcome", { intent, clientId, body: { state: "unknown", by: "reply" } });
    return intent;
  });
}

Deno.test("pending lists what waits and what is unknown, and never a code", async () => {
  const { person, journal } = waiting();
  unknownOrder(journal);
  person.clock.advance(40_000);
  const { code, stdout, stderr } = await person.run("pending");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `Waits for your yes, asked 40 s ago, ends in 4 min 20 s, client id 7:
  LIVE BUY 2 SOL_USDC @ 140 GTC
  Spends 280 USDC; best ask 140.1

Outcome unknown: client id 8, SOL_USDC, sent 2026-01-01 00:00:00Z (40 s ago)
  The desk goes on looking while it runs; \`backpack-mcp resolve 8\` closes it by your word
`,
  );
  assert(!stdout.includes(CODE));
});

Deno.test("pending --json is one value for programs", async () => {
  const { person, journal } = waiting();
  unknownOrder(journal);
  const { stdout } = await person.run("pending", "--json");
  const { bestOpposite: _, ...shown } = QUESTION;
  assertEquals(JSON.parse(stdout), {
    waiting: [{ ...shown, askedAtMs: START_MS, expiresAtMs: START_MS + APPROVAL_MS }],
    unresolved: [{
      clientId: 8,
      symbol: "SOL_USDC",
      state: "unknown",
      sentAtMs: START_MS,
      request: { price: "1" },
    }],
  });
});

Deno.test("pending says that nothing waits, or that there is no journal", async () => {
  const journal = Journal.open(MEMORY, () => START_MS);
  assertEquals(await new Person({ journal }).run("pending"), {
    code: 0,
    stdout: "Nothing waits.\n",
    stderr: "",
  });
  const { code, stderr } = await new Person({ journal: null }).run("pending");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "there is no journal in /data");
});

Deno.test("commands on the journal say when it is that of paper orders", async () => {
  const { person } = waiting({ env: { BACKPACK_MODE: "paper" } });
  assertStringIncludes(
    (await person.run("pending")).stderr,
    "BACKPACK_MODE=paper: this is the journal of paper orders, in /data",
  );
});

Deno.test("approve shows the order, and yes in full is a yes", async () => {
  const { person, journal } = waiting({ types: [" yes\r"] });
  const { code, stdout, stderr } = await person.run("approve", CODE.toLowerCase());
  assertEquals([code, stdout], [
    0,
    "Approved: the assistant can now ask for this order again.\n",
  ]);
  assertEquals(
    stderr,
    `  LIVE BUY 2 SOL_USDC @ 140 GTC
  Spends 280 USDC; best ask 140.1
For client id 7; ends in 5 min.
Approve this order? Type yes: `,
  );
  assertEquals(approvals(journal), [{ clientId: 7, body: { asked: 2, by: "terminal" } }]);
});

Deno.test("pending and approve name every order of a batch", async () => {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const request = { orders: [{ ...QUESTION.request, clientId: 7 }, { clientId: 8 }] };
  journal.transact(() => recordQuestion(journal, { ...QUESTION, request }, CODE));
  const person = new Person({ clock, journal, types: ["yes"] });
  const { stdout: pending } = await person.run("pending");
  assertStringIncludes(pending, "ends in 5 min, client ids 7, 8:\n");
  const { stdout, stderr } = await person.run("approve", CODE);
  assertStringIncludes(
    stderr,
    "\nFor client ids 7, 8; ends in 5 min.\nApprove these 2 orders? Type yes: ",
  );
  assertEquals(stdout, "Approved: the assistant can now ask for these 2 orders again.\n");
});

for (const answer of ["y", "YES", "yes please", "", undefined]) {
  Deno.test(`approve takes no other answer: ${JSON.stringify(answer)}`, async () => {
    const { person, journal } = waiting({ types: answer === undefined ? [] : [answer] });
    const { code, stderr } = await person.run("approve", CODE);
    assertEquals([code, approvals(journal)], [1, []]);
    assertStringIncludes(stderr, "Not approved: only yes, in full, is a yes.");
  });
}

for (const piped of [true, "stdin", "stderr"] as const) {
  Deno.test(`approve asks nobody who can't see and type: ${piped}`, async () => {
    const { person, journal } = waiting({ piped, types: ["yes"] });
    const { code, stderr } = await person.run("approve", CODE);
    assertEquals(code, 2);
    assertStringIncludes(stderr, "run this on a terminal");
    assertEquals((await person.run("approve", CODE, "--yes")).code, 2);
    assertEquals(approvals(journal), []);
  });
}

Deno.test("approve says of a wrong code that nobody asked", async () => {
  const { person } = waiting();
  const { code, stderr } = await person.run("approve", "AAAAAA");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "no order was ever asked about under this code");
});

Deno.test("approve says of an old code that it has run out", async () => {
  const { person } = waiting();
  person.clock.advance(APPROVAL_MS);
  const { code, stderr } = await person.run("approve", CODE);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "this code has run out");
});

Deno.test("approve says of a used code that its order was sent, however late", async () => {
  const { person, journal } = waiting({ types: ["yes"] });
  await person.run("approve", CODE);
  journal.transact(() => {
    const base = { tool: "create_order", symbol: "SOL_USDC", key: "test" };
    const body = { ...base, request: QUESTION.request, approval: { asked: 2, by: "terminal" } };
    journal.append("intent", { clientId: 7, body });
  });
  assertStringIncludes((await person.run("approve", CODE)).stderr, "this code was used");
  person.clock.advance(APPROVAL_MS);
  assertStringIncludes((await person.run("approve", CODE)).stderr, "this code was used");
});

Deno.test("approve says of a void question why", async () => {
  const { person, journal } = waiting();
  journal.transact(() => journal.append("noted", { body: { event: "void", asked: 2 } }));
  person.clock.advance(APPROVAL_MS);
  const { code, stderr } = await person.run("approve", CODE);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "the market moved too far since this order was asked about");
});

Deno.test("approve says when somebody was quicker, even while the person reads", async () => {
  const { person, journal } = waiting({
    types: ["yes", "yes"],
    onAsk: () => {
      const [asked] = openQuestions(journal, START_MS);
      if (asked?.approvedBy !== undefined) return;
      journal.transact(() => asked && recordApproval(journal, asked, "client"));
    },
  });
  const { code, stderr } = await person.run("approve", CODE);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "this order is approved already");
  assertEquals(approvals(journal).length, 1);
});

Deno.test("approve counts the time that the person takes", async () => {
  const clock = new TestClock();
  const { person, journal } = waiting({
    types: ["yes"],
    onAsk: () => person.clock.advance(APPROVAL_MS),
  });
  assertEquals(clock.now(), START_MS);
  assertStringIncludes((await person.run("approve", CODE)).stderr, "this code has run out");
  assertEquals(approvals(journal), []);
});

Deno.test("approve says that the desk is halted", async () => {
  const { person } = waiting({ types: ["yes"] });
  await person.run("halt");
  const { code, stderr } = await person.run("approve", CODE);
  assertEquals(code, 0);
  assertStringIncludes(stderr, "Until `resume` it is refused");
});

Deno.test("approve says that every desk is halted, or the desk by its journal", async () => {
  const readHalt = (): HaltFile => ({ sinceMs: START_MS, reason: "for lunch" });
  const everyDesk = { path: "/home/ada", isPermitted: true, readHalt } as DataDirectory;
  const halted = waiting({ every: () => everyDesk, types: ["no"] });
  const { stderr } = await halted.person.run("approve", CODE);
  assertStringIncludes(stderr, "for lunch\nUntil `resume` it is refused");
  const { person, journal } = waiting({ types: ["no"] });
  const body = { cause: "reappeared", reason: "The order with clientId 8 stands after all" };
  journal.transact(() => journal.append("halted", { body }));
  const said = (await person.run("approve", CODE)).stderr;
  assertStringIncludes(said, "clientId 8 stands after all\nUntil `resume` it is refused");
});
