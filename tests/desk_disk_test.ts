/**
 * The disk fails under the desk: full, read-only, or the journal's file deleted, cut or changed.
 * No effect leaves without its record, what was sent is answered truly, and reads go on.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Journal, JournalError } from "../lib/journal/mod.ts";
import { type Desk, LIMIT, open, wait } from "./_desk.ts";
import { hang, json, START_MS, TestClock, turns } from "./_helpers.ts";
import { addIntent, addOutcome, journalFile } from "./_journal_child.ts";
import { MARKET_ROUTES, wireOrder } from "./_routes.ts";

/** Windows does not let go of a file that is open. */
const UNIX = { ignore: Deno.build.os === "windows" };
const CANCEL = { symbol: "SOL_USDC", orderId: "28563670003" };
const EFFECTS = [
  ["create_order", LIMIT],
  ["cancel_order", CANCEL],
  ["cancel_all_orders", { symbol: "SOL_USDC" }],
] as const;

interface Disk {
  desk: Desk;
  journal: Journal;
  /** Lets the disk be full, or have room again. */
  full(isFull: boolean): void;
}

async function inTemporaryDirectory(work: (path: string) => Promise<void>): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await work(`${directory}/journal.sqlite`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** A journal at `path`, and SQLite's own connection to it. */
function openJournal(path: string, now: () => number): { journal: Journal; db: DatabaseSync } {
  const { prepare } = DatabaseSync.prototype;
  let db: DatabaseSync | undefined;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, sql: string): StatementSync {
    db ??= this;
    return prepare.call(this, sql);
  };
  try {
    const journal = Journal.open(journalFile(path), now);
    assert(db !== undefined);
    return { journal, db };
  } finally {
    DatabaseSync.prototype.prepare = prepare;
  }
}

async function withDisk(path: string, work: (disk: Disk) => Promise<void>): Promise<void> {
  const clock = new TestClock();
  const { journal, db } = openJournal(path, () => clock.now());
  using _closed = journal;
  await using desk = await open({
    ...MARKET_ROUTES,
    "DELETE /api/v1/order": () => json(wireOrder({ status: "Cancelled" })),
    "DELETE /api/v1/orders": () => json([]),
  }, { clock, journal });
  const full = (isFull: boolean): void => {
    db.exec(`PRAGMA max_page_count = ${isFull ? 1 : 1_000_000}`);
    if (isFull) fill(journal);
  };
  await work({ desk, journal, full });
}

/** Takes what room is left in the pages that are there. */
function fill(journal: Journal): void {
  for (const pad of ["x".repeat(2000), "x".repeat(200), ""]) {
    try {
      for (;;) journal.transact(() => journal.append("noted", { body: { pad } }));
    } catch (error) {
      assert(error instanceof JournalError);
      assertMatch(error.message, /database or disk is full/);
    }
  }
}

/** Every effect is refused, with what to do; every read goes on. */
async function assertRefused(desk: Desk, message: RegExp): Promise<void> {
  const before = desk.exchange.effects().length;
  for (const [name, args] of EFFECTS) {
    const error = await desk.callFailing(name, { ...args });
    assertEquals([error.code, error.outcome], ["journal", "not_placed"], name);
    assertMatch(error.message, message);
    assertMatch(error.hint, /Reads go on. The owner must see to the journal/);
  }
  assertEquals(desk.exchange.effects().length, before);
  assertEquals((await desk.callTool("list_orders")).isError, undefined);
}

Deno.test("a full disk stops effects before they leave, until there is room", async () => {
  await inTemporaryDirectory((path) =>
    withDisk(path, async ({ desk, full }) => {
      full(true);
      await assertRefused(desk, /disk is full.*Free disk space/);
      full(false);
      for (const [name, args] of EFFECTS) {
        assertEquals((await desk.callTool(name, { ...args })).isError, undefined);
      }
      assertEquals(desk.exchange.effects().length, 3);
    })
  );
});

Deno.test("only that an answer was delivered is recorded without waiting for the disk", async () => {
  await inTemporaryDirectory((path) =>
    withDisk(path, async ({ desk, journal }) => {
      const kinds: string[] = [];
      const unhurried = journal.transactUnhurried.bind(journal);
      journal.transactUnhurried = (work) => {
        const [newest] = journal.entries({ newestFirst: true, limit: 1 });
        const result = unhurried(work);
        const added = journal.entries({ sinceSeq: (newest?.seq ?? 0) + 1 });
        kinds.push(...[...added].map(({ kind }) => kind));
        return result;
      };
      await desk.callTool("create_order", LIMIT);
      await turns();
      assertEquals(kinds, ["delivered"]);
    })
  );
});

Deno.test("a disk that is full when the outcome comes changes no answer, and it is found again", async () => {
  await inTemporaryDirectory((path) =>
    withDisk(path, async ({ desk, journal, full }) => {
      desk.scripted["POST /api/v1/order"] = ({ body }) => {
        full(true);
        return json(wireOrder(body));
      };
      const answer = await desk.callTool("create_order", LIMIT);
      assertEquals(answer.structuredContent.outcome, "placed");
      assertEquals(journal.intents({ clientId: 7 })[0]?.state, "in_flight");
      full(false);
      desk.scripted["GET /api/v1/order"] = () => json(wireOrder());
      await wait(desk, 40_000);
      assertEquals(journal.intents({ clientId: 7 })[0]?.state, "placed");
      assertEquals(desk.exchange.effects().length, 1);
    })
  );
});

Deno.test("an order whose reply is lost on a full disk is unknown, and stops others on its asset", async () => {
  await inTemporaryDirectory((path) =>
    withDisk(path, async ({ desk, full }) => {
      desk.scripted["POST /api/v1/order"] = () => {
        full(true);
        return hang();
      };
      const error = await desk.callFailing("create_order", LIMIT);
      assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
      full(false);
      await wait(desk, 30_000);
      const state = { mode: "live", unresolved: [7] };
      assertEquals((await desk.callTool("list_orders")).structuredContent.desk, state);
      const more = { ...LIMIT, quantity: "2", clientId: 8 };
      const refused = await desk.callFailing("create_order", more);
      assertEquals([refused.code, refused.desk], ["unresolved", state]);
      await wait(desk, 180_000);
      const known = await desk.callTool("get_order_outcome", { clientId: 7 });
      assertEquals(known.structuredContent.outcome, "not_placed");
    })
  );
});

Deno.test("a desk that can't have its journal starts, reads, and says what to do", async () => {
  await inTemporaryDirectory(async (path) => {
    Deno.writeTextFileSync(path, "");
    // A directory that is a file takes nothing, whoever asks: even the superuser.
    const journal = journalAt(`${path}/journal.sqlite`);
    await using desk = await open({}, { journal });
    await assertRefused(desk, /can't be written.*let this user write the file and its directory/);
  });
});

function journalAt(path: string): Journal | JournalError {
  try {
    return Journal.open(journalFile(path), () => START_MS);
  } catch (error) {
    assert(error instanceof JournalError);
    return error;
  }
}

/** A journal with a past, all of it in its one file. */
function writePast(path: string): void {
  using journal = Journal.open(journalFile(path), () => START_MS - 1e9);
  for (let n = 100; n < 160; n++) addOutcome(journal, addIntent(journal, n), "placed");
}

/** In the text of every row that has it: SQLite leaves copies behind when it moves rows. */
function flipBits(path: string): void {
  const bytes = Deno.readFileSync(path);
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  for (const { index } of text.matchAll(/"price":"140.10"/g)) bytes[index + 12]! ^= 1;
  Deno.writeFileSync(path, bytes);
}

function flipHead(path: string): void {
  const bytes = Deno.readFileSync(path);
  bytes[0]! ^= 1;
  Deno.writeFileSync(path, bytes);
}

const DAMAGE: Readonly<Record<string, (path: string) => void>> = {
  "flipped bits": flipBits,
  "a flipped bit in its head": flipHead,
  "its second half cut off": (path) => Deno.truncateSync(path, Deno.statSync(path).size / 2),
  "another file in its place": (path) => Deno.writeTextFileSync(path, "notes\n".repeat(2000)),
};

for (const [what, damage] of Object.entries(DAMAGE)) {
  Deno.test(`a desk that starts on a journal with ${what} sends nothing and overwrites nothing`, async () => {
    await inTemporaryDirectory(async (path) => {
      writePast(path);
      damage(path);
      const before = Deno.readFileSync(path);
      const journal = journalAt(path);
      await using desk = await open({}, { journal });
      await assertRefused(desk, /is damaged.*Nothing was overwritten.*move it.*start again/);
      assertEquals(Deno.readFileSync(path), before);
    });
  });
}

for (const what of ["its second half cut off", "another file in its place"]) {
  Deno.test(
    `a desk whose journal has ${what} sends nothing and overwrites nothing`,
    UNIX,
    async () => {
      await inTemporaryDirectory(async (path) => {
        writePast(path);
        await withDisk(path, async ({ desk }) => {
          DAMAGE[what]?.(path);
          const before = Deno.readFileSync(path);
          await assertRefused(desk, /is damaged.*Nothing was overwritten/);
          assertEquals(Deno.readFileSync(path), before);
        });
      });
    },
  );
}

Deno.test(
  "bits that flip under a running desk show at its next start at the latest",
  UNIX,
  async () => {
    for (const flip of [flipBits, flipHead]) {
      await inTemporaryDirectory(async (path) => {
        writePast(path);
        await withDisk(path, async ({ desk, journal }) => {
          flip(path);
          const { isError } = await desk.callTool("create_order", LIMIT);
          const states = journal.intents({ clientId: 7 }).map(({ state }) => state);
          // Either way nothing has left without its record.
          assertEquals(
            [states, desk.exchange.effects().length],
            isError ? [[], 0] : [["placed"], 1],
          );
        });
        const journal = journalAt(path);
        await using desk = await open({}, { journal });
        await assertRefused(desk, /is damaged.*Nothing was overwritten/);
      });
    }
  },
);

Deno.test(
  "a journal that is deleted, moved or replaced under the desk stops effects",
  UNIX,
  async () => {
    const changes: ((path: string) => void)[] = [
      (path) => Deno.removeSync(path),
      (path) => Deno.renameSync(path, `${path}.moved`),
      (path) => {
        Deno.copyFileSync(path, `${path}.copy`);
        Deno.renameSync(`${path}.copy`, path);
      },
    ];
    for (const change of changes) {
      await inTemporaryDirectory((path) =>
        withDisk(path, async ({ desk }) => {
          await desk.callTool("create_order", {
            ...LIMIT,
            symbol: "BTC_USDC",
            quantity: "0.001",
            price: "60000.0",
            clientId: 8,
          });
          change(path);
          await assertRefused(desk, /is no longer the file that was opened.*Put the file back/);
          const { structuredContent } = await desk.callTool("preview_order", { ...LIMIT });
          assertEquals(
            [structuredContent.wouldSend, structuredContent.checks[0].check],
            [false, "journal"],
          );
          const { structuredContent: told } = await desk.callTool("get_status");
          assertEquals([told.journal.ok, told.obstacles[0]], [false, "the journal can't be used"]);
          assertMatch(told.notes.join(), /is no longer the file that was opened/);
        })
      );
    }
  },
);
