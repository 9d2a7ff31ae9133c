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
import { netQuantity } from "./proposal.ts";

/** The states from which an order does not come back. */
const ENDED: ReadonlySet<string> = new Set(["Filled", "Cancelled", "Expired", "TriggerFailed"]);

/** Whether nothing of the order can fill any more. */
export function isEnded({ status }: Order): boolean {
  return ENDED.has(status);
}

/**
 * Whether it waits for its trigger. One that has fired keeps the trigger's price, and is on the book
 * like any other; of one that says of itself that it waits, nothing else counts.
 */
export function isWaiting({ status, triggerPrice, triggeredAt }: Order): boolean {
  return triggerPrice !== undefined && (status === "TriggerPending" || triggeredAt === undefined);
}

/**
 * What an order is for, in the base asset or a share of the position; absent where it is a sum. One that
 * waits for its trigger may call its quantity "0" (API digest, 6.2).
 */
export function amountOf({ quantity, triggerQuantity }: Order): string | undefined {
  const told = [quantity, triggerQuantity].filter((text) => text !== undefined);
  return told.find((text) => /[1-9]/.test(text)) ?? told[0];
}

/** The open order that a reservation became, if the exchange shows one. */
export function openOrderOf(
  reservation: Reservation,
  account: AccountView,
): Order | undefined {
  return rowsOf(reservation, account.openOrders, ({ id }) => id)[0];
}

/** The last day's fills of a reservation's order. */
export function fillsOf(reservation: Reservation, account: AccountView): readonly Fill[] {
  return rowsOf(reservation, account.fills, ({ orderId }) => orderId);
}

/** What an order's fills add up to. */
export function filledQuantity(fills: readonly Fill[]): Decimal {
  return fills.reduce((sum, fill) => sum.plus(decimal(fill.quantity)), ZERO);
}

/** The same as an order tells it: in the base asset, and in the quote asset. */
export function executedOf(
  fills: readonly Fill[],
): Pick<Order, "executedQuantity" | "executedQuoteQuantity"> {
  const quote = fills.reduce(
    (sum, { price, quantity }) => sum.plus(decimal(price).times(decimal(quantity))),
    ZERO,
  );
  return {
    executedQuantity: filledQuantity(fills).toFixed(),
    executedQuoteQuantity: quote.toFixed(),
  };
}

/**
 * Tells whether a row under the exchange's `id` belongs to one of the reservations, as
 * {@linkcode fillsOf} does for one of them.
 */
export function ownedBy(
  reservations: readonly Reservation[],
): (id: string, row?: { clientId?: number | undefined; symbol: string }) => boolean {
  const ids = new Set(reservations.map(knownId));
  const names = new Set(
    reservations.filter((reservation) => knownId(reservation) === undefined)
      .map(({ clientId, symbol }) => `${clientId} ${symbol}`),
  );
  return (id, row) =>
    ids.has(id) || row?.clientId !== undefined && names.has(`${row.clientId} ${row.symbol}`);
}

/** What the exchange tells of an order, or of a part of it. */
type Row = Pick<Order, "clientId" | "symbol">;

/** Rows by the exchange's id of their order, and by the client's. */
interface Index<T> {
  byId: ReadonlyMap<string, readonly T[]>;
  byClientId: ReadonlyMap<number | undefined, readonly T[]>;
}

/** Made once for each list: held one by one against a day's orders, its rows took a second. */
const INDEXES = new WeakMap<readonly Row[], Index<unknown>>();

/** By the exchange's id where it is known; otherwise by the client's, in the order's own market. */
function rowsOf<T extends Row>(
  reservation: Reservation,
  rows: readonly T[],
  idOf: (row: T) => string,
): readonly T[] {
  const index = indexed(rows, idOf);
  const id = knownId(reservation);
  if (id !== undefined) return index.byId.get(id) ?? [];
  const { clientId, symbol } = reservation;
  if (clientId === undefined) return [];
  return (index.byClientId.get(clientId) ?? []).filter((row) => row.symbol === symbol);
}

function indexed<T extends Row>(rows: readonly T[], idOf: (row: T) => string): Index<T> {
  const known = INDEXES.get(rows) as Index<T> | undefined;
  if (known !== undefined) return known;
  const index = {
    byId: Map.groupBy(rows, idOf),
    byClientId: Map.groupBy(rows, ({ clientId }) => clientId),
  };
  INDEXES.set(rows, index);
  return index;
}

function knownId({ order }: Reservation): string | undefined {
  return order?.id === "" ? undefined : order?.id;
}

/** What an order may still fill, in the base asset; a share of a position is all of it. */
export function remainder(order: Order, account: AccountView): Decimal {
  const { executedQuantity, symbol } = order;
  const asked = amountOf(order);
  if (asked === undefined || asked.includes("%") || !/[1-9]/.test(asked)) {
    return netQuantity(symbol, account).abs();
  }
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
  const executed = decimal(order.executedQuantity);
  if (executed.isZero() || order.createdAt <= atMs - DAY_MS) return ZERO;
  const shown = indexed(fills, ({ orderId }) => orderId).byId.get(order.id) ?? [];
  return atLeastZero(executed.minus(filledQuantity(shown)));
}
