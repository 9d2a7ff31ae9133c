/**
 * One page of a history, and the cursor to the next.
 *
 * @module
 */

import { cursorOf, placeOf } from "./cursor.ts";
import { type History, HistoryReader, type Place } from "./reader.ts";

/** Which page. */
export interface Paging {
  /** The most rows that the answer may hold; 100 unless given. */
  limit?: number | undefined;
  /** What the page before was answered with; the head of the history without it. */
  cursor?: string | undefined;
}

/** How a page is made. */
export interface PageRequest<Row> extends Paging {
  /** What was asked, in any words: a cursor is good for the same question only. */
  question: string;
  /** Sees every row from the cursor on, not only this page's, up to the reader's bound. */
  onEvery?: (row: Row) => void;
}

/** One page. */
export interface Listing<Row> {
  rows: Row[];
  /** To the next page; absent on the last. */
  nextCursor?: string;
  /** How many rows there are in all, where the exchange says so. */
  total?: number;
}

const DEFAULT_ROWS = 100;

/**
 * One page of `history`; `isAtEnd` says whether the reader came to the end of it.
 *
 * @throws {DeskError} `invalid_input` for a cursor of another question
 */
export async function listPage<Row>(
  history: History<Row>,
  request: PageRequest<Row>,
): Promise<Listing<Row> & { isAtEnd: boolean }> {
  const { limit = DEFAULT_ROWS, cursor, question, onEvery } = request;
  const start = cursor === undefined ? undefined : placeOf(cursor, question);
  const reader = new HistoryReader(history, start);
  const rows: Row[] = [];
  let [end, hasMore]: [Place | undefined, boolean] = [start, false];
  for await (const row of reader.rows(onEvery === undefined ? limit + 1 : Infinity)) {
    onEvery?.(row);
    hasMore = rows.length === limit;
    if (hasMore && onEvery === undefined) break;
    if (hasMore) continue;
    rows.push(row);
    end = reader.place;
  }
  // A reader that gave up has come further than the last row it gave.
  if (!hasMore && !reader.isAtEnd) [end, hasMore] = [reader.place, true];
  return {
    rows,
    ...(hasMore && end !== undefined ? { nextCursor: cursorOf(end, question) } : {}),
    ...(reader.total === undefined ? {} : { total: reader.total }),
    isAtEnd: reader.isAtEnd,
  };
}

/** The members that have a value. */
export function given<T extends object>(
  members: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
