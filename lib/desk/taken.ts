/**
 * "Order with client ID already exists": whose order is it? It may be the very one that was sent,
 * if something on the way delivered it twice; or an earlier one, and then nothing was placed.
 *
 * Follows the API digest, 6.4. Whether an id is free again once its order has ended is not
 * documented, so orders that have ended count too.
 *
 * @module
 */

import { MARKET_TYPES } from "../account/open_orders.ts";
import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Order } from "../schemas/mod.ts";
import type { DeskParts } from "./parts.ts";
import { isSameOrder, lookRound, MAX_CLOCK_ERROR_MS, type SentOrder } from "./outcome.ts";

const HISTORY_ROWS = 1000;

/** Whether the exchange refused an order because its client id is held. */
export function isTaken(error: unknown): error is DeskError {
  return error instanceof DeskError && error.outcome === "not_placed" &&
    /client id already exists/i.test(error.message);
}

/**
 * What that refusal means: `client_id_taken` when an order is found that can't be the one that was
 * sent, `outcome_unknown` otherwise, and then the usual look-ups say whether it stands.
 */
export async function judgeTaken(
  desk: DeskParts,
  sent: SentOrder,
  refusal: DeskError,
  call: Call,
): Promise<DeskError> {
  const unknown = refusal.with({ code: "outcome_unknown", outcome: "unknown" });
  const round = await lookRound(desk.exchange, sent, call);
  if (round.found !== undefined || !round.isComplete) return unknown;
  const holder = await holderOf(desk, sent.clientId, call).catch((error) => {
    desk.log.warn("look_failed", { reason: String(error) });
  });
  // Look-ups lag: the look that found nothing and this one may lie on either side of its arrival.
  if (holder === undefined || isOwn(holder, sent)) return unknown;
  return refusal.with({
    code: "client_id_taken",
    hint: "Another order holds this clientId, and nothing was placed. Leave clientId out, or " +
      "choose one that was not used before",
    details: { holder: { id: holder.id, symbol: holder.symbol, status: holder.status } },
  });
}

/** Whether it can be the order that was sent. */
function isOwn(holder: Order, sent: SentOrder): boolean {
  return isSameOrder(holder, sent.request, sent.clientId) &&
    holder.createdAt >= sent.timestampMs - MAX_CLOCK_ERROR_MS;
}

/** Any order under that client id, of whatever market and terms. */
async function holderOf(
  desk: DeskParts,
  clientId: number,
  call: Call,
): Promise<Order | undefined> {
  const isHolder = (order: Order): boolean => order.clientId === clientId;
  for (const marketType of MARKET_TYPES) {
    const holder = (await desk.exchange.openOrders({ marketType }, call)).find(isHolder);
    if (holder !== undefined) return holder;
  }
  return (await desk.exchange.orderHistory({ limit: HISTORY_ROWS }, call)).find(isHolder);
}
