/**
 * What the lines of answers are put together from: clauses, counted things, amounts.
 *
 * @module
 */

import { decimal, divide, ownDecimal } from "../decimal.ts";

const ONE = decimal("1");

/** The clauses that are not empty, one after the other. */
export function sentence(clauses: readonly string[]): string {
  return clauses.filter((clause) => clause !== "").join("; ");
}

/** Such as `1 order` or `2 orders`. */
export function counted(count: number, noun: string): string {
  return `${count} ${plural(count, noun)}`;
}

/** The noun for so many. */
export function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** The amount, cut to that many decimals. */
export function short(amount: string, decimals = 8): string {
  return divide(ownDecimal(amount), ONE, decimals)?.toFixed() ?? amount;
}
