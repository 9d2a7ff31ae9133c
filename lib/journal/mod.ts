/**
 * The journal of effects: what the desk was about to do, what became of it, and who said yes.
 * Append-only, chained by hashes, in one SQLite file that every process of the owner shares.
 * A check and the intent it leads to belong in one {@linkcode Journal.transact}, so that of two
 * processes the second sees what the first has reserved. The file is only ever opened by SQLite:
 * closing any other handle on it in this process would drop the locks that SQLite holds.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { canonicalJson } from "./canonical.ts";
import { addRow, follow, GENESIS, type Head } from "./chain.ts";
import { unhurried } from "./durability.ts";
import { checkEntry, type NewEntry } from "./entry.ts";
import { guarded, JournalError } from "./error.ts";
import { openDatabase } from "./open.ts";
import {
  type Entry,
  type EntryFilter,
  type EntryKind,
  type Intent,
  type IntentFilter,
  selectEntries,
  selectIntents,
} from "./queries.ts";
import { contradiction, identify, pageProblem, VERSION } from "./schema.ts";
import { prepared } from "./statements.ts";

export { JournalError, type JournalProblem } from "./error.ts";
export type {
  Entry,
  EntryFilter,
  EntryKind,
  Intent,
  IntentFilter,
  IntentState,
} from "./queries.ts";

/** The file, as `lib/program/` sees it; the caller makes its directory (0700) and the file (0600). */
export interface JournalFile {
  /** An absolute path. SQLite puts `-wal` and `-shm` beside it, with the mode of the file. */
  path: string;
  /** Device and inode of the file at that path now; undefined when there is none. */
  identity(): string | undefined;
}

/** What {@linkcode Journal.verify} found: `seq` is the first row in doubt, 0 for the whole file. */
export type Verdict =
  | { ok: true; entries: number; hash: string }
  | { ok: false; seq: number; problem: string };

/** An open journal. */
export class Journal {
  readonly #file: JournalFile;
  readonly #now: () => number;
  readonly #db: DatabaseSync;
  readonly #identity: string;
  /** When the journal was made, Unix ms. */
  readonly createdAtMs: number;
  /** The newest row that this process has checked or written. */
  #head: Head;
  /** SQLite's count of other connections' commits, when {@linkcode Journal.#head} was the newest row. */
  #commitsSeen: unknown;
  /** The newest row of each kind that this process has committed. */
  readonly #committed = new Map<EntryKind, number>();
  /** Of the open transaction. */
  readonly #appended = new Set<EntryKind>();
  #writing = false;
  /** A failure inside a transaction, which then must not be committed even if it was caught. */
  #broken: unknown;

  private constructor(file: JournalFile, now: () => number) {
    this.#file = file;
    this.#now = now;
    const { db, head } = openDatabase(file.path, Math.trunc(now()));
    this.#db = db;
    this.#head = head;
    try {
      this.#identity = this.#identityNow() ?? "";
      if (this.#identity === "") throw new JournalError("gone", file.path, "there is no file");
      this.createdAtMs = this.#firstEntry().atMs;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /**
   * Opens the journal, or makes one where there is no file or an empty one. An older version is
   * brought up to date. `now` is in Unix ms.
   *
   * @throws {JournalError}
   */
  static open(file: JournalFile, now: () => number): Journal {
    return new Journal(file, now);
  }

  /**
   * Does `work`, which must be synchronous, in one transaction that no other process can come
   * between. What it appended is on the disk when this returns; when it throws, nothing is.
   *
   * @throws {JournalError} when that can't be had; whatever `work` throws
   */
  transact<T>(work: () => T): T {
    if (this.#writing) throw new TypeError("a transaction of the journal is open already");
    guarded(this.#file.path, () => prepared(this.#db, "BEGIN IMMEDIATE").run());
    this.#writing = true;
    this.#broken = undefined;
    let before = this.#head;
    try {
      this.#catchUp();
      before = this.#head;
      const result = work();
      if (result instanceof Promise) throw new TypeError("work on the journal must not wait");
      this.#commit();
      return result;
    } catch (error) {
      this.#head = before;
      this.#rollBack();
      throw error;
    } finally {
      this.#writing = false;
      this.#appended.clear();
    }
  }

  /**
   * The same without waiting for the disk: every process sees it, but a machine that loses its
   * power may lose it. For what is only good to know.
   */
  transactUnhurried<T>(work: () => T): T {
    return unhurried(this.#db, () => this.transact(work));
  }

  /**
   * Adds an entry and returns its `seq`; only inside {@linkcode transact}.
   *
   * @throws {JournalError}
   */
  append(kind: EntryKind, entry: NewEntry): number {
    if (!this.#writing) throw new TypeError("entries are appended inside a transaction");
    checkEntry(kind, entry);
    const columns = {
      at_ms: Math.trunc(this.#now()),
      kind,
      intent: entry.intent ?? null,
      client_id: entry.clientId ?? null,
      body: canonicalJson(entry.body),
    };
    try {
      this.#head = guarded(this.#file.path, () => addRow(this.#db, this.#head, columns));
    } catch (error) {
      this.#broken = error;
      throw error;
    }
    this.#appended.add(kind);
    return this.#head.seq;
  }

  /**
   * The intents that fit, newest first, as of now or of the open transaction.
   *
   * @throws {JournalError}
   */
  intents(filter: IntentFilter): Intent[] {
    return guarded(this.#file.path, () => selectIntents(this.#db, filter));
  }

  /**
   * The entries that fit, oldest first unless asked otherwise.
   *
   * @throws {JournalError}
   */
  *entries(filter: EntryFilter): Generator<Entry, void> {
    const rows = selectEntries(this.#db, filter);
    for (;;) {
      const next = guarded(this.#file.path, () => rows.next());
      if (next.done) return;
      yield next.value;
    }
  }

  /** Walks the whole chain and checks all else in the file; about a second for 100,000 rows. */
  verify(): Verdict {
    try {
      return guarded(this.#file.path, () => this.#verify());
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      return { ok: false, seq: 0, problem: error.problem };
    }
  }

  /**
   * Another text after each commit of another process, and after each of our own that added an entry
   * of one of these kinds; `undefined` while a transaction has added one, which may yet be taken
   * back.
   *
   * @throws {JournalError}
   */
  version(kinds: readonly EntryKind[]): string | undefined {
    if (kinds.some((kind) => this.#appended.has(kind))) return undefined;
    const own = kinds.map((kind) => this.#committed.get(kind) ?? 0);
    return `${guarded(this.#file.path, () => this.#commitsOfOthers())}/${Math.max(...own)}`;
  }

  /** The hash of the newest row, of any process; kept elsewhere, it proves that no row was lost. */
  get newestHash(): string {
    const newest = "SELECT hash FROM entries ORDER BY seq DESC LIMIT 1";
    const row = guarded(this.#file.path, () => this.#db.prepare(newest).get());
    return String(row?.hash);
  }

  /** Closes the file; the journal can't be used any more. */
  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  /** For `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Nothing is written to a file that was swapped, updated or rewritten under our hands. */
  #catchUp(): void {
    this.#checkFile();
    guarded(this.#file.path, () => {
      const commits = this.#commitsOfOthers();
      if (commits === this.#commitsSeen) return;
      const { ours, version } = identify(this.#db);
      if (!ours) throw this.#error("damaged", "it is not a journal of this program any more");
      if (version !== VERSION) throw this.#error("newer", `its version is now ${version}`);
      const followed = follow(this.#db, this.#head);
      if (!followed.ok) throw this.#error("damaged", followed.problem);
      this.#head = followed.head;
      this.#commitsSeen = commits;
    });
  }

  /** SQLite tells of every commit through another connection, of this process too. */
  #commitsOfOthers(): unknown {
    return prepared(this.#db, "PRAGMA data_version").get()?.data_version;
  }

  #commit(): void {
    if (this.#broken !== undefined) throw this.#broken;
    // Once more: an intent in a file that nobody will ever read again must not lead to an effect.
    this.#checkFile();
    guarded(this.#file.path, () => prepared(this.#db, "COMMIT").run());
    for (const kind of this.#appended) this.#committed.set(kind, this.#head.seq);
  }

  /** SQLite itself rolls back after some failures, such as a full disk. */
  #rollBack(): void {
    if (!this.#db.isOpen || !this.#db.isTransaction) return;
    guarded(this.#file.path, () => prepared(this.#db, "ROLLBACK").run());
  }

  #checkFile(): void {
    const there = this.#identityNow();
    if (there === this.#identity) return;
    const what = there === undefined ? "there is no file now" : "another file is in its place";
    throw this.#error("gone", what);
  }

  #identityNow(): string | undefined {
    try {
      return this.#file.identity();
    } catch (error) {
      throw this.#error("unwritable", "the file can't be looked at", error);
    }
  }

  #verify(): Verdict {
    const problem = pageProblem(this.#db) ?? contradiction(this.#db);
    const followed = follow(this.#db, GENESIS);
    if (!followed.ok) return followed;
    if (problem !== undefined) return { ok: false, seq: 0, problem };
    const known = follow(this.#db, this.#head);
    if (!known.ok) return known;
    return { ok: true, entries: followed.head.seq, hash: followed.head.hash };
  }

  #firstEntry(): Entry {
    const [first] = this.entries({ limit: 1 });
    if (first?.kind === "opened") return first;
    throw this.#error("damaged", "its first entry does not say when it was made");
  }

  #error(reason: JournalError["reason"], problem: string, cause?: unknown): JournalError {
    return new JournalError(reason, this.#file.path, problem, cause);
  }
}
