/**
 * Aligned columns for a person's eyes. Every cell is cleaned, whoever wrote it.
 *
 * @module
 */

import { plainText } from "../quote.ts";

/** A column: its heading, and whether it holds numbers, which are aligned at their end. */
export interface Column {
  readonly heading: string;
  readonly isNumber?: boolean;
}

/**
 * The rows under their headings; a column that no row fills is left out.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const columns = [{ heading: "asset" }, { heading: "total", isNumber: true }];
 * assertEquals(table(columns, [["SOL", "12.5"], ["USDC", "3"]]), `asset  total
 * SOL     12.5
 * USDC       3
 * `);
 * ```
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(plainText));
  const used = columns.map((column, index) => ({ ...column, index }))
    .filter(({ index }) => clean.some((row) => (row[index] ?? "") !== ""));
  const lines = [used.map(({ heading }) => heading)]
    .concat(clean.map((row) => used.map(({ index }) => row[index] ?? "")));
  const widths = used.map((_, at) => Math.max(...lines.map((line) => lengthOf(line[at] ?? ""))));
  return lines.map((line) =>
    line.map((cell, at) => pad(cell, widths[at] ?? 0, used[at]?.isNumber ?? false)).join("  ")
      .trimEnd() + "\n"
  ).join("");
}

function pad(cell: string, width: number, isNumber: boolean): string {
  const blanks = " ".repeat(width - lengthOf(cell));
  return isNumber ? blanks + cell : cell + blanks;
}

function lengthOf(text: string): number {
  return [...text].length;
}
