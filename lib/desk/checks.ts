/**
 * What a market demands of an order: its state, tick, step and bounds. Refuses and names the
 * nearest values that would do; adjusts nothing.
 *
 * Follows the API digest, 5 (filters) and 6.3 (precision).
 *
 * @module
 */

import { MARKET_TYPES } from "../account/open_orders.ts";
import { type Decimal, decimal, isMultiple, neighbours } from "../decimal.ts";
import { word } from "../quote.ts";
import type { Market } from "../schemas/mod.ts";
import { type OrderRequest, PRICE_MEMBERS, QUANTITY_MEMBERS } from "./order_request.ts";

type DecimalMember = typeof PRICE_MEMBERS[number] | typeof QUANTITY_MEMBERS[number];

/** A rule that an order breaks. */
export interface Problem {
  /** Such as "price 60000.05 is not a multiple of 0.1: use 60000.0 or 60000.1". */
  message: string;
  /** The member that breaks it, and the values nearest to it that would keep it. */
  valid?: { member: DecimalMember; values: readonly string[] };
}

/** Every rule of `market` that `request` breaks; its decimals must have been checked before. */
export function marketProblems(request: OrderRequest, market: Market): Problem[] {
  const { price, quantity } = market.filters;
  const ofPrices = { step: price.tickSize, min: price.minPrice, max: price.maxPrice };
  const { stepSize, minQuantity, maxQuantity } = quantity;
  const ofQuantities = { step: stepSize, min: minQuantity, max: maxQuantity };
  return [
    stateProblem(request, market),
    ...kindProblems(request, market),
    ...PRICE_MEMBERS.map((member) => stepProblem(member, request[member], ofPrices)),
    ...QUANTITY_MEMBERS.map((member) => stepProblem(member, request[member], ofQuantities)),
  ].filter((problem) => problem !== undefined);
}

/** The complete orders that would do instead: each way of putting a nearest valid value in. */
export function suggestions(request: OrderRequest, problems: readonly Problem[]): OrderRequest[] {
  if (problems.some((problem) => problem.valid === undefined)) return [];
  let orders = [request];
  for (const { valid } of problems) {
    if (valid === undefined) continue;
    orders = orders.flatMap((order) =>
      valid.values.map((value) => ({ ...order, [valid.member]: value }))
    );
  }
  return orders;
}

// What each state of a market lets through; any state not named here lets nothing through.
const ADMITTED: Readonly<Record<string, (request: OrderRequest) => string | undefined>> = {
  Open: () => undefined,
  PostOnly: (request) => request.postOnly ? undefined : "takes only Limit orders with postOnly",
  LimitOnly: (request) => request.orderType === "Limit" ? undefined : "takes only Limit orders",
  CancelOnly: () => "takes no new orders, only cancels",
};

function stateProblem(request: OrderRequest, market: Market): Problem | undefined {
  const state = market.orderBookState;
  const admit = Object.hasOwn(ADMITTED, state) ? ADMITTED[state] : undefined;
  const refusal = admit === undefined ? "takes no orders" : admit(request);
  if (refusal === undefined) return undefined;
  return { message: `${market.symbol} is ${word(state)} and ${refusal}` };
}

const PERPETUALS_ONLY = ["reduceOnly", "takeProfitTriggerPrice", "stopLossTriggerPrice"] as const;
const SPOT_ONLY = ["autoBorrow", "autoBorrowRepay", "autoLend", "autoLendRedeem"] as const;

function kindProblems(request: OrderRequest, { symbol, marketType }: Market): Problem[] {
  // An order in a market of another kind would be out of sight: the desk lists orders of these.
  if (!MARKET_TYPES.some((type) => type === marketType)) {
    const kind = word(marketType);
    return [{ message: `${symbol} is of the kind ${kind}, and this desk trades SPOT and PERP` }];
  }
  const isSpot = marketType === "SPOT";
  const [members, kind] = isSpot ? [PERPETUALS_ONLY, "perpetuals"] : [SPOT_ONLY, "spot margin"];
  return members.filter((member) => request[member]).map((member) => ({
    message: `${member} is for ${kind}, and ${symbol} is a ${isSpot ? "spot market" : "perpetual"}`,
  }));
}

interface Bounds {
  step: string;
  min: string | undefined;
  max: string | undefined;
}

function stepProblem(
  member: DecimalMember,
  text: string | undefined,
  bounds: Bounds,
): Problem | undefined {
  if (text === undefined) return undefined;
  const value = decimal(text);
  const broken = brokenRule(value, bounds);
  if (broken === undefined) return undefined;
  const values = nearestValid(value, bounds);
  const use = values.length === 0 ? "" : `: use ${values.join(" or ")}`;
  return { message: `${member} ${text} ${broken}${use}`, valid: { member, values } };
}

function brokenRule(value: Decimal, bounds: Bounds): string | undefined {
  if (bounds.min !== undefined && value.lt(bounds.min)) return `is below the minimum ${bounds.min}`;
  if (bounds.max !== undefined && value.gt(bounds.max)) return `is above the maximum ${bounds.max}`;
  if (isMultiple(value, decimal(bounds.step))) return undefined;
  return `is not a multiple of ${bounds.step}`;
}

/** The values at most one step away that keep every rule, or the bound that was overstepped. */
function nearestValid(value: Decimal, bounds: Bounds): string[] {
  const step = decimal(bounds.step);
  const min = decimal(bounds.min ?? "0");
  const max = bounds.max === undefined ? undefined : decimal(bounds.max);
  const from = value.lt(min) ? min : max !== undefined && value.gt(max) ? max : value;
  return [...new Set(neighbours(from, step))].filter((text) => {
    const candidate = decimal(text);
    return candidate.gt(0) && candidate.gte(min) && (max === undefined || candidate.lte(max));
  });
}
