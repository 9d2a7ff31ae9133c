/**
 * `audit` and `resolve`: the trail as a person reads it, and the owner's word on an open question.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { recordApproval, recordQuestion, stateOfCode } from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import { Person, type PersonOptions } from "./_cli.ts";
import { MEMORY, TestClock } from "./_helpers.ts";

const REQUEST = { symbol: "SOL_USDC", side: "Bid", price: "140.10", quantity: "1.5" };
const INTENT = { tool: "create_order", symbol: "SOL_USDC", key: "abc", request: REQUEST };

/** An hour of trading, an entry a minute. */
function recorded(options: PersonOptions = {}): { person: Person; journal: Journal } {
  const clock = new TestClock();
  const journal = Journal.open(MEMORY, () => clock.now());
  const add = (...entry: Parameters<Journal["append"]>): number => {
    clock.advance(60_000);
    return journal.transact(() => journal.append(...entry));
  };
  const question = {
    clientId: 7,
    symbol: "SOL_USDC",
    request: REQUEST,
    bestOpposite: "140.1",
    lines: ["LIVE BUY"],
  };
  journal.transact(() => recordQuestion(journal, question, "K7QX2M"));
  const found = stateOfCode(journal, "K7QX2M", clock.now());
  assert(found.state === "waiting");
  journal.transact(() => recordApproval(journal, found.asked, "terminal"));
  const approval = { asked: found.asked.seq, by: "terminal" };
  const placed = add("intent", { clientId: 7, body: { ...INTENT, approval } });
  const order = { id: "28563670003", status: "New", executedQuantity: "0" };
  add("outcome", { intent: placed, clientId: 7, body: { state: "placed", by: "reply", order } });
  add("delivered", { intent: placed, body: {} });
  const lost = add("intent", { clientId: 8, body: INTENT });
  const message = "timed out \u001b[31mafter\u202e 10 s";
  const body = { state: "unknown", by: "reply", code: "outcome_unknown", message };
  add("outcome", { intent: lost, clientId: 8, body });
  add("halted", { body: { by: "terminal", reason: "for lunch" } });
  return { person: new Person({ clock, journal, ...options }), journal };
}

Deno.test("audit is the trail as an aligned table, oldest first, and ends with the newest hash", async () => {
  const { person, journal } = recorded();
  const { code, stdout, stderr } = await person.run("audit");
  assertEquals([code, stderr], [0, ""]);
  assertEquals(
    stdout,
    `time                  kind       tool          symbol    client id  what                                  state    known by  approved by
2026-01-01 00:00:00Z  opened                                        a new journal
2026-01-01 00:00:00Z  asked                    SOL_USDC          7  LIVE BUY
2026-01-01 00:00:00Z  approved                                   7                                                           terminal
2026-01-01 00:01:00Z  intent     create_order  SOL_USDC          7  price=140.10 quantity=1.5 side=Bid                       terminal
2026-01-01 00:02:00Z  outcome    create_order  SOL_USDC          7  id 28563670003 New filled 0           placed   reply
2026-01-01 00:03:00Z  delivered  create_order  SOL_USDC          7
2026-01-01 00:04:00Z  intent     create_order  SOL_USDC          8  price=140.10 quantity=1.5 side=Bid
2026-01-01 00:05:00Z  outcome    create_order  SOL_USDC          8  outcome_unknown timed out after 10 s  unknown  reply
2026-01-01 00:06:00Z  halted                                        for lunch                                      terminal

Newest hash: ${journal.newestHash}
Kept elsewhere, it proves later that nothing up to here was changed or lost (\`audit --json\` shows the hash of every row).
`,
  );
});

Deno.test("audit names the order that a cancel was for, be it by its client id", async () => {
  const { person, journal } = recorded();
  const request = { symbol: "SOL_USDC", clientId: 42 };
  const cancel = { tool: "cancel_order", symbol: "SOL_USDC", request };
  const intent = journal.transact(() =>
    journal.append("intent", { body: { ...INTENT, ...cancel } })
  );
  const body = { state: "cancelled", by: "reply" };
  journal.transact(() => journal.append("outcome", { intent, body }));
  const { stdout } = await person.run("audit");
  const rows = stdout.split("\n").filter((line) => line.includes("cancel_order"));
  assertEquals(rows.map((row) => row.trim().split(/ {2,}/).slice(1)), [
    ["intent", "cancel_order", "SOL_USDC", "42"],
    ["outcome", "cancel_order", "SOL_USDC", "42", "cancelled", "reply"],
  ]);
});

for (
  const [since, kinds] of [
    ["1min", ["outcome", "halted"]],
    ["90s", ["outcome", "halted"]],
    ["1h", undefined],
    ["2026-01-01T00:06", ["halted"]],
    ["2026-01-01T01:06+01:00", ["halted"]],
    ["2026-01-02", []],
  ] as const
) {
  Deno.test(`audit --since ${since} begins there, and knows the intents before it`, async () => {
    const { person, journal } = recorded();
    const { stdout } = await person.run("audit", "--json", "--since", since);
    const entries = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
    const all = [...journal.entries({})].map(({ kind }) => kind);
    assertEquals(entries.map(({ kind }) => kind), [...(kinds ?? all)]);
    const table = (await person.run("audit", "--since", since)).stdout;
    if (since === "1min") assertMatch(table, /outcome +create_order +SOL_USDC +8/);
    if (kinds?.length === 0) assertMatch(table, /^No entry since then/);
  });
}

for (
  const since of [
    "yesterday",
    "2",
    "2 h",
    "2026",
    "2026-13-01",
    "2026-02-30",
    "2026-02-30T12:00",
    "1e3h",
    "-2h",
  ]
) {
  Deno.test(`audit refuses what is no time: ${since}`, async () => {
    const { person } = recorded();
    const { code, stdout, stderr } = await person.run("audit", `--since=${since}`);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, "--since: wanted 30min, 2h, 1d");
  });
}

Deno.test("audit keeps a long question or reason within its column; --json has it whole", async () => {
  const { person, journal } = recorded();
  const lines = [
    "LIVE BUY 1.5 SOL_USDC at a limit of 140.10",
    "Counts as 210.15 USD; client id 9",
  ];
  const question = {
    clientId: 9,
    symbol: "SOL_USDC",
    request: REQUEST,
    bestOpposite: "140.1",
    lines,
  };
  const reason = "x".repeat(150);
  journal.transact(() => recordQuestion(journal, question, "M2XQ7K"));
  journal.transact(() => journal.append("halted", { body: { by: "desk", reason } }));
  const table = (await person.run("audit")).stdout;
  assertStringIncludes(table, "LIVE BUY 1.5 SOL_USDC at a limit of 140.10\n");
  assertStringIncludes(table, ` ${"x".repeat(55)}… `);
  const widths = table.split("\n\n")[0]?.split("\n").map((line) => line.length) ?? [];
  assert(Math.max(...widths) < 160, `${Math.max(...widths)} columns`);
  const json = (await person.run("audit", "--json")).stdout;
  assertStringIncludes(json, lines[1] ?? "");
  assertStringIncludes(json, reason);
});

Deno.test("audit --json is one whole entry a line", async () => {
  const { person, journal } = recorded();
  const lines = (await person.run("audit", "--json")).stdout.trimEnd().split("\n");
  const expected = [...journal.entries({})].map(({ atMs, ...entry }) => {
    const { codeHash: _, ...body } = entry.body;
    const time = new Date(atMs).toISOString();
    return { ...JSON.parse(JSON.stringify({ ...entry, body })), time };
  });
  assertEquals(lines.map((line) => JSON.parse(line)), expected);
  assert(!lines.join().includes("codeHash"));
});

Deno.test("audit --verify says that all rows are as they were written", async () => {
  const { person, journal } = recorded();
  const { code, stdout } = await person.run("audit", "--verify");
  const hash = journal.newestHash;
  assertEquals([code, stdout], [0, `All 9 rows are as they were written.\nHash: ${hash}\n`]);
  const json = (await person.run("audit", "--verify", "--json")).stdout;
  assertEquals(JSON.parse(json), { ok: true, entries: 9, hash });
});

Deno.test("audit --verify counts the only row of a new journal as one", async () => {
  const journal = Journal.open(MEMORY, () => 0);
  const { stdout } = await new Person({ journal }).run("audit", "--verify");
  assertEquals(stdout.split("\n")[0], "The only row is as it was written.");
});

Deno.test("audit --verify names the row in doubt and ends with 1", async () => {
  const { person, journal } = recorded();
  journal.verify = () => ({ ok: false, seq: 4, problem: "row 4 was changed" });
  const { code, stderr } = await person.run("audit", "--verify");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "row 4 is in doubt: row 4 was changed");
});

Deno.test("resolve shows what is known of an order and closes it by the owner's word", async () => {
  const { person, journal } = recorded({ types: ["not placed"] });
  const { code, stdout, stderr } = await person.run("resolve", "8");
  assertEquals([code, stdout], [0, "Closed: client id 8 counts as not placed from now on.\n"]);
  assertStringIncludes(stderr, "price=140.10 quantity=1.5 side=Bid");
  assertStringIncludes(stderr, "timed out after 10 s");
  const [intent] = journal.intents({ clientId: 8 });
  assertEquals([intent?.state, intent?.outcome?.body.by], ["not_placed", "owner"]);
  assertEquals(journal.intents({ unresolved: true }), []);
});

Deno.test("resolve takes placed too", async () => {
  const { person, journal } = recorded({ types: ["placed\r"] });
  assertEquals((await person.run("resolve", "8")).code, 0);
  assertEquals(journal.intents({ clientId: 8 })[0]?.state, "placed");
});

for (const answer of ["yes", "not_placed", "PLACED", "", undefined]) {
  Deno.test(`resolve takes no other answer: ${JSON.stringify(answer)}`, async () => {
    const { person, journal } = recorded({ types: answer === undefined ? [] : [answer] });
    assertEquals((await person.run("resolve", "8")).code, 1);
    assertEquals(journal.intents({ unresolved: true }).length, 1);
  });
}

Deno.test("resolve leaves alone what is known, what nobody sent, and what is being sent", async () => {
  const { person, journal } = recorded({ types: ["placed", "placed", "placed"] });
  const [known, never] = [await person.run("resolve", "7"), await person.run("resolve", "9")];
  assertEquals([known.code, never.code], [1, 1]);
  assertStringIncludes(known.stderr, "client id 7 is known: placed (reply)");
  assertStringIncludes(never.stderr, "no order with client id 9 is on record");
  journal.transact(() => journal.append("intent", { clientId: 10, body: INTENT }));
  person.clock.advance(5000);
  const young = await person.run("resolve", "10");
  assertEquals(young.code, 1);
  assertStringIncludes(young.stderr, "it was sent 5 s ago");
  assertEquals((await person.run("resolve", "eight")).code, 2);
});

Deno.test("resolve writes nothing when the desk found out meanwhile", async () => {
  const { person, journal } = recorded({
    types: ["not placed"],
    onAsk: () => {
      const [intent] = journal.intents({ clientId: 8 });
      const body = { state: "placed", by: "fills" };
      journal.transact(() => journal.append("outcome", { intent: intent?.seq ?? 0, body }));
    },
  });
  const { code, stderr } = await person.run("resolve", "8");
  assertEquals([code, journal.intents({ clientId: 8 })[0]?.state], [1, "placed"]);
  assertStringIncludes(stderr, "is known: placed (fills)");
});

for (const piped of [true, "stdin", "stderr"] as const) {
  Deno.test(`resolve asks nobody who can't see and type: ${piped}`, async () => {
    const { person, journal } = recorded({ piped, types: ["placed"] });
    assertEquals((await person.run("resolve", "8")).code, 2);
    assertEquals(journal.intents({ unresolved: true }).length, 1);
  });
}
