/**
 * How much of the owner's limits is used up: what was filled within the last day, and whatever may
 * still fill. Pure; what is not certain counts in full.
 *
 * An order that has ended gives its unfilled part back only when its final state and its fills
 * agree (`closing.ts`), since histories may lag. In a journal's first day, which may have begun
 * because an older one was deleted, all that the exchange itself shows counts too.
 *
 * @module
 */

import { type Decimal, decimal, divide, largest, ZERO } from "../decimal.ts";
import type { Fill, Order } from "../schemas/mod.ts";
import { type AccountView, DAY_MS, quoteOf } from "./account_view.ts";
import { isOpenQuestion, type Reservation } from "./ledger.ts";
import { baseQuantity, isTrigger, type OrderRequest } from "./order_request.ts";

/** The states from which an order does not come back. */
export const ENDED: ReadonlySet<string> = new Set([
  "Filled",
  "Cancelled",
  "Expired",
  "TriggerFailed",
]);

/** An order that may still fill. */
export interface Standing {
  symbol: string;
  side: string;
  /** In the base asset. */
  quantity: Decimal;
  reduceOnly: boolean;
}

/** USD used of the daily limit. `isFirstDay`: the journal is younger than a day. */
export function dailyNotional(
  reservations: readonly Reservation[],
  account: AccountView,
  isFirstDay: boolean,
): Decimal {
  const own = reservations.map((reservation) => spentBy(reservation, account));
  const foreign = isFirstDay ? foreignNotional(reservations, account) : ZERO;
  return own.reduce((sum, spent) => sum.plus(spent), foreign);
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
    quantity: remainder(order, account),
    reduceOnly: order.reduceOnly ?? false,
  }));
  return [...open, ...unseen(reservations, account).map(standingOf)];
}

/** How many orders rest on the books, or may. */
export function restingCount(
  reservations: readonly Reservation[],
  account: AccountView,
): number {
  const maybe = unseen(reservations, account).filter(({ request, order }) =>
    mayRest(request) && (order === undefined || !ENDED.has(order.status))
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
    openOrderOf(reservation, account) === undefined
  );
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

function spentBy(reservation: Reservation, account: AccountView): Decimal {
  if (reservation.state === "not_placed") return ZERO;
  return spentByEntry(reservation, account).plus(spentByExits(reservation, account));
}

/** Exits are orders of their own in the end; for a day they count in full, then while they stand. */
function spentByExits(
  { exits, isClosed, sentAtMs, order }: Reservation,
  account: AccountView,
): Decimal {
  if (exits.isZero() || !isClosed || sentAtMs > account.atMs - DAY_MS) return exits;
  return account.openOrders.filter(({ relatedOrderId }) => relatedOrderId === order?.id)
    .reduce((sum, open) => sum.plus(openNotional(open, account)), ZERO);
}

function spentByEntry(reservation: Reservation, account: AccountView): Decimal {
  const { isClosed, notional } = reservation;
  const filled = notionalOf(fillsOf(reservation, account), account);
  if (isClosed) return filled;
  const open = openOrderOf(reservation, account);
  if (open === undefined || isOpenQuestion(reservation)) return largest([notional, filled]) ?? ZERO;
  const rest = remainder(open, account).times(reservation.unit);
  return rest.plus(recentlyExecuted(reservation, open, filled, account));
}

/** What an open order executed within the day; of a young one all, even if its fills lag. */
function recentlyExecuted(
  { sentAtMs, unit }: Reservation,
  open: Order,
  filled: Decimal,
  account: AccountView,
): Decimal {
  if (sentAtMs <= account.atMs - DAY_MS) return filled;
  return largest([filled, decimal(open.executedQuantity).times(unit)]) ?? filled;
}

function foreignNotional(
  reservations: readonly Reservation[],
  account: AccountView,
): Decimal {
  const isOurs = (id: string, row: { clientId?: number | undefined }): boolean =>
    reservations.some((reservation) => isOf(reservation, id, row));
  const isExit = ({ relatedOrderId }: Order): boolean =>
    relatedOrderId !== undefined && isOurs(relatedOrderId, {});
  const fills = account.fills.filter((fill) => !isOurs(fill.orderId, fill));
  const orders = account.openOrders.filter((order) => !isOurs(order.id, order) && !isExit(order));
  return orders.reduce(
    (sum, order) => sum.plus(openNotional(order, account)),
    notionalOf(fills, account),
  );
}

/** USD of what an order of somebody else may still fill: at its price, or where it triggers. */
function openNotional(order: Order, account: AccountView): Decimal {
  const prices = [order.price, order.triggerPrice].filter((price) => price !== undefined);
  const price = largest(prices.map(decimal)) ?? ZERO;
  return usd(remainder(order, account).times(price), order.symbol, account);
}

function notionalOf(fills: readonly Fill[], account: AccountView): Decimal {
  return fills.reduce((sum, { price, quantity, symbol }) => {
    return sum.plus(usd(decimal(price).times(decimal(quantity)), symbol, account));
  }, ZERO);
}

/** What an order may still fill, in the base asset; a share of a position is all of it. */
function remainder(order: Order, account: AccountView): Decimal {
  const { quantity, triggerQuantity, executedQuantity, symbol } = order;
  const asked = [quantity, triggerQuantity].find((text) =>
    text !== undefined && /[1-9]/.test(text)
  );
  if (asked === undefined || asked.includes("%")) return positionSize(symbol, account);
  const rest = decimal(asked).minus(decimal(executedQuantity));
  return rest.lt(0) ? ZERO : rest;
}

function positionSize(symbol: string, account: AccountView): Decimal {
  const position = account.positions.find((position) => position.symbol === symbol);
  return position === undefined ? ZERO : decimal(position.netQuantity).abs();
}

function standingOf({ symbol, request, notional, unit }: Reservation): Standing {
  const asked = baseQuantity(request);
  const quantity = asked === undefined ? divide(notional, unit) ?? ZERO : decimal(asked);
  return { symbol, side: request.side ?? "", quantity, reduceOnly: request.reduceOnly ?? false };
}

/** By the exchange's id where it is known; by the client's only for orders not older than ours. */
function isOf(
  { order, clientId, symbol }: Reservation,
  id: string,
  row: { clientId?: number | undefined; symbol?: string },
): boolean {
  if (order?.id !== undefined && order.id !== "") return order.id === id;
  return clientId !== undefined && row.clientId === clientId &&
    (row.symbol === undefined || row.symbol === symbol);
}

function usd(amount: Decimal, symbol: string, account: AccountView): Decimal {
  const rate = account.rates.get(quoteOf(symbol));
  if (rate === undefined) throw new UnknownRate(quoteOf(symbol));
  return amount.times(rate);
}

/** Nobody tells what an asset is worth in USD. */
export class UnknownRate extends Error {
  override readonly name = "UnknownRate";
  readonly asset: string;

  /** `asset` is a quote asset. */
  constructor(asset: string) {
    super(`the exchange tells no price of ${asset} in USDC`);
    this.asset = asset;
  }
}
