/**
 * Rows as a person reads them, and as another program does.
 *
 * @module
 */

import { compared, type Row, verdictOf } from "./_figure.ts";

/** What became of one figure: its rows, or why there are none. */
export interface Result {
  readonly figure: string;
  readonly rows: readonly Row[];
  readonly notMeasured?: string;
}

const HEAD = ["figure", "against", "theirs", "ours", "compared", "to reach", "verdict"];

/** A table in Markdown. */
export function table(results: readonly Result[]): string {
  const lines = [HEAD, HEAD.map(() => "---"), ...results.flatMap(linesOf)];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

/** The same as JSON, with the numbers unrounded. */
export function json(results: readonly Result[]): string {
  const rows = results.flatMap(({ figure, rows, notMeasured }): object[] =>
    notMeasured === undefined
      ? rows.map((row) => ({ figure, ...row, compared: compared(row), verdict: verdictOf(row) }))
      : [{ figure, notMeasured }]
  );
  return `${JSON.stringify(rows, null, 2)}\n`;
}

/** Whether a row misses its bound by more than its room. */
export function isTooFar({ rows }: Result): boolean {
  return rows.some((row) => verdictOf(row) === "TOO FAR");
}

function linesOf({ figure, rows, notMeasured }: Result): string[][] {
  if (notMeasured !== undefined) {
    return [[figure, "", "", "", "", "", `not measured: ${notMeasured}`]];
  }
  return rows.map((row) => [
    row.what,
    row.against,
    amount(row.floor, row.unit),
    amount(row.ours, row.unit),
    comparison(row),
    wanted(row),
    verdictOf(row),
  ]);
}

function comparison(row: Row): string {
  const value = compared(row);
  if (row.reach.compare === "ratio") return `${digits(value)} times`;
  if (row.reach.compare === "itself") return amount(value, row.unit);
  return `${value < 0 ? "" : "+"}${amount(value, row.unit)}`;
}

function wanted({ reach, unit }: Row): string {
  const { compare, limit, bound } = reach;
  const plus = compare === "difference" ? "+" : "";
  return `at ${limit} ${compare === "ratio" ? `${bound} times` : plus + amount(bound, unit)}`;
}

function amount(value: number, unit: string): string {
  return `${digits(value)} ${unit}`.trim();
}

/** Three digits that count; all of a larger number. */
function digits(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toString() : `${Number(value.toPrecision(3))}`;
}
