/**
 * What the exchange shows of an order of ours: the open order and the fills that belong to it, and
 * what it may still fill.
 *
 * @module
 */

import { atLeastZero, type Decimal, decimal, ZERO } from "../decimal.ts";
import { DAY_MS } from "../intervals.ts";
import type { Fill, Order } from "../schemas/mod.ts";
import type { AccountView } from "./account_view.ts";
import type { Reservation } from "./ledger.ts";

/** The states from which an order does not come back. */
const ENDED: ReadonlySet<string> = new Set(["Filled", "Cancelled", "Expired", "TriggerFailed"]);

/** Whether nothing of the order can fill any more. */
export function isEnded({ status }: Order): boolean {
  return ENDED.has(status);
}

/** The open order that a reservation became, if the exchange shows one. */
export function openOrderOf(
  reservation: Reservation,
  account: AccountView,
): Order | undefined {
  return account.openOrders.find((order) => isOf(reservation, order.id, order));
}

/** The last day's fills of a reservation's order. */
export function fillsOf(reservation: Reservation, account: AccountView): Fill[] {
  return account.fills.filter((fill) => isOf(reservation, fill.orderId, fill));
}

/** What an order's fills add up to. */
export function filledQuantity(fills: readonly Fill[]): Decimal {
  return fills.reduce((sum, fill) => sum.plus(decimal(fill.quantity)), ZERO);
}

/** By the exchange's id where it is known; by the client's only for orders not older than ours. */
export function isOf(
  { order, clientId, symbol }: Reservation,
  id: string,
  row: { clientId?: number | undefined; symbol?: string },
): boolean {
  if (order?.id !== undefined && order.id !== "") return order.id === id;
  return clientId !== undefined && row.clientId === clientId &&
    (row.symbol === undefined || row.symbol === symbol);
}

/** What an order may still fill, in the base asset; a share of a position is all of it. */
export function remainder(order: Order, account: AccountView): Decimal {
  const { quantity, triggerQuantity, executedQuantity, symbol } = order;
  const asked = [quantity, triggerQuantity].find((text) =>
    text !== undefined && /[1-9]/.test(text)
  );
  if (asked === undefined || asked.includes("%")) return positionSize(symbol, account);
  return atLeastZero(decimal(asked).minus(decimal(executedQuantity)));
}

/**
 * What an order executed without a fill that shows it, in the base asset; zero of an order from before
 * the day whose fills were read.
 */
export function unshownFills(
  order: Pick<Order, "id" | "executedQuantity" | "createdAt">,
  { fills, atMs }: AccountView,
): Decimal {
  const shown = filledQuantity(fills.filter(({ orderId }) => orderId === order.id));
  const hidden = decimal(order.executedQuantity).minus(shown);
  return order.createdAt > atMs - DAY_MS && hidden.gt(0) ? hidden : ZERO;
}

function positionSize(symbol: string, account: AccountView): Decimal {
  const position = account.positions.find((position) => position.symbol === symbol);
  return position === undefined ? ZERO : decimal(position.netQuantity).abs();
}
