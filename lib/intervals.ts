/**
 * The intervals of candles, as the exchange names them, and how long each is (API digest,
 * section 4.3).
 *
 * @module
 */

/** A minute. */
export const MINUTE_MS = 60_000;
/** An hour. */
export const HOUR_MS: number = 60 * MINUTE_MS;
/** Days are counted in UTC. */
export const DAY_MS = 24 * HOUR_MS;

/** The length of every interval but `1month`, which is as long as its month. */
export const LENGTHS_MS = {
  "1s": 1000,
  "1m": MINUTE_MS,
  "3m": 3 * MINUTE_MS,
  "5m": 5 * MINUTE_MS,
  "15m": 15 * MINUTE_MS,
  "30m": 30 * MINUTE_MS,
  "1h": HOUR_MS,
  "2h": 2 * HOUR_MS,
  "4h": 4 * HOUR_MS,
  "6h": 6 * HOUR_MS,
  "8h": 8 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": DAY_MS,
  "3d": 3 * DAY_MS,
  "1w": 7 * DAY_MS,
} as const;

/** A `KlineInterval`. */
export type Interval = keyof typeof LENGTHS_MS | "1month";

/** Every interval, the shortest first. */
export const INTERVALS: [Interval, ...Interval[]] = [
  ...Object.keys(LENGTHS_MS) as [Interval, ...Interval[]],
  "1month",
];
