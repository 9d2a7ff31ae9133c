/**
 * What became of an order whose reply was lost. Only evidence that it stands is taken as an
 * answer: that it was not found proves nothing, since look-ups may lag (API digest, 6.4 and 11).
 *
 * @module
 */

import { type Call, sleep, withDeadline } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Order } from "../schemas/mod.ts";
import type { Placed } from "./create.ts";
import type { DeskParts } from "./mod.ts";
import type { OrderRequest } from "./order_request.ts";

const LOOK_DELAYS_MS = [0, 500, 1500] as const;
const LOOKING_MS = 4500;
/** How much older than its sending an order's own time may be. */
const MAX_CLOCK_ERROR_MS = 5000;

/** The order that was sent under `clientId`, when a look-up shows that it stands. */
export async function findPlaced(
  desk: DeskParts,
  request: OrderRequest,
  sent: { clientId: number; sentAtMs: number },
  call: Call,
): Promise<Placed | undefined> {
  const isIt = (order: Order): boolean =>
    isSameOrder(order, request, sent.clientId) && order.clientId === sent.clientId &&
    order.createdAt >= sent.sentAtMs - MAX_CLOCK_ERROR_MS;
  return await withDeadline(desk.edges, LOOKING_MS, async (looking) => {
    for (const delayMs of LOOK_DELAYS_MS) {
      await sleep(desk.edges, delayMs, looking.signal);
      const found = await look(desk, request.symbol, sent.clientId, isIt, looking);
      if (found !== undefined) return found;
    }
  }, call.signal).catch(() => undefined);
}

async function look(
  desk: DeskParts,
  symbol: string,
  clientId: number,
  isIt: (order: Order) => boolean,
  call: Call,
): Promise<Placed | undefined> {
  const open = await ignoringFailure(desk.exchange.openOrder({ symbol, clientId }, call));
  if (open !== undefined && isIt(open)) return { order: open, resolvedBy: "open order" };
  const rows = await ignoringFailure(desk.exchange.orderHistory({ symbol, limit: 100 }, call));
  const ended = rows?.find(isIt);
  return ended === undefined ? undefined : { order: ended, resolvedBy: "order history" };
}

/** A look that fails shows nothing, which is no reason to stop looking elsewhere. */
async function ignoringFailure<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof DeskError) return undefined;
    throw error;
  }
}

/** Whether the exchange describes the order that was asked for; decimals compare as numbers. */
export function isSameOrder(order: Order, request: OrderRequest, clientId: number): boolean {
  return order.symbol === request.symbol && order.side === request.side &&
    order.orderType === request.orderType &&
    (order.clientId ?? clientId) === clientId &&
    isSameAmount(order.price, request.price) && isSameAmount(order.quantity, request.quantity);
}

function isSameAmount(told: string | undefined, asked: string | undefined): boolean {
  if (told === undefined || asked === undefined) return true;
  return decimal(told).eq(decimal(asked));
}

/** The answer when nobody knows: it must not be sent again before it has been looked up. */
export function outcomeUnknown(error: DeskError, symbol: string, clientId: number): DeskError {
  return error.with({
    code: "outcome_unknown",
    message: `The order may or may not stand, so do not send it again: ${error.message}`,
    hint:
      `Look with list_orders { "symbol": ${JSON.stringify(symbol)}, "marketType": "ALL" } for ` +
      `clientId ${clientId}, and look again after a minute before concluding that it is absent; ` +
      "a filled order is not listed: compare the balances too",
    details: { clientId },
  });
}
