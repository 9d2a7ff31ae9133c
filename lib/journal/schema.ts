/**
 * The tables of the journal, and the steps from each version to the next. A new file takes all the
 * steps as an old one does, so both end up with the same schema, which opening compares by text.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { prepared } from "./statements.ts";

/** "BPMJ": tells a journal from any other SQLite file. */
export const APPLICATION_ID = 0x42504d4a;

/** The states of an intent that somebody still has to find out about, as SQL lists them. */
const UNRESOLVED = "'in_flight', 'unknown'";

/** As SQL: whether the outcome in `row` leaves a cancel in doubt, or an order that may show up. */
function isWatched(row: string): string {
  return `coalesce(${row}.body ->> '$.state' = 'pending' OR ${row}.body ->> '$.by' = 'inference', 0)`;
}

/** Every intent as its newest outcome leaves it; an order stands unless it was not placed. */
const JUDGED = `
SELECT i.seq, i.body, coalesce(o.body ->> '$.state', 'in_flight') AS state,
  ${isWatched("o")} AS is_watched,
  i.client_id IS NOT NULL AND coalesce(o.body ->> '$.state' <> 'not_placed', 0) AS is_standing
FROM entries AS i LEFT JOIN entries AS o
  ON o.seq = (SELECT max(seq) FROM entries WHERE intent = i.seq AND kind = 'outcome')
WHERE i.kind = 'intent'`;

/** As SQL: whether the order has ended, its fills add up, and no exits of it may still stand. */
const CLOSED = `(i.body ->> '$.spends.exits' IS NULL AND EXISTS (SELECT 1 FROM entries
  WHERE intent = i.seq AND kind = 'noted' AND body ->> '$.event' = 'closed'))`;

/**
 * Version 0. `unresolved` repeats what the entries say, so that the question asked before every
 * order stays quick however long the journal grows; {@linkcode contradiction} compares the two.
 */
export const BASE: string = `
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  intent INTEGER REFERENCES entries (seq),
  client_id INTEGER,
  body TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TABLE unresolved (intent INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN
  SELECT RAISE(ABORT, 'rows of the journal are never changed');
END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN
  SELECT RAISE(ABORT, 'rows of the journal are never removed');
END;
CREATE TRIGGER entries_in_order BEFORE INSERT ON entries
WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entries) BEGIN
  SELECT RAISE(ABORT, 'rows of the journal are added at its end');
END;
CREATE TRIGGER unresolved_opened AFTER INSERT ON entries WHEN new.kind = 'intent' BEGIN
  INSERT INTO unresolved VALUES (new.seq);
END;
CREATE TRIGGER unresolved_judged AFTER INSERT ON entries WHEN new.kind = 'outcome' BEGIN
  DELETE FROM unresolved WHERE intent = new.intent;
  INSERT INTO unresolved SELECT new.intent WHERE new.body ->> '$.state' IN (${UNRESOLVED});
END;
`;

/** What leads from version N to N + 1, at index N. Steps are added, never changed. */
const STEPS: readonly string[] = [
  `
CREATE INDEX entries_by_kind ON entries (kind);
CREATE INDEX entries_by_time ON entries (at_ms);
CREATE INDEX entries_by_intent ON entries (intent, kind) WHERE intent IS NOT NULL;
CREATE INDEX entries_by_client ON entries (client_id, kind) WHERE client_id IS NOT NULL;
CREATE INDEX intents_by_symbol ON entries (body ->> '$.symbol') WHERE kind = 'intent';
`,
  // What is still looked for, and what may still count, of any age: lists like `unresolved`.
  `
CREATE TABLE watched (intent INTEGER PRIMARY KEY) STRICT;
CREATE TABLE standing (intent INTEGER PRIMARY KEY) STRICT;
CREATE TRIGGER lists_judged AFTER INSERT ON entries WHEN new.kind = 'outcome' BEGIN
  DELETE FROM watched WHERE intent = new.intent;
  INSERT INTO watched SELECT new.intent WHERE ${isWatched("new")};
  DELETE FROM standing WHERE intent = new.intent;
  INSERT INTO standing SELECT new.intent WHERE new.body ->> '$.state' <> 'not_placed' AND
    (SELECT client_id FROM entries WHERE seq = new.intent) IS NOT NULL;
END;
CREATE TRIGGER standing_closed AFTER INSERT ON entries
WHEN new.kind = 'noted' AND new.body ->> '$.event' = 'closed' BEGIN
  DELETE FROM standing WHERE intent = new.intent AND
    (SELECT body ->> '$.spends.exits' FROM entries WHERE seq = new.intent) IS NULL;
END;
INSERT INTO watched SELECT seq FROM (${JUDGED}) AS i WHERE i.is_watched;
INSERT INTO standing SELECT seq FROM (${JUDGED}) AS i WHERE i.is_standing AND NOT ${CLOSED};
`,
];

/** The version that this program writes. */
export const VERSION: number = STEPS.length;

/** Whose file it is and its version, inside a transaction; `fresh`: nothing was ever written to it. */
export function identify(db: DatabaseSync): { ours: boolean; fresh: boolean; version: number } {
  const id = pragma(db, "application_id");
  const version = pragma(db, "user_version");
  const objects = prepared(db, "SELECT count(*) AS n FROM sqlite_schema").get()?.n;
  return {
    ours: id === APPLICATION_ID,
    fresh: id === 0 && version === 0 && objects === 0,
    version,
  };
}

/** Makes the tables of version 0, inside the caller's transaction. */
export function createTables(db: DatabaseSync): void {
  db.exec(BASE);
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
}

/** Takes the steps from `version` to {@linkcode VERSION}, inside the caller's transaction. */
export function upgrade(db: DatabaseSync, version: number): void {
  for (const step of STEPS.slice(version)) db.exec(step);
  db.exec(`PRAGMA user_version = ${VERSION}`);
}

/** What is wrong with the pages of the file, or with indexes that do not fit their table. */
export function pageProblem(db: DatabaseSync): string | undefined {
  const [found] = Object.values(db.prepare("PRAGMA integrity_check(1)").get() ?? {});
  return found === "ok" ? undefined : String(found).replaceAll("\n", " ");
}

/** What else beside the chain contradicts itself: the schema, or a list of intents. */
export function contradiction(db: DatabaseSync): string | undefined {
  if (schemaText(db) !== expectedSchema()) return "its tables are not those of a journal";
  const misfiled = Object.values(db.prepare(MISFILED).get() ?? {});
  const list = LISTS.find((_, index) => misfiled[index] !== 0);
  return list && `its list of ${list} intents does not fit its entries`;
}

/** The lists that repeat what the entries say. */
const LISTS = ["unresolved", "watched", "standing"] as const;

/**
 * For each list 0 if it holds the intents that it must and nothing else; an order that was closed
 * and judged once more may be among those that stand, where it does no harm.
 */
const MISFILED = `
WITH judged AS MATERIALIZED (${JUDGED})
SELECT
  (SELECT count(*) FROM judged WHERE (state IN (${UNRESOLVED})) <> (seq IN unresolved)) +
    (SELECT count(*) FROM unresolved WHERE intent NOT IN (SELECT seq FROM judged)),
  (SELECT count(*) FROM judged WHERE is_watched <> (seq IN watched)) +
    (SELECT count(*) FROM watched WHERE intent NOT IN (SELECT seq FROM judged)),
  (SELECT count(*) FROM judged AS i WHERE is_standing AND seq NOT IN standing AND NOT ${CLOSED}) +
    (SELECT count(*) FROM standing WHERE intent NOT IN (SELECT seq FROM judged WHERE is_standing))`;

let expected: string | undefined;

function expectedSchema(): string {
  if (expected !== undefined) return expected;
  const db = new DatabaseSync(":memory:");
  db.exec(BASE);
  upgrade(db, 0);
  expected = schemaText(db);
  db.close();
  return expected;
}

function schemaText(db: DatabaseSync): string {
  const rows = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name")
    .all();
  return JSON.stringify(rows);
}

function pragma(db: DatabaseSync, name: string): number {
  return Number(prepared(db, `PRAGMA ${name}`).get()?.[name]);
}
