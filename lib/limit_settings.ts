/**
 * The owner's limits as variables: what each allows, and the default that a careful owner of a
 * small account would choose. Nothing that arrives over MCP can change them. Amounts are USD and
 * stay text, since money is never a `number`; `none`, written out, lifts a limit.
 *
 * An untrusted `.env` may only make them stricter than their defaults.
 *
 * @module
 */

import type { Setting } from "./settings.ts";

/** An amount or a count in plain digits, or `none`. */
export type Limit = string;

/** Who gives the yes that `BACKPACK_CONFIRM_ABOVE` asks for. */
export type ConfirmBy = "client" | "terminal";

/** Everything that an order is held against; amounts in USD. */
export interface Limits {
  /** Tools that act do not exist. */
  readonly readOnly: boolean;
  /** The only markets that may be traded; absent: all. */
  readonly symbols?: readonly string[];
  /** One order. */
  readonly maxOrderNotional: Limit;
  /** Fills of the last 24 hours and whatever may still fill. */
  readonly maxDailyNotional: Limit;
  /** A perpetual position if all orders on its side filled. */
  readonly maxPositionNotional: Limit;
  /** Resting orders over all markets. */
  readonly maxOpenOrders: Limit;
  /** Orders sent within 60 seconds. */
  readonly maxOrdersPerMinute: Limit;
  /** How much worse than the market a price may be. */
  readonly priceCollarPercent: Limit;
  /** Whether an order may borrow. */
  readonly allowBorrow: boolean;
  /** From this sum of orders that nobody approved on, a person must say yes; absent: never. */
  readonly confirmAbove?: string;
  /** Where a person says yes. */
  readonly confirmBy: ConfirmBy;
}

const AMOUNT_REGEXP = /^(0|[1-9]\d{0,14})(\.\d{1,8})?$/;
const COUNT_REGEXP = /^(0|[1-9]\d{0,5})$/;
const PERCENT_REGEXP = /^(0|[1-9]\d{0,2})(\.\d{1,4})?$/;
const SYMBOL_REGEXP = /^[\w.-]{1,64}$/;

/** Whether tools that act exist. */
export const READ_ONLY: Setting<boolean> = {
  names: ["BACKPACK_READ_ONLY"],
  preset: "false",
  meaning: "whether the tools that place or cancel orders are left out",
  consequence: "With true an assistant can look and can do nothing else.",
  wanted: "true or false, in lower case",
  secret: false,
  workingFile: { only: "true", tightens: (value) => value },
  read: readSwitch,
};

/** The only markets that may be traded. */
export const SYMBOLS: Setting<readonly string[]> = {
  names: ["BACKPACK_SYMBOLS"],
  presetText: "all",
  meaning: "the only markets that may be traded, with commas between",
  consequence: "Orders for other markets are refused; their cancels pass.",
  wanted: "market symbols with commas between, such as SOL_USDC,BTC_USDC_PERP",
  secret: false,
  workingFile: { only: "a list", tightens: () => true },
  read: readSymbols,
};

/** One order, USD. */
export const MAX_ORDER_NOTIONAL: Setting<Limit> = {
  names: ["BACKPACK_MAX_ORDER_NOTIONAL"],
  preset: "1000",
  meaning: "USD of one order, at the worse of its price and the market's",
  consequence: "Larger orders pass; none lifts it.",
  wanted: "an amount of USD in plain digits such as 1000, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower amount"),
  read: (text) => readLimit(text, AMOUNT_REGEXP),
};

/** The last 24 hours, USD. */
export const MAX_DAILY_NOTIONAL: Setting<Limit> = {
  names: ["BACKPACK_MAX_DAILY_NOTIONAL"],
  preset: "5000",
  meaning: "USD of the last 24 hours' fills and of whatever may still fill",
  consequence: "Bounds what a day of mistakes can cost; none lifts it.",
  wanted: "an amount of USD in plain digits such as 5000, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower amount"),
  read: (text) => readLimit(text, AMOUNT_REGEXP),
};

/** One perpetual position, USD. */
export const MAX_POSITION_NOTIONAL: Setting<Limit> = {
  names: ["BACKPACK_MAX_POSITION_NOTIONAL"],
  preset: "5000",
  meaning: "USD of a perpetual position if all orders on its side filled",
  consequence: "Larger positions can be built up; none lifts it.",
  wanted: "an amount of USD in plain digits such as 5000, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower amount"),
  read: (text) => readLimit(text, AMOUNT_REGEXP),
};

/** Resting orders. */
export const MAX_OPEN_ORDERS: Setting<Limit> = {
  names: ["BACKPACK_MAX_OPEN_ORDERS"],
  preset: "50",
  meaning: "resting orders over all markets",
  consequence: "More orders may rest; none lifts it.",
  wanted: "a whole number such as 50, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower number"),
  read: (text) => readLimit(text, COUNT_REGEXP),
};

/** Orders sent within 60 seconds. */
export const MAX_ORDERS_PER_MINUTE: Setting<Limit> = {
  names: ["BACKPACK_MAX_ORDERS_PER_MINUTE"],
  preset: "20",
  meaning: "orders sent within 60 seconds; cancels are always allowed",
  consequence: "A runaway loop stops here; none lifts it.",
  wanted: "a whole number such as 20, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower number"),
  read: (text) => readLimit(text, COUNT_REGEXP),
};

/** How much worse than the market a price may be. */
export const PRICE_COLLAR_PERCENT: Setting<Limit> = {
  names: ["BACKPACK_PRICE_COLLAR_PERCENT"],
  preset: "5",
  meaning: "percent that a price may be worse than the best opposite price, last and mark",
  consequence: "A wider collar forgives thin markets and slipped digits alike; none lifts it.",
  wanted: "a percentage in plain digits such as 5 or 0.5, or none",
  secret: false,
  workingFile: noMoreThanThePreset("a lower percentage"),
  read: (text) => readLimit(text, PERCENT_REGEXP),
};

/** Whether an order may borrow. */
export const ALLOW_BORROW: Setting<boolean> = {
  names: ["BACKPACK_ALLOW_BORROW"],
  preset: "false",
  meaning: "whether orders may borrow",
  consequence: "Borrowing makes a debt that costs interest and can be liquidated.",
  wanted: "true or false, in lower case",
  secret: false,
  workingFile: { only: "false", tightens: (value) => !value },
  read: readSwitch,
};

/** From which sum on a person must say yes, USD. */
export const CONFIRM_ABOVE: Setting<string> = {
  names: ["BACKPACK_CONFIRM_ABOVE"],
  presetText: "never",
  meaning: "USD of this order and the last hour's unapproved ones from which you must say yes",
  consequence: "0 asks for every order; unset asks for none.",
  wanted: "an amount of USD in plain digits such as 250, or 0 for every order",
  secret: false,
  workingFile: { only: "an amount", tightens: () => true },
  read: (text) => AMOUNT_REGEXP.test(text) ? text : undefined,
};

/** Who gives that yes. */
export const CONFIRM_BY: Setting<ConfirmBy> = {
  names: ["BACKPACK_CONFIRM_BY"],
  preset: "client",
  meaning: "where you say yes: the client's form, or your terminal",
  consequence: "A client's yes is only as human as the client; a terminal's needs your hands.",
  wanted: "client or terminal, in lower case",
  secret: false,
  workingFile: { only: "terminal", tightens: (value) => value === "terminal" },
  read: (text) => text === "client" || text === "terminal" ? text : undefined,
};

/** All of them, in the order in which they are documented. */
export const LIMIT_SETTINGS: readonly Setting<unknown>[] = [
  READ_ONLY,
  SYMBOLS,
  MAX_ORDER_NOTIONAL,
  MAX_DAILY_NOTIONAL,
  MAX_POSITION_NOTIONAL,
  MAX_OPEN_ORDERS,
  MAX_ORDERS_PER_MINUTE,
  PRICE_COLLAR_PERCENT,
  ALLOW_BORROW,
  CONFIRM_ABOVE,
  CONFIRM_BY,
];

function readSwitch(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

function readLimit(text: string, wanted: RegExp): Limit | undefined {
  return text === "none" || wanted.test(text) ? text : undefined;
}

function readSymbols(text: string): readonly string[] | undefined {
  const symbols = text.split(",").map((symbol) => symbol.trim());
  const isList = symbols.every((symbol) => SYMBOL_REGEXP.test(symbol) && symbol.includes("_"));
  return isList ? symbols : undefined;
}

function noMoreThanThePreset(only: string): Exclude<Setting<Limit>["workingFile"], string> {
  return {
    only,
    tightens: (value, preset) =>
      value !== "none" && (preset === undefined || !exceeds(value, preset)),
  };
}

/**
 * Compares two amounts in plain digits, letter by letter: the launcher loads no decimal library.
 */
function exceeds(a: string, b: string): boolean {
  const [wholeA = "", partA = ""] = a.split(".");
  const [wholeB = "", partB = ""] = b.split(".");
  if (wholeA.length !== wholeB.length) return wholeA.length > wholeB.length;
  if (wholeA !== wholeB) return wholeA > wholeB;
  return partA.padEnd(8, "0") > partB.padEnd(8, "0");
}
