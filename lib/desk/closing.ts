/**
 * Which orders have ended for good: not on the book, their final state known, and their fills
 * adding up to it. Only then does what they did not fill count no more.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { DAY_MS } from "../intervals.ts";
import type { Order } from "../schemas/mod.ts";
import { type AccountView, readFills } from "./account_view.ts";
import type { Reservation } from "./ledger.ts";
import type { DeskParts } from "./parts.ts";
import { filledQuantity, fillsOf, isEnded, openOrderOf } from "./traces.ts";

/** How many orders that left the book unseen are looked up before each new one. */
const MAX_LOOK_UPS = 8;

/** Notes in the journal which reservations have ended and agree with their fills. */
export async function closeEnded(
  desk: DeskParts,
  reservations: readonly Reservation[],
  account: AccountView,
  call: Call,
): Promise<void> {
  const gone = reservations.filter((reservation) =>
    reservation.state === "placed" && !reservation.isClosed &&
    openOrderOf(reservation, account) === undefined
  ).sort(ownFirst);
  await Promise.all(
    gone.slice(0, MAX_LOOK_UPS).map(async (reservation) => {
      const order = await finalState(desk, reservation, call);
      if (order === undefined || !await agrees(desk, reservation, order, account, call)) return;
      desk.intents.closed(reservation.seq, order.status, order.executedQuantity);
    }),
  );
}

/** Orders of another account come last: they never show here, and would use up every look-up. */
function ownFirst(a: Reservation, b: Reservation): number {
  return Number(a.isElsewhere ?? false) - Number(b.isElsewhere ?? false);
}

async function finalState(
  desk: DeskParts,
  { order, symbol }: Reservation,
  call: Call,
): Promise<Order | undefined> {
  if (order === undefined || isEnded(order)) return order;
  const rows = await desk.exchange.orderHistory({ symbol, orderId: order.id }, call)
    .catch(noneWhenUnavailable);
  return rows.find((row) => row.id === order.id && isEnded(row));
}

async function agrees(
  desk: DeskParts,
  reservation: Reservation,
  order: Order,
  account: AccountView,
  call: Call,
): Promise<boolean> {
  const executed = decimal(order.executedQuantity);
  // Filled and nothing executed: one of the two is wrong, and nobody knows which.
  if (order.status === "Filled" && executed.isZero()) return false;
  if (filledQuantity(fillsOf(reservation, account)).eq(executed)) return true;
  // An older order may have filled before the day that was read.
  if (reservation.sentAtMs > account.atMs - DAY_MS) return false;
  const all = await readFills(desk, { orderId: order.id, symbol: order.symbol }, call)
    .catch(noneWhenUnavailable);
  return filledQuantity(all).eq(executed);
}

/** What can't be looked up now counts in full now, and is looked up before the next order. */
function noneWhenUnavailable(error: unknown): never[] {
  if (error instanceof DeskError) return [];
  throw error;
}
