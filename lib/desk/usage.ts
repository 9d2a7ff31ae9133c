/**
 * How much of the owner's daily limit is used up: what was filled within the last day, and whatever may
 * still fill. Pure; what is not certain counts in full.
 *
 * An order that has ended gives its unfilled part back only when its final state and its fills
 * agree (`closing.ts`), since histories may lag. In a journal's first day, which may have begun
 * because an older one was deleted, all that the exchange itself shows counts too.
 *
 * @module
 */

import { atLeastZero, type Decimal, decimal, largest, smallest, ZERO } from "../decimal.ts";
import { DAY_MS } from "../intervals.ts";
import type { Fill, Order } from "../schemas/mod.ts";
import { assetsOf } from "../symbol.ts";
import type { AccountView } from "./account_view.ts";
import { isUnresolved } from "./intent.ts";
import type { Reservation } from "./ledger.ts";
import { filledQuantity, fillsOf, openOrderOf, ownedBy, remainder } from "./traces.ts";

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
  if (isClosed) return filled.plus(spentUnseen(reservation, account));
  const open = openOrderOf(reservation, account);
  if (open === undefined || isUnresolved(reservation)) {
    return largest([notional, filled, toldBy(reservation.order, account)]) ?? ZERO;
  }
  const rest = remainder(open, account).times(reservation.unit);
  return rest.plus(recentlyExecuted(reservation, open, filled, account));
}

/**
 * USD of what a closed order had executed and no fill shows: those of another account show there
 * alone, and a history may lag behind what it showed before. For a day it counts.
 */
function spentUnseen(reservation: Reservation, account: AccountView): Decimal {
  const { isElsewhere, end, sentAtMs, unit, notional } = reservation;
  if (end === undefined) return ZERO;
  const lastMs = isElsewhere ? Math.max(sentAtMs, end.atMs) : sentAtMs;
  if (lastMs <= account.atMs - DAY_MS) return ZERO;
  const unseen = end.executedQuantity.minus(filledQuantity(fillsOf(reservation, account)));
  return atLeastZero(smallest([notional, unseen.times(unit)]) ?? notional);
}

/** What an open order executed within the day; of a young one all, even if its fills lag. */
function recentlyExecuted(
  { sentAtMs, unit }: Reservation,
  open: Order,
  filled: Decimal,
  account: AccountView,
): Decimal {
  if (sentAtMs <= account.atMs - DAY_MS) return filled;
  const executed = decimal(open.executedQuantity).times(unit);
  return largest([filled, executed, toldBy(open, account)]) ?? filled;
}

/**
 * USD that an order says it executed: more than it was judged at, if the market moved on its way. None
 * where no rate of its quote asset was read.
 */
function toldBy(order: Order | undefined, { rates }: AccountView): Decimal {
  if (order === undefined) return ZERO;
  const rate = rates.get(assetsOf(order.symbol).quote) ?? ZERO;
  return decimal(order.executedQuoteQuantity).times(rate);
}

function foreignNotional(
  reservations: readonly Reservation[],
  account: AccountView,
): Decimal {
  const isOurs = ownedBy(reservations);
  const isExit = ({ relatedOrderId }: Order): boolean =>
    relatedOrderId !== undefined && isOurs(relatedOrderId);
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

function usd(amount: Decimal, symbol: string, account: AccountView): Decimal {
  const { quote } = assetsOf(symbol);
  const rate = account.rates.get(quote);
  if (rate === undefined) throw new UnknownRate(quote);
  return amount.times(rate);
}

/** Nobody tells what an asset is worth in USD. */
export class UnknownRate extends Error {
  override readonly name = "UnknownRate";
  /** `asset` is a quote asset. */
  constructor(asset: string) {
    super(`the exchange tells no price of ${asset} in USDC`);
  }
}
