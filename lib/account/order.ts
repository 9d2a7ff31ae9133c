/**
 * One order, open or ended, in one shape.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { type Exchange, isNamed, type OrderKey } from "../exchange.ts";
import type { Order } from "../schemas/mod.ts";
import { unlessNotFound } from "./attempt.ts";
import type { AccountReads } from "./holdings.ts";
import { HistoryReader, MAX_ROWS } from "./reader.ts";

const OPEN_STATUSES: ReadonlySet<string> = new Set(["New", "PartiallyFilled", "TriggerPending"]);

/** An order, and a word of caution where histories contradict each other. */
export interface FoundOrder {
  order: Order;
  /** Why it may not be as it is shown. */
  note?: string;
}

/**
 * The order that `key` names: from the book, from the list of open orders (which alone shows
 * pending triggers), or from the history, which can't be asked for a client id and is read back
 * for it.
 *
 * @throws {DeskError} `not_found` if none of them shows it
 */
export async function findOrder(
  { exchange, markets }: AccountReads,
  key: OrderKey,
  call: Call,
): Promise<FoundOrder> {
  await markets.refuseUnknown(key.symbol, call);
  const open = await findOpen(exchange, key, call);
  if (open !== undefined) return { order: open };
  const order = await findEnded(exchange, key, call);
  if (order === undefined) throw notFound(key);
  if (!OPEN_STATUSES.has(order.status)) return { order };
  const note = `It is not open any more, although the history still says ${order.status}: the ` +
    "history lags, so ask again in a moment";
  return { order, note };
}

async function findOpen(
  exchange: Exchange,
  key: OrderKey,
  call: Call,
): Promise<Order | undefined> {
  const order = await unlessNotFound(exchange.openOrder(key, call));
  if (order !== undefined) return order;
  const orders = await exchange.openOrders({ symbol: key.symbol }, call);
  return orders.find((order) => isNamed(order, key));
}

async function findEnded(
  exchange: Exchange,
  key: OrderKey,
  call: Call,
): Promise<Order | undefined> {
  const { symbol } = key;
  const filter = "orderId" in key ? { symbol, orderId: key.orderId } : { symbol };
  const reader = new HistoryReader<Order>({
    page: (window) => exchange.orderHistoryPage({ ...filter, ...window }, call),
    timeOf: (order) => order.createdAt,
    keyOf: (order) => order.id,
    hasOwnKey: () => true,
  });
  for await (const order of reader.rows("orderId" in key ? 1 : Infinity)) {
    if (isNamed(order, key)) return order;
  }
}

function notFound(key: OrderKey): DeskError {
  const name = "orderId" in key ? `id ${key.orderId}` : `clientId ${key.clientId}`;
  const message = `No order with ${name} is open on ${key.symbol} or among the newest ` +
    `${MAX_ROWS} of its history`;
  return new DeskError("not_found", message, {
    hint: "An order that has only just ended may be missing from the history for a moment; " +
      "list_orders and list_order_history show ids",
  });
}
