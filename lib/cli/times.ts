/**
 * Times as a person reads them.
 *
 * @module
 */

/**
 * A time in UTC to the second.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(timeText(1767225600000), "2026-01-01 00:00:00Z");
 * ```
 */
export function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/**
 * A duration in its two largest units.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(durationText(3_723_000), "1 h 2 min");
 * ```
 */
export function durationText(durationMs: number): string {
  let rest = Math.max(0, Math.round(durationMs / 1000));
  const parts = UNITS.map(([unit, seconds]) => {
    const count = Math.floor(rest / seconds);
    rest %= seconds;
    return { unit, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(({ count }) => count > 0)
    .map(({ unit, count }) => `${count} ${unit}`).join(" ");
}
