/**
 * Orders that may still fill: those that the exchange shows, and those that it does not show but
 * that may have been placed. Pure; what is not certain counts in full.
 *
 * @module
 */

import { type Decimal, decimal, divide, largest, ZERO } from "../decimal.ts";
import type { Order } from "../schemas/mod.ts";
import type { AccountView } from "./account_view.ts";
import type { Reservation } from "./ledger.ts";
import { baseQuantity, isTrigger, type OrderRequest } from "./order_request.ts";
import { isEnded, openOrderOf, remainder, unshownFills } from "./traces.ts";

/** An order that may still fill. */
export interface Standing {
  symbol: string;
  /** `Bid` or `Ask`. */
  side: string;
  /** What may still fill, and what has without showing among the fills; base asset. */
  quantity: Decimal;
}

/**
 * Orders that may still fill: all that the exchange showed, and those that it did not show but that
 * may have been placed since, by any process.
 */
export function standingOrders(
  reservations: readonly Reservation[],
  account: AccountView,
): Standing[] {
  const open = account.openOrders.map((order) => ({
    symbol: order.symbol,
    side: order.side,
    quantity: remainder(order, account).plus(unshownFills(order, account)),
  }));
  return [...open, ...unseen(reservations, account).map(standingOf)];
}

/** How many orders rest on the books, or may: exits too, which an order that has filled leaves there. */
export function restingCount(
  reservations: readonly Reservation[],
  account: AccountView,
): number {
  const { openOrders } = account;
  const shown = openOrders.map((order) => 1 + exitsToCome(order, order.id, openOrders));
  const maybe = unseen(reservations, account).map(({ request, order }) => {
    if (order === undefined) return restingOf(request);
    const exits = exitsToCome(request, order.id, openOrders);
    if (!isEnded(order)) return (mayRest(request) ? 1 : 0) + exits;
    return decimal(order.executedQuantity).isZero() ? 0 : exits;
  });
  return [...shown, ...maybe].reduce((sum, count) => sum + count, 0);
}

/** How many orders that may rest come of a request: the order itself, and its exits. */
export function restingOf(request: Partial<OrderRequest>): number {
  return (mayRest(request) ? 1 : 0) + exitCount(request);
}

/** How many of the exits that were attached to the order `id` the book does not show yet. */
function exitsToCome(attached: Exits, id: string, openOrders: readonly Order[]): number {
  const shown = openOrders.filter(({ relatedOrderId }) => relatedOrderId === id).length;
  return Math.max(0, exitCount(attached) - shown);
}

/** Whether an order stays on the book if it does not fill at once. */
function mayRest(request: Partial<OrderRequest>): boolean {
  const { orderType, timeInForce } = request;
  if (isTrigger(request)) return true;
  return orderType === "Limit" && timeInForce !== "IOC" && timeInForce !== "FOK";
}

type Exits = Pick<Order, "takeProfitTriggerPrice" | "stopLossTriggerPrice">;

/** How many orders its take-profit and stop-loss become. */
export function exitCount(request: Exits): number {
  const exits = [request.takeProfitTriggerPrice, request.stopLossTriggerPrice];
  return exits.filter((price) => price !== undefined).length;
}

function unseen(reservations: readonly Reservation[], account: AccountView): Reservation[] {
  return reservations.filter((reservation) =>
    !reservation.isClosed && reservation.state !== "not_placed" &&
    reservation.makesWay !== true &&
    openOrderOf(reservation, account) === undefined
  );
}

function standingOf(reservation: Reservation): Standing {
  const { symbol, request } = reservation;
  const asked = baseQuantity(request);
  const quantity = asked === undefined ? quantityFor(reservation) : decimal(asked);
  return { symbol, side: request.side ?? "", quantity };
}

/** The base asset that a sum of the quote asset buys or is sold for. */
function quantityFor({ quantity, order, notional, unit }: Reservation): Decimal {
  const executed = order === undefined ? ZERO : decimal(order.executedQuantity);
  return largest([executed, quantity ?? divide(notional, unit) ?? ZERO]) ?? executed;
}
