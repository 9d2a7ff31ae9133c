/**
 * The reads: entries in either order, and intents with what became of them. Each goes through an
 * index, and entries come a page at a time, so that no statement stays open between two of them.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import type { Row } from "./chain.ts";
import { prepared } from "./statements.ts";

/**
 * What a row records. `opened`: the journal was made; `intent`: an effect is about to leave;
 * `outcome`: what became of it; `delivered`: its answer went to the caller; `asked`, `approved`: the
 * person's word on it; `halted`, `resumed`: the desk; `noted`: anything else.
 */
export type EntryKind =
  | "opened"
  | "intent"
  | "outcome"
  | "delivered"
  | "asked"
  | "approved"
  | "halted"
  | "resumed"
  | "noted";

/** One row of the journal. */
export interface Entry {
  /** From 1, without gaps. */
  seq: number;
  /** When it was written, Unix ms, by the clock that the journal was given. */
  atMs: number;
  kind: EntryKind;
  /** The `seq` of the intent that it is about. */
  intent: number | undefined;
  /** Of an order, or of what is about one. */
  clientId: number | undefined;
  /** JSON; money is text. */
  body: Record<string, unknown>;
  /** SHA-256 over the previous row's hash and this row, hex. */
  hash: string;
}

/**
 * The `state` of the newest outcome's body, `in_flight` before there is one. An open set;
 * `in_flight` and `unknown` are the two that are unresolved.
 */
export type IntentState = string;

/** An effect that was about to leave, with what is known of it. */
export interface Intent {
  /** Its row. */
  seq: number;
  /** When it was committed, Unix ms. */
  atMs: number;
  clientId: number | undefined;
  /** The tool that asked for it. */
  tool: string;
  symbol: string;
  /** The fingerprint of the API key. */
  key: string;
  /** What was asked for, as the tool took it. */
  request: Record<string, unknown>;
  /** The whole body, in which tool, symbol, key and request are members. */
  body: Record<string, unknown>;
  /** As of the latest outcome. */
  state: IntentState;
  /** The newest outcome. */
  outcome: Entry | undefined;
}

/** Which intents: all conditions hold. */
export interface IntentFilter {
  /** Only this row. */
  seq?: number;
  clientId?: number;
  /** At this time or later, Unix ms. */
  sinceMs?: number;
  /** Only those whose outcome is still to be found out. */
  unresolved?: boolean;
  /**
   * `watched`: only cancels whose end is not known and orders that were called absent. `standing`: only
   * orders that may still fill, or whose take-profit or stop-loss may. Some that have ended may be
   * among them.
   */
  among?: "watched" | "standing";
  /** At most so many of the newest; without it, all. */
  limit?: number;
}

/** Which entries: all conditions hold. */
export interface EntryFilter {
  /** This row or a later one. */
  sinceSeq?: number;
  /** At this time or later, Unix ms. */
  sinceMs?: number;
  kind?: EntryKind;
  /** About this intent, by its `seq`. */
  intent?: number;
  clientId?: number;
  /** At most so many. */
  limit?: number;
  /** Otherwise the oldest come first. */
  newestFirst?: boolean;
}

/**
 * `kind = +?` and `LIMIT +?`, since SQLite plans by the value of a bare `?` there, and so reads the
 * whole statement anew whenever one is bound: 25 µs instead of 1.
 */
type Condition = readonly [sql: string, value: number | string | undefined];
type IntentRow = Row & { [name in `o_${keyof Row}`]: never };

const PAGE_ROWS = 500;

/** SQLite would go through every row of a kind instead, however few are of that time. */
const BY_TIME = " INDEXED BY entries_by_time";

const INTENTS = `
SELECT i.*, o.seq AS o_seq, o.at_ms AS o_at_ms, o.kind AS o_kind, o.intent AS o_intent,
  o.client_id AS o_client_id, o.body AS o_body, o.hash AS o_hash
FROM entries AS i LEFT JOIN entries AS o
  ON o.seq = (SELECT max(seq) FROM entries WHERE intent = i.seq AND kind = 'outcome')
WHERE i.kind = 'intent'`;
const INTENTS_BY_TIME = INTENTS.replace(" AS i", ` AS i${BY_TIME}`);

/**
 * The intents that fit, newest first.
 *
 * @throws whatever SQLite and JSON do
 */
export function selectIntents(db: DatabaseSync, filter: IntentFilter): Intent[] {
  const { sql, values } = where([
    ["i.seq = ?", filter.seq],
    ["i.client_id = ?", filter.clientId],
    ["i.at_ms >= ?", filter.sinceMs],
  ]);
  const { sinceMs, ...others } = filter;
  const isByTime = sinceMs !== undefined && Object.keys(others).length === 0;
  const all = `${isByTime ? INTENTS_BY_TIME : INTENTS}${sql}${listed(filter)}`;
  const statement = prepared(db, `${all} ORDER BY i.seq DESC LIMIT +?`);
  return statement.all(...values, filter.limit ?? -1)
    .map((row) => toIntent(row as unknown as IntentRow));
}

/** The conditions that a table of the schema answers. */
function listed({ unresolved, among }: IntentFilter): string {
  const list = (is: string, table: string): string =>
    ` AND i.seq ${is} (SELECT intent FROM ${table})`;
  const doubt = unresolved === undefined ? "" : list(unresolved ? "IN" : "NOT IN", "unresolved");
  return doubt + (among === undefined ? "" : list("IN", among));
}

/**
 * The entries that fit, oldest first unless asked otherwise.
 *
 * @throws whatever SQLite and JSON do
 */
export function* selectEntries(db: DatabaseSync, filter: EntryFilter): Generator<Entry> {
  const newestFirst = filter.newestFirst ?? false;
  const { kind, sinceMs, intent, clientId } = filter;
  const isByTime = kind !== undefined && sinceMs !== undefined;
  const by = isByTime && intent === undefined && clientId === undefined ? BY_TIME : "";
  // One bound for each end: of two lower ones SQLite begins at either, and reads all in between.
  let { sinceSeq } = filter;
  let before: number | undefined;
  for (let left = filter.limit ?? Infinity; left > 0;) {
    const { sql, values } = where([
      ["seq >= ?", sinceSeq],
      ["seq < ?", before],
      ["at_ms >= ?", filter.sinceMs],
      ["kind = +?", filter.kind],
      ["intent = ?", filter.intent],
      ["client_id = ?", filter.clientId],
    ]);
    const order = `ORDER BY seq ${newestFirst ? "DESC" : "ASC"} LIMIT +?`;
    const wanted = Math.min(left, PAGE_ROWS);
    const statement = prepared(db, `SELECT * FROM entries${by} WHERE true${sql} ${order}`);
    const rows = statement.all(...values, wanted) as unknown as Row[];
    yield* rows.map(toEntry);
    const last = rows.at(-1)?.seq ?? 0;
    if (newestFirst) before = last;
    else sinceSeq = last + 1;
    left = rows.length < wanted ? 0 : left - wanted;
  }
}

function where(conditions: readonly Condition[]): { sql: string; values: (number | string)[] } {
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    sql: given.map(([sql]) => ` AND ${sql}`).join(""),
    values: given.map(([, value]) => value as number | string),
  };
}

function toIntent(row: IntentRow): Intent {
  const { seq, atMs, clientId, body } = toEntry(row);
  const outcome = row.o_seq === null ? undefined : toEntry({
    seq: row.o_seq,
    at_ms: row.o_at_ms,
    kind: row.o_kind,
    intent: row.o_intent,
    client_id: row.o_client_id,
    body: row.o_body,
    hash: row.o_hash,
  });
  return {
    ...{ seq, atMs, clientId, body, outcome },
    tool: String(body.tool),
    symbol: String(body.symbol),
    key: String(body.key),
    request: body.request as Record<string, unknown>,
    state: outcome === undefined ? "in_flight" : String(outcome.body.state),
  };
}

function toEntry(row: Row): Entry {
  return {
    seq: row.seq,
    atMs: row.at_ms,
    kind: row.kind as EntryKind,
    intent: row.intent ?? undefined,
    clientId: row.client_id ?? undefined,
    body: JSON.parse(row.body),
    hash: row.hash,
  };
}
