/**
 * Bodies of the order endpoints, read strictly: enumerations and booleans to the letter, decimals
 * as text, `null` as absent (API digest, sections 6.1 and 7). What can't be read is refused in
 * plain text, before any rule of the exchange is asked.
 *
 * @module
 */

import { type Decimal, decimal } from "../decimal.ts";
import { type Exits, NO_EXITS, type Terms } from "./order.ts";
import { badEnum, badPayload, type Refusal } from "./refusal.ts";

const TRIGGER_BY = ["MarkPrice", "LastPrice", "IndexPrice"] as const;

/** The members of one JSON object. */
export class Payload {
  readonly #name: string;
  readonly #members: Readonly<Record<string, unknown>>;

  /** Reads `value`, which the framework calls `name`. */
  constructor(value: unknown, name: string) {
    this.#name = name;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.#unexpected(name, "object", value);
    }
    this.#members = value as Readonly<Record<string, unknown>>;
  }

  /** A text member. */
  text(key: string, type = "string"): string | null {
    const value = this.#member(key);
    if (value === null || typeof value === "string") return value;
    throw this.#unexpected(type, "string", value);
  }

  /** One of several texts. */
  choice<T extends string>(key: string, type: string, values: readonly T[]): T | null {
    const value = this.#member(key);
    if (value === null) return null;
    const found = values.find((known) => known === value);
    if (found === undefined) throw badPayload(badEnum(type), this.#name);
    return found;
  }

  /** One of several texts, which must be there. */
  requiredChoice<T extends string>(key: string, type: string, values: readonly T[]): T {
    return this.choice(key, type, values) ?? this.#missing(key);
  }

  /** A decimal, written as text. */
  decimal(key: string): Decimal | null {
    const value = this.text(key, "string_decimal");
    if (value === null) return null;
    try {
      return decimal(value);
    } catch {
      throw this.#bad("string_decimal", "Invalid decimal: unknown character");
    }
  }

  /** A JSON boolean. */
  flag(key: string): boolean | null {
    const value = this.#member(key);
    if (value === null || typeof value === "boolean") return value;
    throw this.#unexpected("boolean", "boolean", value);
  }

  /** A JSON number from 0 to 4294967295. */
  uint32(key: string): number | null {
    const value = this.#member(key);
    if (value === null) return null;
    if (typeof value === "number" && value === value >>> 0) return value;
    throw this.#unexpected("integer_uint32", "integer", value);
  }

  /** The symbol of a market that `known` knows. */
  symbol(known: (symbol: string) => boolean): string {
    const symbol = this.text("symbol") ?? this.#missing("symbol");
    if (!known(symbol)) throw this.#bad("MarketSymbol", "Invalid market symbol");
    return symbol;
  }

  /** A member that is `null` is none. */
  #member(key: string): unknown {
    return this.#members[key] ?? null;
  }

  #missing(key: string): never {
    throw badPayload(`failed to parse "${this.#name}": field \`${key}\` is required.`);
  }

  #unexpected(type: string, wanted: string, found: unknown): Refusal {
    return this.#bad(type, `Expected input type "${wanted}", found ${JSON.stringify(found)}.`);
  }

  #bad(type: string, reason: string): Refusal {
    return badPayload(`failed to parse "${type}": ${reason}`, this.#name);
  }
}

/** The terms in an `OrderExecutePayload`. */
export function readTerms(value: unknown, known: (symbol: string) => boolean): Terms {
  const payload = new Payload(value, "OrderExecutePayload");
  const symbol = payload.symbol(known);
  const reduceOnly = payload.flag("reduceOnly");
  for (const unused of ["autoLend", "autoLendRedeem", "autoBorrow", "autoBorrowRepay"]) {
    payload.flag(unused);
  }
  return {
    symbol,
    side: payload.requiredChoice("side", "Side", ["Bid", "Ask"]),
    orderType: payload.requiredChoice("orderType", "OrderTypeEnum", ["Limit", "Market"]),
    price: payload.decimal("price"),
    quantity: payload.decimal("quantity"),
    quoteQuantity: payload.decimal("quoteQuantity"),
    timeInForce: payload.choice("timeInForce", "TimeInForce", ["GTC", "IOC", "FOK"]) ?? "GTC",
    selfTradePrevention: readPrevention(payload),
    postOnly: payload.flag("postOnly") ?? false,
    reduceOnly: symbol.endsWith("_PERP") ? reduceOnly ?? false : reduceOnly || null,
    clientId: payload.uint32("clientId"),
    triggerPrice: payload.decimal("triggerPrice"),
    triggerQuantity: payload.text("triggerQuantity"),
    triggerBy: payload.choice("triggerBy", "TriggerBy", TRIGGER_BY),
    slippageTolerance: payload.decimal("slippageTolerance"),
    slippageToleranceType: payload.choice("slippageToleranceType", "SlippageToleranceType", [
      "TickSize",
      "Percent",
    ]),
    exits: readExits(payload),
    asWritten: {
      price: payload.text("price"),
      quantity: payload.text("quantity"),
      quoteQuantity: payload.text("quoteQuantity"),
      triggerPrice: payload.text("triggerPrice"),
    },
  };
}

function readPrevention(payload: Payload): Terms["selfTradePrevention"] {
  const values = ["RejectTaker", "RejectMaker", "RejectBoth"] as const;
  return payload.choice("selfTradePrevention", "SelfTradePrevention", values) ?? "RejectTaker";
}

function readExits(payload: Payload): Terms["exits"] {
  const price = (key: string): string | null => payload.decimal(key)?.toFixed() ?? null;
  const exits: Exits = {
    stopLossLimitPrice: price("stopLossLimitPrice"),
    stopLossTriggerBy: payload.choice("stopLossTriggerBy", "TriggerBy", TRIGGER_BY),
    stopLossTriggerPrice: price("stopLossTriggerPrice"),
    takeProfitLimitPrice: price("takeProfitLimitPrice"),
    takeProfitTriggerBy: payload.choice("takeProfitTriggerBy", "TriggerBy", TRIGGER_BY),
    takeProfitTriggerPrice: price("takeProfitTriggerPrice"),
  };
  return Object.values(exits).every((value) => value === null) ? NO_EXITS : exits;
}
