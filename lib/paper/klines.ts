/**
 * The buckets of klines: the exchange's intervals, aligned in UTC, weeks from Monday and months by
 * the calendar (API digest, section 4.3). Knows times only; prices are the tape's.
 *
 * @module
 */

import { DAY_MS, type Interval, LENGTHS_MS } from "../intervals.ts";
import { refusal } from "./refusal.ts";

// 1970-01-05, the first Monday.
const MONDAY_MS = 4 * DAY_MS;
// The digest knows no maximum; bots assume this one.
const MAX_BUCKETS = 1000;

/**
 * The edges of the buckets that touch the time from `fromMs` to `toMs`: one more than buckets.
 *
 * @throws {Refusal} for a range that is empty or too long
 */
export function bucketEdges(interval: Interval, fromMs: number, toMs: number): number[] {
  const edges = [floorTo(interval, fromMs)];
  for (let last = edges[0] ?? 0; last <= toMs && edges.length < MAX_BUCKETS + 2; edges.push(last)) {
    last = next(interval, last);
  }
  if (toMs < fromMs || edges.length > MAX_BUCKETS + 1) {
    throw refusal("INVALID_RANGE", "Invalid time range");
  }
  return edges;
}

function floorTo(interval: Interval, timeMs: number): number {
  if (interval === "1month") {
    const date = new Date(timeMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  const origin = interval === "1w" ? MONDAY_MS : 0;
  const length = LENGTHS_MS[interval];
  return Math.floor((timeMs - origin) / length) * length + origin;
}

function next(interval: Interval, startMs: number): number {
  if (interval !== "1month") return startMs + LENGTHS_MS[interval];
  const date = new Date(startMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
