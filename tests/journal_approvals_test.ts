/**
 * A person's yes in the journal: what it is bound to, how long it is good, and that it is used once.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import {
  APPROVAL_MS,
  codeOf,
  openQuestions,
  type Question,
  questionAbout,
  questionUnder,
  recordApproval,
  recordQuestion,
} from "../lib/journal/approvals.ts";
import { Journal } from "../lib/journal/mod.ts";
import { MEMORY, START_MS } from "./_helpers.ts";

const QUESTION: Question = {
  clientId: 7,
  symbol: "SOL_USDC",
  request: { symbol: "SOL_USDC", side: "Bid", price: "140", quantity: "2" },
  lines: ["LIVE BUY 2 SOL_USDC @ 140"],
  bestOpposite: "140.1",
};
const CODE = codeOf(123456789);

function open(): { journal: Journal; clock: { nowMs: number }; seq: number } {
  const clock = { nowMs: START_MS };
  const journal = Journal.open(MEMORY, () => clock.nowMs);
  const seq = journal.transact(() => recordQuestion(journal, QUESTION, CODE));
  return { journal, clock, seq };
}

Deno.test("codes are six letters and digits that can't be mistaken", () => {
  const codes = [0, 1, 29, 30, 728_999_999, 4_294_967_295].map(codeOf);
  for (const code of codes) assert(/^[A-HJKMNP-TV-Z2-9]{6}$/.test(code), code);
  assertEquals(new Set(codes).size, codes.length);
});

Deno.test("a question is found by its code, however it is typed, and by its order", () => {
  using journal = open().journal;
  const found = questionUnder(journal, ` ${CODE.toLowerCase()}\n`, START_MS);
  assertEquals(found, questionAbout(journal, QUESTION, START_MS));
  assertEquals(found?.lines, QUESTION.lines);
  assertEquals(found?.expiresAtMs, START_MS + APPROVAL_MS);
  assertEquals(found?.approvedBy, undefined);
  assertEquals(questionUnder(journal, codeOf(5), START_MS), undefined);
});

Deno.test("a yes is bound to exactly the order it was given for", () => {
  using journal = open().journal;
  const about = (changes: Record<string, unknown>, clientId = 7): unknown =>
    questionAbout(journal, { clientId, request: { ...QUESTION.request, ...changes } }, START_MS);
  assert(about({}) !== undefined);
  assertEquals(about({ price: "140.0" }), undefined);
  assertEquals(about({ postOnly: true }), undefined);
  assertEquals(about({}, 8), undefined);
});

Deno.test("a yes shows until it is used, and is used once", () => {
  const { journal, seq } = open();
  const asked = questionUnder(journal, CODE, START_MS)!;
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  assertEquals(openQuestions(journal, START_MS)[0]?.approvedBy, "terminal");
  const { symbol, request } = QUESTION;
  const approval = { asked: seq, by: "terminal" };
  const body = { tool: "create_order", symbol, key: "test", request, approval };
  journal.transact(() => journal.append("intent", { clientId: 7, body }));
  assertEquals(openQuestions(journal, START_MS), []);
  assertEquals(questionUnder(journal, CODE, START_MS), undefined);
  journal.close();
});

Deno.test("after five minutes neither the question nor its yes is good", () => {
  const { journal, clock } = open();
  clock.nowMs += 60_000;
  const asked = questionUnder(journal, CODE, clock.nowMs)!;
  journal.transact(() => recordApproval(journal, asked, "terminal"));
  assert(questionAbout(journal, QUESTION, START_MS + APPROVAL_MS - 1) !== undefined);
  assertEquals(questionAbout(journal, QUESTION, START_MS + APPROVAL_MS), undefined);
  journal.close();
});

Deno.test("a clock that is set back makes no yes last longer, nor a used one good again", () => {
  const minute = 60_000;
  const approved = (): ReturnType<typeof open> => {
    const opened = open();
    const asked = questionUnder(opened.journal, CODE, START_MS)!;
    opened.journal.transact(() => recordApproval(opened.journal, asked, "terminal"));
    return opened;
  };
  const old = approved();
  for (const nowMs of [START_MS - 1001, START_MS - 10 * minute]) {
    assertEquals(questionAbout(old.journal, QUESTION, nowMs), undefined);
  }
  assert(questionAbout(old.journal, QUESTION, START_MS - 1000) !== undefined);
  // Ten minutes later the clock shows the time of the question again.
  old.clock.nowMs = START_MS - 10 * minute;
  const note = { body: { event: "other" } };
  old.journal.transact(() => old.journal.append("noted", note));
  assertEquals(questionAbout(old.journal, QUESTION, START_MS + minute), undefined);
  assertEquals(questionUnder(old.journal, CODE, START_MS + minute), undefined);
  const used = approved();
  used.clock.nowMs = START_MS - 1000;
  const { symbol, request } = QUESTION;
  const approval = { asked: used.seq, by: "terminal" };
  const body = { tool: "create_order", symbol, key: "test", request, approval };
  used.journal.transact(() => used.journal.append("intent", { clientId: 7, body }));
  assertEquals(questionAbout(used.journal, QUESTION, START_MS + APPROVAL_MS - 1), undefined);
  for (const { journal } of [old, used]) journal.close();
});

Deno.test("the code itself stands nowhere in the journal", () => {
  using journal = open().journal;
  const rows = JSON.stringify([...journal.entries({})]);
  assert(!rows.includes(CODE));
});
