/**
 * The same order twice: by its client id, or by its terms. Decided from the journal, inside the
 * transaction that would record the new order.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { DAY_MS } from "../intervals.ts";
import type { Intent } from "../journal/mod.ts";
import { assetsOf } from "../symbol.ts";
import { isUnresolved } from "./intent.ts";
import type { Intents } from "./intents.ts";
import type { Reservation } from "./ledger.ts";
import { type OrderRequest, PRICE_MEMBERS, QUANTITY_MEMBERS } from "./order_request.ts";

/** An order like one whose answer was delivered less than this ago is taken for a repetition. */
const REPEAT_MS = 120_000;
/** How far back an order that nobody was told of still counts. */
export const MEMORY_MS: number = DAY_MS;

const TERMS = ["symbol", "side", "orderType"] as const;
const AMOUNTS = [...PRICE_MEMBERS, ...QUANTITY_MEMBERS, "quoteQuantity"] as const;
const FLAGS = [
  ...["timeInForce", "postOnly", "reduceOnly", "triggerBy", "takeProfitTriggerBy"],
  ...["stopLossTriggerBy", "selfTradePrevention", "autoBorrow", "autoBorrowRepay", "autoLend"],
  ...["autoLendRedeem", "slippageTolerance", "slippageToleranceType"],
] as (keyof OrderRequest)[];

/** Whether two requests ask for the same order; decimals compare as numbers. */
export function isSameRequest(a: Partial<OrderRequest>, b: Partial<OrderRequest>): boolean {
  return isAlike(a, b) && FLAGS.every((name) => (a[name] ?? false) === (b[name] ?? false));
}

/** Whether two requests trade the same amount of the same at the same price. */
function isAlike(a: Partial<OrderRequest>, b: Partial<OrderRequest>): boolean {
  return TERMS.every((name) => a[name] === b[name]) &&
    AMOUNTS.every((name) => isSameAmount(a[name], b[name]));
}

/** The orders that one for `symbol` may be a repetition of, the newest first. */
export function recentOrders(intents: Intents, symbol: string): Reservation[] {
  return intents.recentOrders(symbol, MEMORY_MS);
}

/** What is known of an order beside its terms. */
export interface Intended {
  clientId?: number | undefined;
  /** The client id of an earlier order like it that is meant to be repeated. */
  repeatOf?: number | undefined;
  /** It takes the place of an order that is open: asked for twice, it finds none the second time. */
  isReplacement?: boolean;
}

/**
 * Stops an order that looks like an earlier one, unless `repeatOf` names that one. Named and known
 * to stand, it passes; named and not known to stand, a person must say yes: the clause to tell them.
 * A replacement passes whatever stands: an order may be moved back to where it was.
 * The same call again, by its client id, is no repetition: it gets the first one's outcome.
 *
 * @throws {DeskError} `repeat`
 */
export function repeatToApprove(
  request: OrderRequest,
  { clientId, repeatOf, isReplacement = false }: Intended,
  recent: readonly Reservation[],
  nowMs: number,
): string | undefined {
  const earlier = recent.find((order) =>
    order.clientId !== clientId && counts(order, nowMs) && isAlike(order.request, request) &&
    !(isReplacement && mayRepeat(order))
  );
  if (earlier === undefined) return undefined;
  if (repeatOf !== undefined && earlier.clientId === repeatOf) {
    return mayRepeat(earlier) ? undefined : describe(earlier, nowMs);
  }
  throw new DeskError("repeat", `This looks like a repetition: ${describe(earlier, nowMs)}`, {
    outcome: "not_placed",
    hint: mayRepeat(earlier)
      ? `If the owner wants a second one: create_order with repeatOf ${earlier.clientId}`
      : `Find out what became of it first: get_order_outcome { "clientId": ${earlier.clientId} }`,
    details: { earlier: { clientId: earlier.clientId, state: earlier.state } },
  });
}

/**
 * Refuses to add to an asset while an order for it is of unknown outcome.
 *
 * @throws {DeskError} `unresolved`
 */
export function refuseWhileUnresolved(
  request: OrderRequest,
  inDoubt: readonly Intent[],
): void {
  if (request.reduceOnly) return;
  const asset = assetsOf(request.symbol).base;
  const blocking = inDoubt.find((intent) =>
    intent.tool === "create_order" && assetsOf(intent.symbol).base === asset
  );
  if (blocking === undefined) return;
  const { clientId } = blocking;
  throw new DeskError("unresolved", `An earlier order for ${asset} is of unknown outcome`, {
    outcome: "not_placed",
    hint: `get_order_outcome { "clientId": ${clientId} } asks again; until it is known, only ` +
      "reduceOnly orders and cancels pass",
    details: { unresolved: { clientId, symbol: blocking.symbol } },
  });
}

function counts(order: Reservation, nowMs: number): boolean {
  if (isUnresolved(order)) return true;
  if (order.state !== "placed") return false;
  return order.toldAtMs === undefined || nowMs - order.toldAtMs < REPEAT_MS;
}

function mayRepeat(order: Reservation): boolean {
  return order.state === "placed" && order.toldAtMs !== undefined;
}

function describe(order: Reservation, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - order.atMs) / 1000));
  const state = order.state === "in_flight" ? "is being sent" : `is ${order.state}`;
  return `the same order, clientId ${order.clientId}, was asked for ${seconds} s ago and ${state}`;
}

function isSameAmount(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return decimal(a).eq(decimal(b));
}
