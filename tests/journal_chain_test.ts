import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { rowHash } from "../lib/journal/chain.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { addIntent, addOutcome, journalFile } from "./_journal_child.ts";

/** A closed journal of 61 rows: 30 intents, of which every third stays unresolved. */
function filledJournal(path: string): void {
  using journal = Journal.open(journalFile(path), () => 1_767_225_600_000);
  for (let n = 0; n < 30; n++) {
    const seq = addIntent(journal, 100 + n, { symbol: n % 2 ? "SOL_USDC" : "BTC_USDC" });
    addOutcome(journal, seq, n % 3 ? "placed" : "unknown");
  }
}

function inTemporaryDirectory(work: (path: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    work(`${directory}/journal.sqlite`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Edits the closed journal as somebody with the file could: triggers off, and on again. */
function tamper(path: string, sql: string): void {
  using db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const triggers = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
  for (const { name } of triggers) db.exec(`DROP TRIGGER ${name}`);
  db.exec(sql);
  for (const trigger of triggers) db.exec(String(trigger.sql));
}

function assertDamaged(path: string, problem: string): void {
  const error = assertThrows(() => Journal.open(journalFile(path), Date.now), JournalError);
  assertEquals([error.reason, error.problem], ["damaged", problem]);
}

const TAMPERED: Readonly<Record<string, { sql: string; problem: string }>> = {
  "a changed body": {
    sql: `UPDATE entries SET body = replace(body, '"1"', '"2"') WHERE seq = 10`,
    problem: "row 10 was changed",
  },
  "a changed time": {
    sql: "UPDATE entries SET at_ms = at_ms + 1 WHERE seq = 11",
    problem: "row 11 was changed",
  },
  "another client id": {
    sql: "UPDATE entries SET client_id = 99 WHERE seq = 10",
    problem: "row 10 was changed",
  },
  "another kind": {
    sql: "UPDATE entries SET kind = 'noted' WHERE seq = 10",
    problem: "row 10 was changed",
  },
  "an outcome of another intent": {
    sql: "UPDATE entries SET intent = 12 WHERE seq = 11",
    problem: "row 11 was changed",
  },
  "a changed hash": {
    sql: "UPDATE entries SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE seq = 10",
    problem: "row 10 was changed",
  },
  "a removed row": { sql: "DELETE FROM entries WHERE seq = 10", problem: "row 10 is missing" },
  "a removed row whose number was closed up": {
    sql: "DELETE FROM entries WHERE seq = 10; UPDATE entries SET seq = seq - 1 WHERE seq > 10",
    problem: "row 10 was changed",
  },
  "rows cut off the end": {
    sql: "DELETE FROM entries WHERE seq > 50",
    problem: "row 51 and later are missing",
  },
  "all rows removed": { sql: "DELETE FROM entries", problem: "row 1 and later are missing" },
  "two swapped rows": {
    sql: `UPDATE entries SET seq = 1000 WHERE seq = 10; UPDATE entries SET seq = 10 WHERE seq = 12;
      UPDATE entries SET seq = 12 WHERE seq = 1000`,
    problem: "row 10 was changed",
  },
  "an inserted row": {
    sql: `UPDATE entries SET seq = -seq - 1 WHERE seq >= 10; UPDATE entries SET seq = -seq
      WHERE seq < 0; INSERT INTO entries SELECT 10, at_ms, kind, intent, client_id, body, hash
      FROM entries WHERE seq = 9`,
    problem: "row 10 was changed",
  },
  "a row added at the end": {
    sql: `INSERT INTO entries SELECT 62, at_ms, kind, intent, client_id, body, hash
      FROM entries WHERE seq = 61`,
    problem: "row 62 was changed",
  },
  "an unresolved intent struck off the list": {
    sql: "DELETE FROM unresolved WHERE intent = 2",
    problem: "its list of unresolved intents does not fit its entries",
  },
  "one on the list for another": {
    sql: "UPDATE unresolved SET intent = 4 WHERE intent = 2",
    problem: "its list of unresolved intents does not fit its entries",
  },
  "an order that stands struck off the list": {
    sql: "DELETE FROM standing WHERE intent = 4",
    problem: "its list of standing intents does not fit its entries",
  },
  "what is no order on the list of those that stand": {
    sql: "INSERT INTO standing VALUES (1)",
    problem: "its list of standing intents does not fit its entries",
  },
  "one too many on the list of watched intents": {
    sql: "INSERT INTO watched VALUES (4)",
    problem: "its list of watched intents does not fit its entries",
  },
};

for (const [what, { sql, problem }] of Object.entries(TAMPERED)) {
  Deno.test(`journal: ${what} shows at opening`, () => {
    inTemporaryDirectory((path) => {
      filledJournal(path);
      tamper(path, sql);
      assertDamaged(path, problem);
    });
  });
}

Deno.test("journal: a change far back is found by verify", () => {
  inTemporaryDirectory((path) => {
    filledJournal(path);
    {
      using journal = Journal.open(journalFile(path), Date.now);
      journal.transact(() => {
        for (let n = 0; n < 10_200; n++) journal.append("noted", { body: { n } });
      });
    }
    tamper(path, "UPDATE entries SET at_ms = 0 WHERE seq = 10");
    using journal = Journal.open(journalFile(path), Date.now);
    assertEquals(journal.verify(), { ok: false, seq: 10, problem: "row 10 was changed" });
  });
});

Deno.test("journal: a newest row that is rewritten while it is open refuses writes", () => {
  inTemporaryDirectory((path) => {
    filledJournal(path);
    using journal = Journal.open(journalFile(path), Date.now);
    // With a hash that fits, as somebody who knows the rule would write it.
    using db = new DatabaseSync(path);
    const [before, newest] = db.prepare("SELECT * FROM entries WHERE seq > 59").all();
    const forged = { ...newest, body: '{"state":"not_placed"}' } as Parameters<typeof rowHash>[1];
    db.exec("DROP TRIGGER entries_no_update");
    db.prepare("UPDATE entries SET body = ?, hash = ? WHERE seq = 61")
      .run(forged.body, rowHash(String(before?.hash), forged));
    const error = assertThrows(() => addIntent(journal, 1), JournalError);
    assertEquals(error.problem, "row 61 is not the one that was read before");
    assertEquals(journal.verify().ok, false);
  });
});

Deno.test("journal: a missing trigger or index shows at opening", () => {
  for (const object of ["TRIGGER entries_no_delete", "INDEX entries_by_client"]) {
    inTemporaryDirectory((path) => {
      filledJournal(path);
      {
        using db = new DatabaseSync(path);
        db.exec(`DROP ${object}`);
      }
      assertDamaged(path, "its tables are not those of a journal");
    });
  }
});

/** All that the journal says, by every road to it. */
function content(journal: Journal): string {
  const byClient = Array.from({ length: 30 }, (_, n) => journal.intents({ clientId: 100 + n }));
  return JSON.stringify([
    journal.createdAtMs,
    journal.newestHash,
    [...journal.entries({})],
    [...journal.entries({ sinceMs: 0, newestFirst: true })],
    [...journal.entries({ kind: "outcome" })],
    journal.intents({}),
    journal.intents({ unresolved: true }),
    byClient,
  ]);
}

/** What the journal in these bytes says, undefined if it is refused. */
function contentOf(path: string, bytes: Uint8Array): string | undefined {
  Deno.writeFileSync(path, bytes);
  try {
    using journal = Journal.open(journalFile(path), Date.now);
    return journal.verify().ok ? content(journal) : undefined;
  } catch (error) {
    assert(error instanceof JournalError, String(error));
    return undefined;
  } finally {
    for (const end of ["", "-wal", "-shm"]) {
      try {
        Deno.removeSync(path + end);
      } catch {
        // SQLite removes two of them itself.
      }
    }
  }
}

Deno.test("journal: a flipped bit never changes what it says", () => {
  inTemporaryDirectory((path) => {
    filledJournal(path);
    const bytes = Deno.readFileSync(path);
    const whole = contentOf(path, bytes);
    assert(whole !== undefined);
    let random = 20_260_101;
    let refused = 0;
    for (let flip = 0; flip < 50; flip++) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const bit = random % (bytes.length * 8);
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const said = contentOf(path, flipped);
      if (said === undefined) refused++;
      else assertEquals(said, whole, `bit ${bit} was flipped`);
    }
    assert(refused > 10);
  });
});

Deno.test("journal: a truncated file is damaged, and is left as it is", () => {
  inTemporaryDirectory((path) => {
    filledJournal(path);
    const bytes = Deno.readFileSync(path);
    for (const length of [2, 50, 99, 100, 512, 4096, 5000, 8192, 20_480, bytes.length - 1]) {
      const cut = bytes.slice(0, length);
      Deno.writeFileSync(path, cut);
      const error = assertThrows(() => Journal.open(journalFile(path), Date.now), JournalError);
      assertEquals([length, error.reason], [length, "damaged"]);
      assertEquals(Deno.readFileSync(path), cut);
    }
  });
});
