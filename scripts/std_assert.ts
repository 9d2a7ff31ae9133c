/**
 * `@std/assert` where JSR can't be reached: the same code from the npm package `deno-std`, which
 * ships without types, under the signatures that the tests use.
 *
 * @module
 */

import * as assert_ from "deno-std/assert/mod.js";

// deno-lint-ignore no-explicit-any
type Class = abstract new (...args: any[]) => any;

/** Asserts that `condition` is truthy. */
export const assert: (condition: unknown, message?: string) => asserts condition = assert_.assert;
/** Asserts deep equality. */
export const assertEquals: <T>(actual: T, expected: T, message?: string) => void =
  assert_.assertEquals;
/** Asserts deep inequality. */
export const assertNotEquals: <T>(actual: T, expected: T, message?: string) => void =
  assert_.assertNotEquals;
/** Asserts `Object.is` equality. */
export const assertStrictEquals: <T>(
  actual: unknown,
  expected: T,
  message?: string,
) => asserts actual is T = assert_.assertStrictEquals;
/** Asserts that a value is neither `null` nor `undefined`. */
export const assertExists: <T>(actual: T, message?: string) => asserts actual is NonNullable<T> =
  assert_.assertExists;
/** Asserts that the text holds the other. */
export const assertStringIncludes: (actual: string, expected: string, message?: string) => void =
  assert_.assertStringIncludes;
/** Asserts that the text matches. */
export const assertMatch: (actual: string, expected: RegExp, message?: string) => void =
  assert_.assertMatch;
/** Asserts that the text does not match. */
export const assertNotMatch: (actual: string, expected: RegExp, message?: string) => void =
  assert_.assertNotMatch;
/** Asserts that the object holds these members. */
export const assertObjectMatch: (
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  message?: string,
) => void = assert_.assertObjectMatch;
/** Asserts that the array holds these elements. */
export const assertArrayIncludes: <T>(
  actual: ArrayLike<T>,
  expected: ArrayLike<T>,
  message?: string,
) => void = assert_.assertArrayIncludes;
/** Asserts `actual < expected`. */
export const assertLess: <T>(actual: T, expected: T, message?: string) => void = assert_.assertLess;
/** Asserts `actual <= expected`. */
export const assertLessOrEqual: <T>(actual: T, expected: T, message?: string) => void =
  assert_.assertLessOrEqual;
/** Asserts `actual > expected`. */
export const assertGreater: <T>(actual: T, expected: T, message?: string) => void =
  assert_.assertGreater;
/** Asserts `actual >= expected`. */
export const assertGreaterOrEqual: <T>(actual: T, expected: T, message?: string) => void =
  assert_.assertGreaterOrEqual;
/** Asserts the class of a value. */
export const assertInstanceOf: <T extends Class>(
  actual: unknown,
  expected: T,
  message?: string,
) => asserts actual is InstanceType<T> = assert_.assertInstanceOf;
/** Asserts that the function throws; returns what it threw. */
export const assertThrows: {
  (fn: () => unknown, message?: string): unknown;
  <E extends Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    includes?: string,
    message?: string,
  ): E;
} = assert_.assertThrows;
/** Asserts that the promise is rejected; resolves to what it was rejected with. */
export const assertRejects: {
  (fn: () => PromiseLike<unknown>, message?: string): Promise<unknown>;
  <E extends Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any
    ErrorClass: abstract new (...args: any[]) => E,
    includes?: string,
    message?: string,
  ): Promise<E>;
} = assert_.assertRejects;
/** Fails. */
export const fail: (message?: string) => never = assert_.fail;
