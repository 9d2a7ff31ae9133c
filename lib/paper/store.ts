/**
 * The file of the paper account. Each request that may change it is one SQLite transaction, so that
 * a killed process leaves what it had answered and nothing half done. Processes share the file: a
 * revision tells each whether another one has written since it last read.
 *
 * State, and not a log of requests to be replayed: a replay would come out differently after an
 * upgrade, and fills at live prices can't be worked out again.
 *
 * @module
 */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { SavedAccount, SavedBook } from "./saved.ts";

/** "BPMP": tells a paper account from any other SQLite file. */
const APPLICATION_ID = 0x42504d50;
const VERSION = 1;

const TABLES = `
CREATE TABLE book (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL, body TEXT) STRICT;
CREATE TABLE orders (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
CREATE TABLE fills (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
CREATE TABLE funding (seq INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
INSERT INTO book VALUES (1, 0, NULL);
PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${VERSION};
`;

/** Rows that are new or changed. */
export interface Changes {
  readonly book: SavedBook;
  /** By id. */
  readonly orders: readonly (readonly [id: string, row: string])[];
  /** New ones only. */
  readonly fills: readonly string[];
  /** New ones only. */
  readonly funding: readonly string[];
}

/** The file of one paper account. */
export class PaperStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /**
   * Opens or makes the file at `path`.
   *
   * @throws {Error} if it can't be written or is not a paper account; nothing is overwritten
   */
  static open(path: string): PaperStore {
    const db = new DatabaseSync(path);
    try {
      for (const pragma of ["busy_timeout = 5000", "journal_mode = WAL", "synchronous = FULL"]) {
        db.prepare(`PRAGMA ${pragma}`).all();
      }
      const store = new PaperStore(db);
      store.transact(() => prepare(db, path));
      return store;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Counts the changes of the account; another process's too. */
  get revision(): number {
    return Number(this.#prepared("SELECT revision FROM book").get()?.revision);
  }

  /** Does `work` while no other process can write; nothing of it remains if it throws. */
  transact<T>(work: () => T): T {
    this.#prepared("BEGIN IMMEDIATE").run();
    try {
      const result = work();
      this.#prepared("COMMIT").run();
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#prepared("ROLLBACK").run();
      throw error;
    }
  }

  /** What is kept; `undefined` before anything is. */
  load(): SavedAccount | undefined {
    const body = this.#prepared("SELECT body FROM book").get()?.body;
    if (typeof body !== "string") return undefined;
    const rows = { orders: this.#rows("orders"), fills: this.#rows("fills") };
    return { book: JSON.parse(body), ...rows, funding: this.#rows("funding") };
  }

  /** Keeps changes, inside {@linkcode transact}. */
  save({ book, orders, fills, funding }: Changes): void {
    const change = "UPDATE book SET revision = revision + 1, body = ?";
    this.#prepared(change).run(JSON.stringify(book));
    const order = this.#prepared("INSERT OR REPLACE INTO orders VALUES (?, ?)");
    for (const [id, row] of orders) order.run(Number(id), row);
    for (const [table, rows] of Object.entries({ fills, funding })) {
      const insert = this.#prepared(`INSERT INTO ${table} (body) VALUES (?)`);
      for (const row of rows) insert.run(row);
    }
  }

  /** Forgets everything, and starts with what is given; every process notices. */
  reset(book: SavedBook): void {
    this.transact(() => {
      this.#db.exec("DELETE FROM orders; DELETE FROM fills; DELETE FROM funding");
      this.save({ book, orders: [], fills: [], funding: [] });
    });
  }

  /** Closes the file. */
  close(): void {
    this.#db.close();
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Prepared once: one that is thrown away keeps its memory until the next collection of garbage. */
  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #rows(table: "orders" | "fills" | "funding"): string[] {
    const rows = this.#prepared(`SELECT body FROM ${table} ORDER BY rowid`).all();
    return rows.map(({ body }) => String(body));
  }
}

function prepare(db: DatabaseSync, path: string): void {
  const pragma = (name: string): unknown => db.prepare(`PRAGMA ${name}`).get()?.[name];
  const objects = db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.n;
  if (objects === 0) return db.exec(TABLES);
  if (pragma("application_id") !== APPLICATION_ID) {
    throw new Error(`${path} is not a paper account of this program`);
  }
  if (pragma("user_version") === VERSION) return;
  throw new Error(`${path} was written by another version of backpack-mcp`);
}
