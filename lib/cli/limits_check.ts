/**
 * The doctor's look at the owner's limits: those that contradict each other or let nothing pass,
 * and markets in the list of allowed ones that the exchange does not have.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import type { Limit, Limits } from "../limit_settings.ts";
import { nearest } from "../nearest.ts";
import type { Finding } from "./finding.ts";

const ORDER = "BACKPACK_MAX_ORDER_NOTIONAL";

/** A warning for each limit that can't be meant. */
export function checkLimits(limits: Limits): Finding[] {
  if (limits.readOnly) return [];
  return [...closedFindings(limits), ...contradictions(limits)];
}

/** Whether the markets that may be traded exist; `known`: the symbols of the exchange. */
export function checkSymbols(symbols: readonly string[], known: readonly string[]): Finding[] {
  const unknown = symbols.filter((symbol) => !known.includes(symbol));
  if (unknown.length === 0) {
    const text = `every market of BACKPACK_SYMBOLS exists (${symbols.length})`;
    return [{ check: "symbols", state: "ok", text }];
  }
  return unknown.map((symbol) => ({
    check: "symbols",
    state: "problem",
    text: `BACKPACK_SYMBOLS allows ${symbol}, and the exchange has no such market`,
    todo: `correct it${meant(symbol, known)}; upper and lower case count`,
  }));
}

function meant(symbol: string, known: readonly string[]): string {
  const other = nearest(symbol, known, 1)[0];
  return other === undefined ? "" : `, perhaps to ${other}`;
}

function closedFindings(limits: Limits): Finding[] {
  const nothing = "it lets no order pass";
  const zeroes: readonly (readonly [name: string, limit: Limit, effect: string])[] = [
    [ORDER, limits.maxOrderNotional, nothing],
    ["BACKPACK_MAX_DAILY_NOTIONAL", limits.maxDailyNotional, nothing],
    ["BACKPACK_MAX_POSITION_NOTIONAL", limits.maxPositionNotional, "no perpetual can be opened"],
    ["BACKPACK_MAX_OPEN_ORDERS", limits.maxOpenOrders, "only orders that can't rest pass"],
    ["BACKPACK_MAX_ORDERS_PER_MINUTE", limits.maxOrdersPerMinute, nothing],
  ];
  const found = zeroes.filter(([, limit]) => limit !== "none" && decimal(limit).isZero());
  return found.map(([name, , effect]) => ({
    check: "limits",
    state: "warning",
    text: `${name} is 0: ${effect}`,
    todo: `${effect === nothing ? "BACKPACK_READ_ONLY=true says so more clearly; " : ""}` +
      "write none to lift a limit",
  }));
}

/** A larger order would pass its own limit and fail at the other. */
function contradictions(limits: Limits): Finding[] {
  const wider: readonly (readonly [name: string, limit: Limit])[] = [
    ["BACKPACK_MAX_DAILY_NOTIONAL", limits.maxDailyNotional],
    ["BACKPACK_MAX_POSITION_NOTIONAL", limits.maxPositionNotional],
  ];
  return wider.filter(([, limit]) => exceeds(limits.maxOrderNotional, limit)).map(([name]) => ({
    check: "limits",
    state: "warning",
    text: `${ORDER} is above ${name}: orders in between are refused all the same`,
    todo: `lower ${ORDER}, or raise ${name}; both are in USD`,
  }));
}

/** Zero has a finding of its own. */
function exceeds(limit: Limit, other: Limit): boolean {
  if (other === "none" || decimal(other).isZero()) return false;
  return limit === "none" || decimal(limit).isGreaterThan(decimal(other));
}
