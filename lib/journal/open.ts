/**
 * Opening: whose file is it, is it whole, is it of this version? A new one is made where nothing
 * was ever written; a file that is anything but a sound journal is left exactly as it was found.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../errors.ts";
import { canonicalJson } from "./canonical.ts";
import { addRow, follow, GENESIS, type Head, recentHead } from "./chain.ts";
import { guarded, JournalError } from "./error.ts";
import {
  APPLICATION_ID,
  contradiction,
  createTables,
  identify,
  pageProblem,
  upgrade,
  VERSION,
} from "./schema.ts";

/** Opening hashes this many of the newest rows, in 8 ms; `verify()` takes a second for 100,000. */
const ROWS_CHECKED_AT_OPENING = 2000;

/** `fullfsync` matters on macOS, whose plain fsync leaves rows in the drive's cache. */
const CONNECTION_PRAGMAS: readonly string[] = [
  "busy_timeout = 5000",
  "synchronous = FULL",
  "fullfsync = 1",
  "cell_size_check = 1",
  "trusted_schema = 0",
];

/**
 * Opens or makes the journal at `path`; `nowMs` dates a new one.
 *
 * @throws {JournalError}
 */
export function openDatabase(path: string, nowMs: number): { db: DatabaseSync; head: Head } {
  const db = connect(path);
  try {
    return { db, head: guarded(path, () => prepare(db, path, nowMs)) };
  } catch (error) {
    db.close();
    throw error;
  }
}

function connect(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path);
  } catch (error) {
    // Whatever it is (no permission, no directory), the file has not been looked into yet.
    const problem = messageOf(error);
    throw new JournalError("unwritable", path, problem, error);
  }
}

function prepare(db: DatabaseSync, path: string, nowMs: number): Head {
  for (const pragma of CONNECTION_PRAGMAS) db.prepare(`PRAGMA ${pragma}`).all();
  const looked = (): ReturnType<typeof identify> =>
    atomically(db, "DEFERRED", () => recognise(db, path));
  if (looked().fresh) create(db, nowMs);
  const { version } = looked();
  enterWal(db, path);
  tryWriting(db);
  refuse(path, pageProblem(db));
  const followed = follow(db, recentHead(db, ROWS_CHECKED_AT_OPENING));
  if (!followed.ok) throw new JournalError("damaged", path, followed.problem);
  if (version < VERSION) migrate(db, path, nowMs);
  refuse(path, contradiction(db));
  return followed.head;
}

/** Refuses other files and later versions before anything is written. */
function recognise(db: DatabaseSync, path: string): ReturnType<typeof identify> {
  const found = identify(db);
  if (!found.ours && !found.fresh) refuse(path, "it is not a journal of this program");
  if (found.version < 0) refuse(path, `it says that its version is ${found.version}`);
  if (found.version <= VERSION) return found;
  const problem = `its version is ${found.version}, this program knows those up to ${VERSION}`;
  throw new JournalError("newer", path, problem);
}

/** Network file systems have no memory to share, and without it the processes can't take turns. */
function enterWal(db: DatabaseSync, path: string): void {
  const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
  // A journal in memory (paper trading) has one process and no log.
  if (mode === "wal" || path === ":memory:") return;
  const problem = `its file system does not allow SQLite's write-ahead log (it stays at ${mode})`;
  throw new JournalError("unwritable", path, problem);
}

/** Fails now, and not at the first order: SQLite opens a file that it may only read without a word. */
function tryWriting(db: DatabaseSync): void {
  db.prepare("BEGIN IMMEDIATE").run();
  try {
    db.prepare(`PRAGMA application_id = ${APPLICATION_ID}`).run();
  } finally {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
  }
}

function refuse(path: string, problem: string | undefined): void {
  if (problem !== undefined) throw new JournalError("damaged", path, problem);
}

/** Another process may have been quicker, so that it is asked again inside the transaction. */
function create(db: DatabaseSync, nowMs: number): void {
  atomically(db, "IMMEDIATE", () => {
    if (!identify(db).fresh) return;
    createTables(db);
    upgrade(db, 0);
    const body = canonicalJson({ createdAt: nowMs, version: VERSION });
    addRow(db, GENESIS, { at_ms: nowMs, kind: "opened", intent: null, client_id: null, body });
  });
}

/** The step itself is an entry, so that the trail says from when on rows are of the new version. */
function migrate(db: DatabaseSync, path: string, nowMs: number): void {
  atomically(db, "IMMEDIATE", () => {
    const { version } = recognise(db, path);
    if (version === VERSION) return;
    upgrade(db, version);
    const followed = follow(db, recentHead(db, 1));
    if (!followed.ok) throw new JournalError("damaged", path, followed.problem);
    const body = canonicalJson({ event: "migrated", from: version, to: VERSION });
    const columns = { at_ms: nowMs, kind: "noted", intent: null, client_id: null, body };
    addRow(db, followed.head, columns);
  });
}

/** Even what is only read must be read together: another process may be making the tables. */
function atomically<T>(db: DatabaseSync, lock: "DEFERRED" | "IMMEDIATE", work: () => T): T {
  db.prepare(`BEGIN ${lock}`).run();
  try {
    const result = work();
    db.prepare("COMMIT").run();
    return result;
  } catch (error) {
    if (db.isTransaction) db.prepare("ROLLBACK").run();
    throw error;
  }
}
