/**
 * One schema for each object of the exchange's API.
 *
 * @module
 */

export * from "./account.ts";
export * from "./market.ts";
export * from "./order.ts";
