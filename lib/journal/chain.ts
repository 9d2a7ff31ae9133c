/**
 * The chain: each row carries a SHA-256 over the hash before it and all its own columns, so that
 * a row which was changed, removed, moved or slipped in shows at the next row that is looked at.
 * Rows cut off the end show by the counter that SQLite keeps of the largest `seq` ever given.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { prepared } from "./statements.ts";

/** A row of the table, as SQLite gives it; times in Unix ms. */
export interface Row {
  /** From 1, without a gap. */
  seq: number;
  at_ms: number;
  kind: string;
  /** The `seq` of the intent that it is about. */
  intent: number | null;
  client_id: number | null;
  /** Canonical JSON. */
  body: string;
  /** SHA-256 of all else in the row and of the row before, as hexadecimal. */
  hash: string;
}

/** Up to where the chain has been followed: a row, its hash and the hash before it. */
export interface Head {
  seq: number;
  hash: string;
  /** The hash of the row before it. */
  previous: string;
}

/** Where the chain holds, or the first row where it does not. */
export type Followed = { ok: true; head: Head } | { ok: false; seq: number; problem: string };

/** Before the first row. */
export const GENESIS: Head = { seq: 0, hash: "0".repeat(64), previous: "" };

const PAGE_ROWS = 500;

/** The hash that a row must carry after `previous`. */
export function rowHash(previous: string, row: Omit<Row, "hash">): string {
  const { seq, at_ms, kind, intent, client_id, body } = row;
  const text = JSON.stringify([previous, seq, at_ms, kind, intent, client_id, body]);
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Adds a row after `head`, inside the caller's transaction; the new head.
 *
 * @throws whatever SQLite does
 */
export function addRow(
  db: DatabaseSync,
  head: Head,
  columns: Omit<Row, "seq" | "hash">,
): Head {
  const { at_ms, kind, intent, client_id, body } = columns;
  const seq = head.seq + 1;
  const hash = rowHash(head.hash, { seq, ...columns });
  prepared(db, "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)")
    .run(seq, at_ms, kind, intent, client_id, body, hash);
  return { seq, hash, previous: head.hash };
}

/** Follows the chain from a known row, which is checked once more, to the newest. */
export function follow(db: DatabaseSync, from: Head): Followed {
  const counter = largestSeq(db);
  const known = from.seq === 0 ? undefined : from;
  let head = known === undefined
    ? GENESIS
    : { seq: from.seq - 1, hash: from.previous, previous: "" };
  for (;;) {
    const rows = page(db, head.seq);
    for (const row of rows) {
      const problem = rowProblem(head, row, known);
      if (problem !== undefined) return { ok: false, seq: head.seq + 1, problem };
      head = { seq: row.seq, hash: row.hash, previous: head.hash };
    }
    if (rows.length < PAGE_ROWS) break;
  }
  if (head.seq >= Math.max(counter, from.seq)) return { ok: true, head };
  return { ok: false, seq: head.seq + 1, problem: `row ${head.seq + 1} and later are missing` };
}

/** The head `rows` rows before the newest, taken on trust; the beginning in a shorter chain. */
export function recentHead(db: DatabaseSync, rows: number): Head {
  const at = largestSeq(db) - rows;
  if (at < 2) return GENESIS;
  const hashOf = db.prepare("SELECT hash FROM entries WHERE seq = ?");
  const [before, there] = [hashOf.get(at - 1), hashOf.get(at)];
  if (before === undefined || there === undefined) return GENESIS;
  return { seq: at, hash: String(there.hash), previous: String(before.hash) };
}

function rowProblem(head: Head, row: Row, known: Head | undefined): string | undefined {
  if (row.seq !== head.seq + 1) return `row ${head.seq + 1} is missing`;
  if (row.hash !== rowHash(head.hash, row)) return `row ${row.seq} was changed`;
  if (row.seq !== known?.seq || row.hash === known.hash) return undefined;
  return `row ${row.seq} is not the one that was read before`;
}

function page(db: DatabaseSync, afterSeq: number): Row[] {
  const select = `SELECT * FROM entries WHERE seq > ? ORDER BY seq LIMIT ${PAGE_ROWS}`;
  return prepared(db, select).all(afterSeq) as unknown as Row[];
}

function largestSeq(db: DatabaseSync): number {
  const row = prepared(db, "SELECT seq FROM sqlite_sequence WHERE name = 'entries'").get();
  return Number(row?.seq ?? 0);
}
