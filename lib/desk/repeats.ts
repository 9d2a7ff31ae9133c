/**
 * The same order twice: by its client id, or by its terms. Decided from the journal, inside the
 * transaction that would record the new order.
 *
 * @module
 */

import { DeskError } from "../errors.ts";
import { DAY_MS } from "../intervals.ts";
import type { Intent } from "../journal/mod.ts";
import { assetsOf } from "../symbol.ts";
import { isUnresolved } from "./intent.ts";
import type { Reservation } from "./ledger.ts";
import type { OrderRequest } from "./order_request.ts";
import type { DeskParts } from "./parts.ts";
import type { Replaced } from "./proposal.ts";

/** An order like one whose answer was delivered less than this ago is taken for a repetition. */
const REPEAT_MS = 120_000;
/** How far back an order that nobody was told of still counts. */
export const MEMORY_MS: number = DAY_MS;

/** The orders that `request` may be a repetition of, the newest first. */
export function recentOrders(
  { intents, effects }: Pick<DeskParts, "intents" | "effects">,
  request: OrderRequest,
): Reservation[] {
  return intents.recentOrders(request, MEMORY_MS, effects.nowMs());
}

/** Now, by both clocks: an order is long ago only if it is by both, so one set forward hides none. */
export interface Now {
  /** Unix ms by this machine's clock. */
  machineMs: number;
  /** Unix ms by the exchange's clock. */
  exchangeMs: number;
}

/** Now, as far as the exchange's clock is known. */
export function nowOf({ edges, effects }: Pick<DeskParts, "edges" | "effects">): Now {
  return { machineMs: edges.now(), exchangeMs: effects.nowMs() };
}

/** What is known of an order beside its terms. */
export interface Intended {
  clientId?: number | undefined;
  /** The client id of an earlier order like it that is meant to be repeated. */
  repeatOf?: number | undefined;
  /** It replaces an open order. The same call a second time would find none to replace. */
  isReplacement?: boolean;
}

/**
 * Stops an order that looks like one of `recent`, unless `repeatOf` names that earlier one. Even
 * then a person must say yes if it is not known whether the earlier one stands; the clause that
 * tells them why is returned, or `undefined` if nobody need be asked.
 *
 * Two kinds of order are no repetition. One with the client id of the earlier is the same call
 * again, and gets its outcome. A replacement may look like an order that is known to stand: an
 * order may be moved back to where it was.
 *
 * @throws {DeskError} `repeat`
 */
export function repeatToApprove(
  { clientId, repeatOf, isReplacement = false }: Intended,
  recent: readonly Reservation[],
  now: Now,
): string | undefined {
  const earlier = recent.find((order) =>
    order.clientId !== clientId && counts(order, now) && !(isReplacement && mayRepeat(order))
  );
  if (earlier === undefined) return undefined;
  if (repeatOf !== undefined && earlier.clientId === repeatOf) {
    return mayRepeat(earlier) ? undefined : describe(earlier, now);
  }
  throw new DeskError("repeat", `This looks like a repetition: ${describe(earlier, now)}`, {
    outcome: "not_placed",
    hint: mayRepeat(earlier)
      ? `If the owner wants it once more: create_order with repeatOf ${earlier.clientId}`
      : `Find out what became of it first: get_order_outcome { "clientId": ${earlier.clientId} }`,
    details: { earlier: { clientId: earlier.clientId, state: earlier.state } },
  });
}

/**
 * Refuses a second order in the place of one. Two calls may both see it end, and a lost reply does
 * not say which of their cancels it was.
 *
 * @throws {DeskError} `repeat`
 */
export function refuseSecondReplacement(
  { id, symbol }: Pick<Replaced, "id" | "symbol">,
  reservations: readonly Reservation[],
): void {
  const first = reservations.find((order) =>
    order.replaces === id && order.symbol === symbol && order.state !== "not_placed"
  );
  if (first === undefined) return;
  const { clientId, state } = first;
  throw new DeskError(
    "repeat",
    `Another order, clientId ${clientId}, has taken its place already`,
    {
      outcome: "not_placed",
      hint: `get_order_outcome { "clientId": ${clientId} } tells what became of that one`,
      details: { earlier: { clientId, state } },
    },
  );
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

function counts(order: Reservation, { machineMs, exchangeMs }: Now): boolean {
  if (isUnresolved(order)) return true;
  if (order.state !== "placed") return false;
  return order.toldAtMs === undefined || machineMs - order.toldAtMs < REPEAT_MS ||
    exchangeMs - order.sentAtMs < REPEAT_MS;
}

function mayRepeat(order: Reservation): boolean {
  return order.state === "placed" && order.toldAtMs !== undefined;
}

/** What became of a placed one since is not looked up: it may be filled by now, or cancelled. */
const STATES: Readonly<Record<string, string>> = {
  in_flight: "is being sent",
  placed: "was placed",
};

function describe(order: Reservation, { machineMs, exchangeMs }: Now): string {
  const agoMs = Math.min(machineMs - order.atMs, exchangeMs - order.sentAtMs);
  const seconds = Math.max(0, Math.round(agoMs / 1000));
  const state = STATES[order.state] ?? `is ${order.state}`;
  return `the same order, clientId ${order.clientId}, was asked for ${seconds} s ago and ${state}`;
}
