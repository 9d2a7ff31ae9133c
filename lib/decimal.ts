/**
 * Exact decimals. Money is text on the wire and a {@linkcode Decimal} in between; it is never a
 * JavaScript `number`. Addition, subtraction and multiplication are exact; only
 * {@linkcode divide} rounds, and says how.
 *
 * The exchange sends up to 28 significant digits and takes plain decimals only: no exponent, no
 * sign, no separators (API digest, sections 1 and 6.3).
 *
 * @module
 */

import { BigNumber } from "bignumber.js";

// EXPONENTIAL_AT keeps toString() plain; DECIMAL_PLACES only matters to division.
const Exact = BigNumber.clone({
  DECIMAL_PLACES: 40,
  EXPONENTIAL_AT: 1e9,
  ROUNDING_MODE: BigNumber.ROUND_DOWN,
});

/** An exact decimal number. */
export type Decimal = BigNumber;

const PLAIN_REGEXP = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const AMOUNT_REGEXP = /^(0|[1-9]\d*)(\.\d+)?$/;
const MAX_LENGTH = 64;

/**
 * Reads a plain decimal, negative or not.
 *
 * @throws {RangeError} if the text is anything else
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(decimal("0.1").plus(decimal("0.2")).toFixed(), "0.3");
 * ```
 */
export function decimal(text: string): Decimal {
  if (!isDecimal(text)) {
    throw new RangeError("Cannot read decimal: wanted plain digits such as 140.10");
  }
  return new Exact(text);
}

/**
 * Reads a decimal that this program has written: an exact product may be longer than what is sent.
 *
 * @throws {RangeError} if the text is anything else
 */
export function ownDecimal(text: string): Decimal {
  if (!PLAIN_REGEXP.test(text)) throw new RangeError("Cannot read decimal: wanted plain digits");
  return new Exact(text);
}

/** Whether {@linkcode decimal} can read the text. */
export function isDecimal(text: string): boolean {
  return text.length <= MAX_LENGTH && PLAIN_REGEXP.test(text);
}

/** Whether the text is a plain decimal above zero, fit to be sent as a price or a quantity. */
export function isAmount(text: string): boolean {
  return text.length <= MAX_LENGTH && AMOUNT_REGEXP.test(text) && /[1-9]/.test(text);
}

/**
 * The text of a JSON number that surely means what its sender wrote: its shortest form has no
 * exponent and at most 15 significant digits. Anything else is `undefined`, because the digits
 * may be lost already.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(textOfNumber(0.1), "0.1");
 * assertEquals(textOfNumber(1e-7), undefined);
 * ```
 */
export function textOfNumber(value: number): string | undefined {
  const text = String(value);
  if (!PLAIN_REGEXP.test(text)) return undefined;
  const digits = text.replace(/[-.]/g, "").replace(/^0+/, "");
  return digits.length <= 15 ? text : undefined;
}

/** Whether `value` is a whole number of `step`s. */
export function isMultiple(value: Decimal, step: Decimal): boolean {
  return value.modulo(step).isZero();
}

/** The multiples of `step` at or below and at or above `value`, written with the step's decimals. */
export function neighbours(value: Decimal, step: Decimal): [below: string, above: string] {
  const decimals = step.decimalPlaces() ?? 0;
  const below = value.minus(value.modulo(step));
  const above = below.eq(value) ? below : below.plus(step);
  return [below.toFixed(decimals), above.toFixed(decimals)];
}

/** `dividend / divisor`, rounded towards zero to `decimals` places; `undefined` for a zero divisor. */
export function divide(
  dividend: Decimal,
  divisor: Decimal,
  decimals = 18,
): Decimal | undefined {
  if (divisor.isZero()) return undefined;
  return dividend.div(divisor).decimalPlaces(decimals, BigNumber.ROUND_DOWN);
}

/** Rounded away from zero, to cents unless told: for amounts that are used up. */
export function roundUp(value: Decimal, decimals = 2): string {
  return value.decimalPlaces(decimals, BigNumber.ROUND_UP).toFixed();
}

/** Rounded towards zero, to cents unless told: for amounts that are left. */
export function roundDown(value: Decimal, decimals = 2): string {
  return value.decimalPlaces(decimals, BigNumber.ROUND_DOWN).toFixed();
}

/** The value, or zero if it is below. */
export function atLeastZero(value: Decimal): Decimal {
  return value.isNegative() ? ZERO : value;
}

/** The largest; `undefined` of none. */
export function largest(values: readonly Decimal[]): Decimal | undefined {
  return values.reduce<Decimal | undefined>(
    (a, b) => a === undefined || b.gt(a) ? b : a,
    undefined,
  );
}

/** The smallest; `undefined` of none. */
export function smallest(values: readonly Decimal[]): Decimal | undefined {
  return values.reduce<Decimal | undefined>(
    (a, b) => a === undefined || b.lt(a) ? b : a,
    undefined,
  );
}

/** Zero. */
export const ZERO: Decimal = new Exact(0);
