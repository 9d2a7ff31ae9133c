/**
 * Which times an axis names, and how: UTC, as round as its span allows.
 *
 * @module
 */

import { DAY_MS, HOUR_MS, MINUTE_MS } from "../intervals.ts";

const STEPS_MS = [
  ...[1000, 5000, 15_000, 30_000],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 5, 10, 30, 60, 90, 180, 365, 730, 1825].map((days) => days * DAY_MS),
];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The places in `timesMs` (ascending) to be named, about `count` of them, with their names. */
export function timeTicks(
  timesMs: readonly number[],
  count: number,
): { index: number; label: string }[] {
  const span = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0);
  const stepMs = STEPS_MS.find((step) => span / step <= count) ?? span;
  return timesMs.flatMap((timeMs, index) => {
    const before = timesMs[index - 1];
    if (before === undefined || bucket(before, stepMs) === bucket(timeMs, stepMs)) return [];
    const isNewDay = bucket(before, DAY_MS) !== bucket(timeMs, DAY_MS);
    return [{ index, label: labelOf(timeMs, isNewDay ? Math.max(stepMs, DAY_MS) : stepMs) }];
  });
}

function bucket(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs);
}

function labelOf(timeMs: number, stepMs: number): string {
  const iso = new Date(timeMs).toISOString();
  if (stepMs < MINUTE_MS) return iso.slice(11, 19);
  if (stepMs < DAY_MS) return iso.slice(11, 16);
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? "";
  if (stepMs >= 30 * DAY_MS) return `${month} ${iso.slice(0, 4)}`;
  return `${Number(iso.slice(8, 10))} ${month}`;
}
