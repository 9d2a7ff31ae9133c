/**
 * Orders that may still fill: those that the exchange shows, and those that it does not show but
 * that may have been placed. Pure; what is not certain counts in full.
 *
 * @module
 */

import { type Decimal, decimal, divide, largest, ZERO } from "../decimal.ts";
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

/** How many orders rest on the books, or may. */
export function restingCount(
  reservations: readonly Reservation[],
  account: AccountView,
): number {
  const maybe = unseen(reservations, account).filter(({ request, order }) =>
    mayRest(request) && (order === undefined || !isEnded(order))
  );
  return account.openOrders.length + maybe.length;
}

/** Whether an order stays on the book if it does not fill at once. */
export function mayRest(request: Partial<OrderRequest>): boolean {
  const { orderType, timeInForce } = request;
  if (isTrigger(request)) return true;
  return orderType === "Limit" && timeInForce !== "IOC" && timeInForce !== "FOK";
}

/** How many orders its take-profit and stop-loss become. */
export function exitCount(request: Partial<OrderRequest>): number {
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
