/**
 * The stretch of time that a question for candles means (API digest, section 4.3).
 *
 * @module
 */

import { DeskError } from "../errors.ts";
import { DAY_MS, type Interval, INTERVALS, LENGTHS_MS } from "../intervals.ts";
import { isoTime } from "./time.ts";

/** The most candles of one answer. */
export const MAX_CANDLES = 300;
const DEFAULT_CANDLES = 100;

/** What is asked for; times in Unix ms. */
export interface WindowQuery {
  readonly interval: Interval;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** At most so many candles. */
  readonly limit?: number | undefined;
}

/** The candles to answer with: those that begin before `toMs`, the last `count` at most. */
export interface Window {
  /** Unix ms, where a candle begins. */
  readonly fromMs: number;
  /** Unix ms; not part of it. */
  readonly toMs: number;
  readonly count: number;
}

/**
 * The stretch of time that a question means. It ends at `to`, or now; it begins at `from`, or as
 * many intervals before its end as `limit` says, whichever is later.
 *
 * @throws {DeskError} `invalid_input` for a stretch that is empty, in the future or too long
 */
export function windowOf({ interval, from, to, limit }: WindowQuery, nowMs: number): Window {
  const lengthMs = lengthMsOf(interval);
  const toMs = Math.min(to ?? nowMs, nowMs);
  const count = limit ?? (from === undefined ? DEFAULT_CANDLES : MAX_CANDLES);
  const isLimited = limit !== undefined || from === undefined;
  const fromMs = Math.max(from ?? 0, isLimited ? toMs - count * lengthMs : 0, 0);
  if (fromMs >= toMs) throw emptyWindow(fromMs, nowMs);
  const candles = Math.ceil((toMs - fromMs) / lengthMs);
  if (candles > MAX_CANDLES) throw tooLong(interval, candles, toMs - fromMs);
  return { fromMs, toMs, count };
}

/** Every month counts as the longest, so that a window for some months is never too short. */
function lengthMsOf(interval: Interval): number {
  return interval === "1month" ? 31 * DAY_MS : LENGTHS_MS[interval];
}

function emptyWindow(fromMs: number, nowMs: number): DeskError {
  const why = fromMs >= nowMs ? "from is not in the past" : "from is not before to";
  return new DeskError("invalid_input", `Cannot read candles: ${why}`, {
    hint: `It is ${isoTime(nowMs)} at the exchange`,
  });
}

function tooLong(interval: Interval, candles: number, spanMs: number): DeskError {
  const fitting = INTERVALS.find((name) => spanMs / lengthMsOf(name) <= MAX_CANDLES);
  const last = "give limit to see the last ones";
  return new DeskError(
    "invalid_input",
    `Cannot read candles: that is ${candles} of ${interval}, and one answer has at most ` +
      `${MAX_CANDLES}`,
    {
      hint: fitting === undefined
        ? `Give a shorter window, or ${last}`
        : `Take interval ${fitting}, or ${last}`,
    },
  );
}
