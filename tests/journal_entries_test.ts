import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { canonicalJson } from "../lib/journal/canonical.ts";
import { unhurried } from "../lib/journal/durability.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { addIntent, addOutcome, journalFile } from "./_journal_child.ts";

const START_MS = 1_767_225_600_000;

/** A journal whose clock goes on by a second with every look at it. */
function withJournal(work: (journal: Journal, path: string) => void): void {
  const directory = Deno.makeTempDirSync();
  let nowMs = START_MS;
  try {
    const path = `${directory}/journal.sqlite`;
    using journal = Journal.open(journalFile(path), () => nowMs += 1000);
    work(journal, path);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("journal: what is appended is read again", () => {
  withJournal((journal) => {
    const body = { zeta: "1.50", alpha: { y: [1, null, "é\u0000\ud800"], x: undefined } };
    const seqs = journal.transact(() => [
      journal.append("noted", { clientId: 4_294_967_295, body }),
      journal.append("halted", { body: {} }),
    ]);
    assertEquals(seqs, [2, 3]);
    const [noted, halted] = journal.entries({ sinceSeq: 2 });
    assertEquals(noted, {
      seq: 2,
      atMs: START_MS + 2000,
      kind: "noted",
      intent: undefined,
      clientId: 4_294_967_295,
      body: { alpha: { y: [1, null, "é\u0000\ud800"] }, zeta: "1.50" },
      hash: noted!.hash,
    });
    assertEquals([halted?.kind, halted?.hash], ["halted", journal.newestHash]);
    assertEquals(journal.verify(), { ok: true, entries: 3, hash: journal.newestHash });
  });
});

Deno.test("journal: an intent is in flight until an outcome, and the newest outcome counts", () => {
  withJournal((journal) => {
    const seq = addIntent(journal, 7);
    const [first] = journal.intents({ clientId: 7 });
    assertEquals([first?.seq, first?.state, first?.outcome], [seq, "in_flight", undefined]);
    assertEquals([first?.tool, first?.symbol, first?.key], ["create_order", "SOL_USDC", "k1"]);
    assertEquals(first?.request.price, "140.10");
    for (const state of ["unknown", "not_placed", "placed", "cancelled"]) {
      const outcome = addOutcome(journal, seq, state);
      const [now] = journal.intents({ clientId: 7 });
      assertEquals([now?.state, now?.outcome?.seq], [state, outcome]);
    }
  });
});

Deno.test("journal: unresolved are those in flight and unknown, of any age", () => {
  withJournal((journal) => {
    const states = ["unknown", "placed", "not_placed", undefined, "unknown"];
    const seqs = states.map((state, n) => {
      const seq = addIntent(journal, n);
      if (state !== undefined) addOutcome(journal, seq, state);
      return seq;
    });
    const unresolved = (): number[] => journal.intents({ unresolved: true }).map(({ seq }) => seq);
    const resolved = (): number[] => journal.intents({ unresolved: false }).map(({ seq }) => seq);
    assertEquals(unresolved(), [seqs[4], seqs[3], seqs[0]]);
    assertEquals(resolved(), [seqs[2], seqs[1]]);
    addOutcome(journal, seqs[0]!, "placed");
    addOutcome(journal, seqs[2]!, "unknown");
    addOutcome(journal, seqs[4]!, "unknown");
    assertEquals(unresolved(), [seqs[4], seqs[3], seqs[2]]);
    assert(journal.verify().ok);
  });
});

Deno.test("journal: watched are pending cancels and orders called absent, of any age", () => {
  withJournal((journal) => {
    const outcomes = [{ state: "pending" }, { state: "cancelled" }, { state: "not_placed" }];
    const cancels = outcomes.map((body) => judged(journal, { tool: "cancel_order" }, body));
    const absent = judged(journal, { clientId: 1 }, { state: "not_placed", by: "inference" });
    judged(journal, { clientId: 2 }, { state: "not_placed", by: "reply" });
    judged(journal, { clientId: 3 }, { state: "placed", by: "reply" });
    addIntent(journal, 4);
    const watched = (): number[] => journal.intents({ among: "watched" }).map(({ seq }) => seq);
    assertEquals(watched(), [absent, cancels[0]]);
    addOutcome(journal, cancels[0]!, "gone");
    addOutcome(journal, cancels[1]!, "pending");
    addOutcome(journal, absent, "placed");
    assertEquals(watched(), [cancels[1]]);
    assertEquals(journal.verify().ok, true);
  });
});

Deno.test("journal: standing are orders until they were not placed, or have ended without exits", () => {
  withJournal((journal) => {
    const exits = { spends: { notional: "1", unit: "1", exits: "1" } };
    const [plain, ended, attached, refused] = [{}, {}, exits, {}].map((body, n) =>
      judged(journal, { clientId: n, ...body }, { state: "placed" })
    ) as [number, number, number, number];
    judged(journal, { tool: "cancel_order" }, { state: "placed" });
    addOutcome(journal, refused, "not_placed");
    addIntent(journal, 9);
    const standing = (): number[] => journal.intents({ among: "standing" }).map(({ seq }) => seq);
    assertEquals(standing(), [attached, ended, plain]);
    for (const intent of [ended, attached]) {
      journal.transact(() => journal.append("noted", { intent, body: { event: "closed" } }));
    }
    journal.transact(() => journal.append("noted", { intent: plain, body: { event: "other" } }));
    assertEquals(standing(), [attached, plain]);
    addOutcome(journal, refused, "placed");
    assertEquals(standing(), [refused, attached, plain]);
    assertEquals(journal.verify().ok, true);
  });
});

/** An intent and its outcome; the intent's row. */
function judged(
  journal: Journal,
  { clientId, ...body }: { clientId?: number; tool?: string; spends?: object },
  outcome: Record<string, unknown>,
): number {
  const named = clientId === undefined ? {} : { clientId };
  return journal.transact(() => {
    const request = { tool: "create_order", symbol: "SOL_USDC", key: "k", request: {} };
    const intent = journal.append("intent", { ...named, body: { ...request, ...body } });
    journal.append("outcome", { intent, ...named, body: outcome });
    return intent;
  });
}

Deno.test("journal: its version tells what others wrote, and what we wrote of these kinds", () => {
  withJournal((journal, path) => {
    using other = Journal.open(journalFile(path), () => START_MS);
    const version = (): string | undefined => journal.version(["intent", "outcome"]);
    const seen = [version()];
    const note = (of: Journal): number =>
      of.transact(() => of.append("noted", { body: { event: "x" } }));
    note(journal);
    assertEquals(version(), seen[0]);
    const seq = addIntent(journal, 1);
    seen.push(version());
    note(other);
    seen.push(version());
    addOutcome(journal, seq, "placed");
    seen.push(version());
    assertEquals(new Set(seen).size, seen.length);
    const inside: unknown[] = [];
    assertThrows(() =>
      journal.transact(() => {
        inside.push(version());
        journal.append("outcome", { intent: seq, body: { state: "unknown" } });
        inside.push(version());
        throw new Error("no");
      })
    );
    assertEquals(inside, [seen[3], undefined]);
    assertEquals(version(), seen[3]);
  });
});

Deno.test("journal: what others wrote is followed once, be the transaction that saw it taken back", () => {
  withJournal((journal, path) => {
    using other = Journal.open(journalFile(path), () => START_MS);
    addIntent(other, 1);
    assertThrows(() =>
      journal.transact(() => {
        throw new Error("no");
      })
    );
    assertEquals(addIntent(journal, 2), 3);
    assertEquals(addIntent(other, 3), 4);
    assertEquals(journal.verify().ok, true);
  });
});

Deno.test("journal: what may be lost does not wait for the disk; all else does", () => {
  withJournal((_, path) => {
    using db = new DatabaseSync(`${path}.other`);
    const level = (): unknown => db.prepare("PRAGMA synchronous").get()?.synchronous;
    db.exec("PRAGMA synchronous = FULL");
    assertEquals(unhurried(db, level), 1);
    assertEquals(level(), 2);
    assertThrows(() =>
      unhurried(db, () => {
        throw new Error("no");
      })
    );
    assertEquals(level(), 2);
  });
});

Deno.test("journal: intents are found by client, time and number, newest first", () => {
  withJournal((journal) => {
    const seqs = [0, 1, 2, 3, 4, 5].map((n) => addIntent(journal, n % 3));
    const found = (filter: Parameters<Journal["intents"]>[0]): number[] =>
      journal.intents(filter).map(({ seq }) => seqs.indexOf(seq));
    assertEquals(found({}), [5, 4, 3, 2, 1, 0]);
    assertEquals(found({ limit: 2 }), [5, 4]);
    assertEquals(found({ clientId: 1 }), [4, 1]);
    assertEquals(found({ clientId: 1, unresolved: true, limit: 1 }), [4]);
    assertEquals(found({ seq: seqs[3]! }), [3]);
    const [third] = journal.entries({ sinceSeq: seqs[3]! });
    assertEquals(found({ sinceMs: third!.atMs }), [5, 4, 3]);
  });
});

Deno.test("journal: entries come in pages, in either order, and by what they are about", () => {
  withJournal((journal) => {
    const intent = addIntent(journal, 7);
    addOutcome(journal, intent, "placed");
    journal.transact(() => {
      for (let n = 0; n < 1500; n++) journal.append("noted", { body: { n } });
    });
    const seqs = (filter: Parameters<Journal["entries"]>[0]): number[] =>
      [...journal.entries(filter)].map(({ seq }) => seq);
    const all = Array.from({ length: 1503 }, (_, at) => at + 1);
    assertEquals(seqs({}), all);
    assertEquals(seqs({ newestFirst: true }), all.toReversed());
    assertEquals(seqs({ limit: 700 }), all.slice(0, 700));
    assertEquals(seqs({ sinceSeq: 1000, newestFirst: true, limit: 2 }), [1503, 1502]);
    assertEquals(seqs({ kind: "outcome" }), [3]);
    assertEquals(seqs({ intent }), [3]);
    assertEquals(seqs({ clientId: 7 }), [2]);
    const [late] = journal.entries({ sinceSeq: 1500 });
    assertEquals(seqs({ sinceMs: late!.atMs }), [1500, 1501, 1502, 1503]);
  });
});

Deno.test("journal: a transaction that throws leaves nothing", () => {
  withJournal((journal) => {
    const before = journal.newestHash;
    const failing = (): void => {
      journal.append("noted", { body: {} });
      assertNotEquals(journal.newestHash, before);
      throw new RangeError("over the limit");
    };
    assertThrows(() => journal.transact(failing), RangeError, "over the limit");
    assertEquals(journal.newestHash, before);
    assertEquals(journal.transact(() => journal.append("noted", { body: {} })), 2);
    assert(journal.verify().ok);
  });
});

Deno.test("journal: a transaction gives back what its work gives back", () => {
  withJournal((journal) => {
    assertEquals(journal.transact(() => "left"), "left");
    assertEquals([...journal.entries({})].length, 1);
  });
});

Deno.test("journal: transactions don't nest and don't wait, and appending needs one", () => {
  withJournal((journal) => {
    const note = (): number => journal.append("noted", { body: {} });
    assertThrows(note, TypeError, "inside a transaction");
    assertThrows(() => journal.transact(() => journal.transact(note)), TypeError, "open already");
    const waits = (): Promise<number> => Promise.resolve(note());
    assertThrows(() => journal.transact(waits), TypeError, "must not wait");
    assertEquals([...journal.entries({})].length, 1);
  });
});

Deno.test("journal: a failed append can't be swallowed and the rest committed", () => {
  withJournal((journal) => {
    const swallows = (): void => {
      journal.append("noted", { body: {} });
      assertThrows(() => journal.append("outcome", { intent: 99, body: { state: "placed" } }));
    };
    assertThrows(() => journal.transact(swallows), JournalError);
    assertEquals([...journal.entries({})].length, 1);
  });
});

Deno.test("journal: an entry without what the trail needs is refused", () => {
  withJournal((journal) => {
    const intent = addIntent(journal, 1);
    const attempts = [
      (): number => journal.append("intent", { body: { tool: "create_order" } }),
      (): number => journal.append("outcome", { body: { state: "placed" } }),
      (): number => journal.append("outcome", { intent, body: {} }),
      (): number => journal.append("delivered", { body: {} }),
    ];
    for (const attempt of attempts) {
      assertThrows(() => journal.transact(attempt), TypeError, "lacks a member");
    }
  });
});

Deno.test("journal: rows are neither changed, removed, replaced nor slipped in by SQL", () => {
  withJournal((journal, path) => {
    addIntent(journal, 1);
    using db = new DatabaseSync(path);
    const row = "VALUES (?, 0, 'noted', NULL, NULL, '{}', '')";
    const refused = [
      "UPDATE entries SET body = '{}'",
      "DELETE FROM entries",
      `INSERT INTO entries ${row.replace("?", "9")}`,
      `INSERT OR REPLACE INTO entries ${row.replace("?", "2")}`,
    ];
    for (const sql of refused) assertThrows(() => db.exec(sql), Error, "rows of the journal are");
    assertEquals(journal.verify().ok, true);
  });
});

Deno.test("journal: while another holds it, a reader reads", () => {
  withJournal((journal, path) => {
    using other = Journal.open(journalFile(path), () => START_MS);
    journal.transact(() => {
      journal.append("noted", { body: {} });
      assertEquals([...other.entries({})].length, 1);
    });
    assertEquals([...other.entries({})].length, 2);
  });
});

Deno.test("journal: canonical JSON has one spelling", () => {
  const spellings: [unknown, string][] = [
    [{ b: 1, a: [true, { d: null, c: "x" }] }, '{"a":[true,{"c":"x","d":null}],"b":1}'],
    [{ 10: "ten", 9: "nine", __proto__: { z: 1 } }, '{"10":"ten","9":"nine"}'],
    [JSON.parse('{"__proto__":"own"}'), '{"__proto__":"own"}'],
    [{ gone: undefined, list: [undefined, NaN] }, '{"list":[null,null]}'],
    [{ id: 12345678901234567890n }, '{"id":"12345678901234567890"}'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ];
  for (const [value, text] of spellings) assertEquals(canonicalJson(value), text);
});
