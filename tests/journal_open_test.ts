import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { addRow, GENESIS, recentHead } from "../lib/journal/chain.ts";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { APPLICATION_ID, BASE, VERSION } from "../lib/journal/schema.ts";
import { addIntent, addOutcome, journalFile } from "./_journal_child.ts";

const NOW_MS = 1_767_225_600_000;
/** Windows has other modes, and does not let go of a file that is open. */
const UNIX = { ignore: Deno.build.os === "windows" };

function open(path: string): Journal {
  return Journal.open(journalFile(path), () => NOW_MS);
}

function refusal(path: string): JournalError {
  return assertThrows(() => open(path), JournalError);
}

function inTemporaryDirectory(work: (path: string, directory: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    work(`${directory}/journal.sqlite`, directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("journal: a new one says when it was made, and says so again when reopened", () => {
  inTemporaryDirectory((path) => {
    {
      using journal = open(path);
      assertEquals(journal.createdAtMs, NOW_MS);
      const [first, ...others] = journal.entries({});
      assertEquals(others, []);
      assertEquals([first?.seq, first?.kind, first?.atMs], [1, "opened", NOW_MS]);
      assertEquals(first?.body, { createdAt: NOW_MS, version: VERSION });
      assertEquals(first?.hash, journal.newestHash);
    }
    using journal = Journal.open(journalFile(path), () => NOW_MS + 1000);
    assertEquals(journal.createdAtMs, NOW_MS);
    assertEquals([...journal.entries({})].length, 1);
  });
});

Deno.test("journal: an empty file, as its caller makes it, becomes a journal of the same mode", () => {
  inTemporaryDirectory((path, directory) => {
    Deno.writeFileSync(path, new Uint8Array(), { mode: 0o600 });
    using journal = open(path);
    addIntent(journal, 1);
    assert(journal.verify().ok);
    if (Deno.build.os === "windows") return;
    const files = [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
    assertEquals(files, ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"]);
    for (const name of files) {
      assertEquals(Deno.statSync(`${directory}/${name}`).mode! & 0o777, 0o600, name);
    }
  });
});

Deno.test("journal: what is not a journal is damaged, says what to do, and is left alone", () => {
  inTemporaryDirectory((path) => {
    Deno.writeTextFileSync(path, "these are notes\n".repeat(300));
    const before = Deno.readFileSync(path);
    const error = refusal(path);
    assertEquals(error.reason, "damaged");
    assertMatch(error.message, /Nothing was overwritten\. Keep the file: move it/);
    assertMatch(error.message, /SAFETY\.md.*first 24 hours/);
    assert(error.message.includes(path));
    assertEquals(Deno.readFileSync(path), before);
  });
});

Deno.test("journal: another program's database is left alone", () => {
  for (const sql of ["CREATE TABLE notes (text)", "PRAGMA application_id = 7"]) {
    inTemporaryDirectory((path) => {
      {
        using db = new DatabaseSync(path);
        db.exec(sql);
      }
      const before = Deno.readFileSync(path);
      const error = refusal(path);
      assertEquals([error.reason, error.problem], [
        "damaged",
        "it is not a journal of this program",
      ]);
      assertEquals(Deno.readFileSync(path), before);
    });
  }
});

Deno.test("journal: a later version is not touched, neither at opening nor while open", () => {
  inTemporaryDirectory((path) => {
    using journal = open(path);
    {
      using db = new DatabaseSync(path);
      db.exec(`PRAGMA user_version = ${VERSION + 1}`);
    }
    const error = refusal(path);
    assertEquals(error.reason, "newer");
    assertMatch(error.message, /Update backpack-mcp/);
    assertEquals(assertThrows(() => addIntent(journal, 1), JournalError).reason, "newer");
    assertEquals([...journal.entries({})].length, 1);
  });
});

/** Version 0, which had no indexes. */
function makeVersion0(path: string): void {
  using db = new DatabaseSync(path);
  db.exec(`${BASE}; PRAGMA application_id = ${APPLICATION_ID}`);
  const bodies = [
    ["opened", { createdAt: 5, version: 0 }],
    ["intent", { tool: "create_order", symbol: "SOL_USDC", key: "k1", request: {} }],
  ] as const;
  let head = GENESIS;
  for (const [kind, value] of bodies) {
    const columns = { at_ms: 5, kind, intent: null, client_id: 7, body: JSON.stringify(value) };
    head = addRow(db, head, columns);
  }
}

Deno.test("journal: an older version is brought up to date, and says so", () => {
  inTemporaryDirectory((path) => {
    makeVersion0(path);
    {
      using journal = open(path);
      assertEquals(journal.createdAtMs, 5);
      assertEquals(journal.intents({ clientId: 7 })[0]?.state, "in_flight");
      const [newest] = journal.entries({ newestFirst: true });
      assertEquals(newest?.body, { event: "migrated", from: 0, to: VERSION });
      addOutcome(journal, 2, "placed");
    }
    using journal = open(path);
    assertEquals(journal.verify().ok, true);
    assertEquals([...journal.entries({})].map(({ kind }) => kind), [
      "opened",
      "intent",
      "noted",
      "outcome",
    ]);
  });
});

Deno.test("journal: an older version gets its lists of what is watched and what stands", () => {
  inTemporaryDirectory((path) => {
    makeVersion0(path);
    {
      using db = new DatabaseSync(path);
      let head = recentHead(db, 0);
      const add = (kind: string, intent: number | null, client_id: number | null, body: object) => {
        const columns = { at_ms: 5, kind, intent, client_id, body: JSON.stringify(body) };
        head = addRow(db, head, columns);
        return head.seq;
      };
      const request = { tool: "t", symbol: "SOL_USDC", key: "k1", request: {} };
      const outcomes = [{ state: "placed" }, { state: "not_placed", by: "inference" }];
      outcomes.forEach((body, n) => add("outcome", add("intent", null, n, request), n, body));
      add("outcome", add("intent", null, null, request), null, { state: "pending" });
      const closed = add("intent", null, 8, request);
      add("outcome", closed, 8, { state: "placed" });
      add("noted", closed, null, { event: "closed" });
    }
    using journal = open(path);
    const seqs = (among: "watched" | "standing"): number[] =>
      journal.intents({ among }).map(({ seq }) => seq);
    assertEquals([seqs("watched"), seqs("standing")], [[7, 5], [3]]);
    assertEquals(journal.verify().ok, true);
  });
});

Deno.test("journal: a damaged older version is not brought up to date", () => {
  inTemporaryDirectory((path) => {
    makeVersion0(path);
    {
      using db = new DatabaseSync(path);
      db.exec("DROP TRIGGER entries_no_update; UPDATE entries SET at_ms = 6");
    }
    assertEquals(refusal(path).problem, "row 1 was changed");
    using db = new DatabaseSync(path);
    assertEquals(db.prepare("PRAGMA user_version").get()?.user_version, 0);
  });
});

Deno.test("journal: a place that can't be written says so", () => {
  inTemporaryDirectory((path) => {
    Deno.writeTextFileSync(path, "");
    const error = refusal(`${path}/journal.sqlite`);
    assertEquals(error.reason, "unwritable");
    assertMatch(error.message, /Free disk space, let this user write/);
  });
});

Deno.test("journal: a file that may only be read is refused at opening", UNIX, () => {
  inTemporaryDirectory((path) => {
    open(path).close();
    Deno.chmodSync(path, 0o400);
    // The superuser may write it all the same.
    if (mayWrite(path)) open(path).close();
    else assertEquals(refusal(path).reason, "unwritable");
  });
});

function mayWrite(path: string): boolean {
  try {
    Deno.openSync(path, { write: true }).close();
    return true;
  } catch {
    return false;
  }
}

Deno.test("journal: deleted or replaced while open, it refuses, and writes nowhere", UNIX, () => {
  inTemporaryDirectory((path) => {
    open(`${path}.other`).close();
    using journal = open(path);
    addIntent(journal, 1);
    const steps = [
      ["deleted", (): void => Deno.removeSync(path)],
      ["replaced", (): void => Deno.renameSync(`${path}.other`, path)],
    ] as const;
    const other = Deno.readFileSync(`${path}.other`);
    for (const [what, step] of steps) {
      step();
      const error = assertThrows(() => addIntent(journal, 2), JournalError);
      assertEquals([what, error.reason], [what, "gone"]);
    }
    assertEquals(Deno.readFileSync(path), other);
    // What was known stays readable.
    assertEquals(journal.intents({}).map(({ clientId }) => clientId), [1]);
  });
});

Deno.test(
  "journal: replaced in the middle of a transaction, nothing counts as written",
  UNIX,
  () => {
    inTemporaryDirectory((path) => {
      using journal = open(path);
      const swap = (): void => {
        journal.append("noted", { body: {} });
        Deno.renameSync(path, `${path}.moved`);
      };
      assertEquals(assertThrows(() => journal.transact(swap), JournalError).reason, "gone");
      Deno.renameSync(`${path}.moved`, path);
      assertEquals(journal.transact(() => journal.append("noted", { body: {} })), 2);
      assert(journal.verify().ok);
    });
  },
);
