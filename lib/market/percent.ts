/**
 * Percentages. The exchange writes fractions and calls them percent (API digest, section 4.3);
 * whatever is named percent here is one.
 *
 * @module
 */

import { type Decimal, decimal, divide } from "../decimal.ts";

const HUNDRED = decimal("100");
/** The rounding mode of BigNumber by that name: to the nearest, halves away from zero. */
const HALF_UP = 4;

/**
 * A fraction as a percentage, exact: `-0.015876` is `-1.5876`. `undefined` for text that is no
 * number, such as `N/A`.
 */
export function percentOfFraction(fraction: string): string | undefined {
  try {
    return decimal(fraction).times(HUNDRED).toFixed();
  } catch {
    return undefined;
  }
}

/** How much `to` is above `from`, in percent to four places; `undefined` from zero. */
export function percentChange(from: Decimal, to: Decimal): string | undefined {
  return divide(to.minus(from).times(HUNDRED), from, 4)?.toFixed();
}

/** A percentage for people: signed, to two places, such as `-1.59%`. */
export function percentText(percent: string): string {
  const value = decimal(percent);
  return `${value.gt(0) ? "+" : ""}${value.toFixed(2, HALF_UP)}%`;
}
