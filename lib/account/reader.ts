/**
 * Reads a history row by row although rows arrive at its head between two requests and shift
 * everything behind them: no row comes twice, and none is lost.
 *
 * The exchange pages by offset (API digest, section 8). So a reader remembers the moment that it
 * has come to and which rows of that moment it has given, starts the next page where that moment
 * began, and passes over what is newer or was given. Rows of one moment may come in any order. One
 * that stands twice in a reply is given once where its ids tell; without them, two alike may be two.
 *
 * @module
 */

import type { Page } from "../exchange.ts";

/** How far a history has been read. */
export interface Place {
  /** Where the rows of the last moment began when they were read. */
  readonly offset: number;
  /** The last moment, Unix ms. */
  readonly timeMs: number;
  /** The rows of that moment that were given, by their keys. */
  readonly keys: readonly string[];
}

/** A history of the exchange's. */
export interface History<Row> {
  /** The rows of a window. */
  page(window: { limit: number; offset: number }): Promise<Page<Row>>;
  /** When a row happened, Unix ms; by it the rows are sorted. */
  timeOf(row: Row): number;
  /** What tells a row from others of the same moment. */
  keyOf(row: Row): string;
  /** Whether that key is the row's own: a second row of the same moment under it is the same again. */
  hasOwnKey(row: Row): boolean;
}

/** The most rows that the exchange gives at once. */
const MAX_PAGE_ROWS = 1000;
const MAX_PAGES = 10;
/** The most rows that one reader reads. */
export const MAX_ROWS: number = MAX_PAGE_ROWS * MAX_PAGES;

/** Reads a history from its head, or on from a place. */
export class HistoryReader<Row> {
  readonly #history: History<Row>;
  #place: Place | undefined;
  #total: number | undefined;
  #isAtEnd = false;

  /** Reads nothing yet; `place` is where an earlier reader stood. */
  constructor(history: History<Row>, place?: Place) {
    this.#history = history;
    this.#place = place;
  }

  /** Behind the last row that was given; `undefined` before the first. */
  get place(): Place | undefined {
    return this.#place;
  }

  /** How many rows the history has in all, if the exchange says so. */
  get total(): number | undefined {
    return this.#total;
  }

  /** Whether every row has been given; false when a reader gave up at its bound. */
  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** The rows from the place on; `expected` is how many its caller is likely to take. */
  async *rows(expected: number): AsyncGenerator<Row, void, void> {
    let limit = Math.min(expected + (this.#place?.keys.length ?? 0), MAX_PAGE_ROWS);
    // Rows of the last moment that fill whole pages and were all given.
    let given = 0;
    for (let page = 0; page < MAX_PAGES; page++, limit = MAX_PAGE_ROWS) {
      const before = this.#place;
      const offset = (before?.offset ?? 0) + given;
      const { rows, total } = await this.#history.page({ limit, offset });
      this.#total = total;
      if (given === 0 && this.#hasShrunk(rows)) {
        this.#moveTo(0);
        continue;
      }
      yield* this.#unseen(rows, offset);
      const isFull = rows.length === limit;
      const isNews = before !== this.#place;
      const isCut = isFull || (isNews && (total ?? 0) > offset + rows.length);
      if (!isCut) {
        this.#isAtEnd = true;
        return;
      }
      if (before?.offset !== this.#place?.offset) given = 0;
      // A page that was too short for repetitions is read again at its full length.
      else if (!isNews && limit === MAX_PAGE_ROWS) given += rows.length;
    }
  }

  *#unseen(rows: readonly Row[], offset: number): Generator<Row, void, void> {
    const { timeMs = Infinity, keys = [] } = this.#place ?? {};
    const seen = [...keys];
    let isBefore = this.#place !== undefined;
    for (const [index, row] of rows.entries()) {
      isBefore &&= this.#history.timeOf(row) > timeMs;
      if (isBefore) {
        this.#moveTo(offset + index + 1);
        continue;
      }
      const isOfMoment = this.#history.timeOf(row) === timeMs;
      const found = isOfMoment ? seen.indexOf(this.#keyOf(row)) : -1;
      if (found >= 0) seen.splice(found, 1);
      else if (!this.#isRepeated(row)) {
        this.#pass(row, offset + index);
        yield row;
      }
    }
  }

  #isRepeated(row: Row): boolean {
    if (this.#history.timeOf(row) !== this.#place?.timeMs || !this.#history.hasOwnKey(row)) {
      return false;
    }
    return this.#place.keys.includes(this.#keyOf(row));
  }

  #pass(row: Row, offset: number): void {
    const timeMs = this.#history.timeOf(row);
    const key = this.#keyOf(row);
    const place = this.#place;
    this.#place = place?.timeMs === timeMs
      ? { ...place, keys: [...place.keys, key] }
      : { offset, timeMs, keys: [key] };
  }

  /** Fit to stand in a cursor, whatever the exchange wrote. */
  #keyOf(row: Row): string {
    return this.#history.keyOf(row).replace(/[^\w.:-]/g, "_");
  }

  #moveTo(offset: number): void {
    if (this.#place !== undefined) this.#place = { ...this.#place, offset };
  }

  /** Whether rows before the place are gone: it then no longer begins with a row of its moment. */
  #hasShrunk(rows: readonly Row[]): boolean {
    if (this.#place === undefined || this.#place.offset === 0) return false;
    const [first] = rows;
    return first === undefined || this.#history.timeOf(first) < this.#place.timeMs;
  }
}
