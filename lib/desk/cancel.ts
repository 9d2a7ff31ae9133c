/**
 * Cancelling one order, and telling what really became of it.
 *
 * A 202 says only that the exchange will look at the cancel, and "not found" only that the order
 * is not on the book: both are followed up (API digest, 4.3 and 6.4).
 *
 * @module
 */

import { unlessNotFound } from "../account/attempt.ts";
import { type Call, DeadlineError } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Commit } from "../effects.ts";
import { isNamed, type OrderKey } from "../exchange.ts";
import { isUnknown } from "../http/failure.ts";
import { DAY_MS } from "../intervals.ts";
import { Order } from "../schemas/mod.ts";
import { AFTER_CANCEL_MS, keepLooking } from "./looking.ts";
import type { DeskParts } from "./parts.ts";
import { recorded } from "./recorded.ts";
import { isEnded, isWaiting } from "./traces.ts";

/** What a cancel found: see {@linkcode CancelResult}. */
export const CANCEL_OUTCOMES = [
  "cancelled",
  "pending",
  "already_cancelled",
  "filled",
  "expired",
] as const;

/** `cancelled` by this call, `pending` with the exchange, or ended in another way before it. */
export interface CancelResult {
  outcome: typeof CANCEL_OUTCOMES[number];
  /** The order as it stands now, if the exchange still knows it. */
  order?: Order;
  /** Where it stands that the order ended by this call, if not in the exchange's reply. */
  by?: "history";
  /** What is not certain about it. */
  note?: string;
}

/**
 * Cancels one order.
 *
 * @throws {DeskError} `not_found` when no such order is known; `outcome_unknown`
 */
export async function cancelOrder(
  desk: DeskParts,
  key: OrderKey,
  call: Call,
): Promise<CancelResult> {
  await desk.markets.refuseUnknown(key.symbol, call);
  return await recorded(desk, "cancel_order", key, (commit) => cancel(desk, key, call, commit));
}

async function cancel(
  desk: DeskParts,
  key: OrderKey,
  call: Call,
  commit: Commit,
): Promise<CancelResult> {
  try {
    const reply = await desk.effects.cancelOrder(key, call, commit);
    if (reply.state === "done" && isEnded(reply.value)) return resultOf(reply.value, "cancelled");
    return await followUp(desk, key, call);
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    if (error.code === "not_found") return await whatBecameOf(desk, key, call);
    if (!isUnknown(error)) throw error;
    desk.log.warn("outcome_unknown", { ...key, reason: String(error) });
    return await resolveUnknown(desk, key, error, call);
  }
}

/** After a lost reply: only an order that is seen to have ended settles it. */
async function resolveUnknown(
  desk: DeskParts,
  key: OrderKey,
  error: DeskError,
  call: Call,
): Promise<CancelResult> {
  const result = await followUp(desk, key, call).catch(() => undefined);
  if (result !== undefined && result.outcome !== "pending") return result;
  throw error.with({
    message: `The cancel may or may not have worked: ${error.message}`,
    hint: `Look with list_orders { "symbol": ${JSON.stringify(key.symbol)} } whether the order ` +
      "still stands; a cancel may safely be asked for again",
    details: keyOf(key),
  });
}

/** Looks until the order has left the book and history says how. */
async function followUp(desk: DeskParts, key: OrderKey, call: Call): Promise<CancelResult> {
  let last: CancelResult = { outcome: "pending" };
  const look = async (looking: Call): Promise<CancelResult | undefined> => {
    last = await lookOnce(desk, key, last, looking);
    return last.outcome === "pending" ? undefined : last;
  };
  await keepLooking(desk.edges, AFTER_CANCEL_MS, look, call).catch((error) => {
    // A client's reason to give the call up may be any value.
    const isOver = call.signal.aborted || error instanceof DeadlineError;
    if (isOver || error instanceof DeskError) return;
    throw error;
  });
  return last;
}

async function lookOnce(
  desk: DeskParts,
  key: OrderKey,
  last: CancelResult,
  call: Call,
): Promise<CancelResult> {
  const open = await unlessNotFound(desk.exchange.openOrder(key, call));
  if (open !== undefined) return stillOpen(open);
  const ended = await findInHistory(desk, key, call);
  if (ended !== undefined && isEnded(ended)) {
    return { ...resultOf(ended, "cancelled"), by: "history" };
  }
  const listed = await findListed(desk, key, call);
  if (listed !== undefined) return stillOpen(listed);
  return {
    ...last,
    outcome: "pending",
    note:
      "The order has left the book; history does not show yet whether it was cancelled or filled",
  };
}

/** Whether an order that waits for its trigger can be asked for alone is not documented. */
async function findListed(
  { exchange }: DeskParts,
  key: OrderKey,
  call: Call,
): Promise<Order | undefined> {
  const orders = await exchange.openOrders({ symbol: key.symbol }, call).catch((error) => {
    if (error instanceof DeskError) return [];
    throw error;
  });
  return orders.find((order) => isNamed(order, key));
}

function stillOpen(order: Order): CancelResult {
  const where = isWaiting(order) ? "still waits for its trigger" : "is still on the book";
  return { outcome: "pending", order, note: `The order ${where}` };
}

/** After "not found": filled, cancelled before, expired, or never heard of. */
async function whatBecameOf(desk: DeskParts, key: OrderKey, call: Call): Promise<CancelResult> {
  const told = await findInHistory(desk, key, call).catch((error) => {
    throw error instanceof DeskError ? error.with({ outcome: "not_placed" }) : error;
  });
  const own = onRecord(desk, key);
  const ended = [told, own].find((order) => order !== undefined && isEnded(order));
  if (ended !== undefined) return resultOf(ended, "already_cancelled");
  if (told === undefined && own === undefined) throw unknownOrder(key);
  const result = await followUp(desk, key, call);
  return result.outcome === "cancelled" ? { ...result, outcome: "already_cancelled" } : result;
}

/** The order as the last day's journal has it, with how it ended if that is there. */
function onRecord(desk: DeskParts, key: OrderKey): Order | undefined {
  const orders = desk.intents.recent(DAY_MS)
    .map(({ outcome }) => Order.safeParse(outcome?.body.order).data)
    .filter((order) => order !== undefined && isNamed(order, key));
  return orders.find((order) => order !== undefined && isEnded(order)) ?? orders[0];
}

function unknownOrder(key: OrderKey): DeskError {
  const name = "orderId" in key ? `id ${key.orderId}` : `clientId ${key.clientId}`;
  return new DeskError(
    "not_found",
    `No order with ${name} is open on ${key.symbol}, and its order history does not show one`,
    {
      outcome: "not_placed",
      hint:
        "Nothing was cancelled. list_orders shows what is open, with its ids; history may not " +
        "show yet what has just ended",
      details: keyOf(key),
    },
  );
}

/** The order as history shows it. */
export async function findInHistory(
  desk: DeskParts,
  key: OrderKey,
  call: Call,
): Promise<Order | undefined> {
  const { symbol } = key;
  if ("orderId" in key) {
    const rows = await desk.exchange.orderHistory({ symbol, orderId: key.orderId }, call);
    return rows.find((order) => order.id === key.orderId);
  }
  const rows = await desk.exchange.orderHistory({ symbol, limit: 1000 }, call);
  return rows.find((order) => order.clientId === key.clientId);
}

/** What a cancel came to, by the status in which its order ended. */
const OUTCOMES: Readonly<Record<string, CancelResult["outcome"]>> = {
  Cancelled: "cancelled",
  Filled: "filled",
  Expired: "expired",
  TriggerFailed: "expired",
};

/** What a cancel of `order`, which has ended, came to; `whenCancelled` if it was cancelled. */
export function resultOf(
  order: Order,
  whenCancelled: "cancelled" | "already_cancelled",
): CancelResult {
  const outcome = OUTCOMES[order.status] ?? "pending";
  return { outcome: outcome === "cancelled" ? whenCancelled : outcome, order };
}

function keyOf(key: OrderKey): Record<string, unknown> {
  return "orderId" in key ? { orderId: key.orderId } : { clientId: key.clientId };
}
