/**
 * Cancelling the orders of one market, and looking afterwards at what still stands.
 *
 * @module
 */

import { type Call, withDeadline } from "../clock.ts";
import { decimal } from "../decimal.ts";
import type { DeskError } from "../errors.ts";
import type { Commit } from "../effects.ts";
import { isUnknown } from "../http/failure.ts";
import { word } from "../quote.ts";
import type { Order } from "../schemas/mod.ts";
import { AFTER_CANCEL_MS, keepLooking } from "./looking.ts";
import type { DeskParts } from "./parts.ts";
import { recorded } from "./recorded.ts";
import { isWaiting } from "./traces.ts";

/** What a cancel-all did. */
export interface CancelAllResult {
  /** As they were when they ended. */
  cancelled: Order[];
  /** Orders of the market that a look afterwards still showed; absent when that look failed. */
  stillOpen?: Order[];
  /** What could not be looked at, or is not certain. */
  notes: string[];
}

const MAX_HISTORY_ROWS = 1000;
/** How many things a note names before it only counts. */
const MAX_NAMED = 20;
/** A cancel does not wait longer for a look at what it is going to cancel. */
const LOOK_BEFORE_MS = 2000;
const NOT_SEEN_BEFORE =
  "What was open before could not be looked at: only what the exchange itself " +
  "called cancelled is listed";
const LOOK_FAILED = "The look afterwards failed: list_orders shows what still stands";

/**
 * Cancels every order of one market, or those of one kind.
 *
 * @throws {DeskError} `outcome_unknown` when the reply was lost and orders still stand
 */
export async function cancelAllOrders(
  desk: DeskParts,
  request: { symbol: string; orderType?: string },
  call: Call,
): Promise<CancelAllResult> {
  await desk.markets.refuseUnknown(request.symbol, call);
  const work = (commit: Commit): ReturnType<typeof cancelAll> =>
    cancelAll(desk, request, call, commit);
  return await recorded(desk, "cancel_all_orders", request, work);
}

async function cancelAll(
  desk: DeskParts,
  request: { symbol: string; orderType?: string },
  call: Call,
  commit: Commit,
): Promise<CancelAllResult & { outcome: string }> {
  const { symbol } = request;
  const before = await lookBefore(desk, symbol, call);
  const reply = await desk.effects.cancelAllOrders(request, call, commit).catch((error) => {
    if (!isUnknown(error)) throw error;
    desk.log.warn("outcome_unknown", { ...request, reason: String(error) });
    return { state: "unknown" as const, error };
  });
  const stillOpen = await lookUntilGone(desk, request, call);
  const seen = stillOpen ?? before;
  const mayStand = seen === undefined || targets(seen, request).length > 0;
  if (reply.state === "unknown" && mayStand) throw unseen(reply.error);
  const cancelled = reply.state === "done"
    ? reply.value
    : await cancelledSince(desk, symbol, before ?? [], seen ?? [], call);
  const lostStop = await lostStopNote(desk, symbol, cancelled, call);
  const outcome = reply.state === "accepted" && mayStand ? "pending" : "cancelled";
  if (stillOpen === undefined) return { outcome, cancelled, notes: [LOOK_FAILED, ...lostStop] };
  const notes = [...goneNotes(before, cancelled, stillOpen), ...lostStop];
  return { outcome, cancelled, stillOpen, notes };
}

/** What is open, unless that can't be had soon: the cancel leaves all the same. */
async function lookBefore(
  desk: DeskParts,
  symbol: string,
  call: Call,
): Promise<Order[] | undefined> {
  const look = (looking: Call): Promise<Order[]> => desk.exchange.openOrders({ symbol }, looking);
  return await withDeadline(desk.edges, LOOK_BEFORE_MS, look, call.signal).catch((error) => {
    desk.log.warn("look_failed", { reason: String(error) });
    return undefined;
  });
}

/** Those of `orders` that the request meant to cancel. */
export function targets(orders: readonly Order[], request: { orderType?: unknown }): Order[] {
  if (request.orderType === undefined) return [...orders];
  const wantsTriggers = request.orderType === "ConditionalOrder";
  return orders.filter((order) => isWaiting(order) === wantsTriggers);
}

async function lookUntilGone(
  desk: DeskParts,
  request: { symbol: string; orderType?: string },
  call: Call,
): Promise<Order[] | undefined> {
  let seen: Order[] | undefined;
  const look = async (looking: Call): Promise<Order[] | undefined> => {
    seen = await desk.exchange.openOrders({ symbol: request.symbol }, looking);
    return targets(seen, request).length === 0 ? seen : undefined;
  };
  await keepLooking(desk.edges, AFTER_CANCEL_MS, look, call).catch((error) => {
    desk.log.warn("look_failed", { reason: String(error) });
  });
  return seen;
}

/** The orders that are gone and that history calls cancelled: a fill is not a cancel. */
async function cancelledSince(
  desk: DeskParts,
  symbol: string,
  before: readonly Order[],
  stillOpen: readonly Order[],
  call: Call,
): Promise<Order[]> {
  const standing = new Set(stillOpen.map((order) => order.id));
  const gone = new Set(before.map((order) => order.id).filter((id) => !standing.has(id)));
  if (gone.size === 0) return [];
  const rows = await desk.exchange.orderHistory({ symbol, limit: MAX_HISTORY_ROWS }, call)
    .catch(() => []);
  return rows.filter((order) => gone.has(order.id) && order.status === "Cancelled");
}

function goneNotes(
  before: readonly Order[] | undefined,
  cancelled: readonly Order[],
  stillOpen: readonly Order[],
): string[] {
  if (before === undefined) return [NOT_SEEN_BEFORE];
  const accounted = new Set([...cancelled, ...stillOpen].map((order) => order.id));
  const ids = before.map((order) => order.id).filter((id) => !accounted.has(id));
  if (ids.length === 0) return [];
  return [
    `No longer open, but not shown as cancelled (filled, or history lags): ${named(ids)}`,
  ];
}

/** A position that had a stop and has none now is worth a warning. */
async function lostStopNote(
  desk: DeskParts,
  symbol: string,
  cancelled: readonly Order[],
  call: Call,
): Promise<string[]> {
  const triggers = cancelled.filter((order) => order.triggerPrice !== undefined);
  if (triggers.length === 0 || !symbol.endsWith("_PERP")) return [];
  const positions = await desk.exchange.positions(call).catch(() => undefined);
  if (positions === undefined) {
    return [
      `Trigger orders were cancelled (${triggers.length}); the position could not be looked at`,
    ];
  }
  const position = positions.find((position) => position.symbol === symbol);
  if (position === undefined || decimal(position.netQuantity).isZero()) return [];
  return [
    `The position of ${position.netQuantity} ${symbol} lost its stop: ` +
    named(triggers.map((order) => `${word(order.side)} at trigger ${order.triggerPrice}`)),
  ];
}

function named(things: readonly string[]): string {
  const more = things.length - MAX_NAMED;
  return things.slice(0, MAX_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function unseen(error: DeskError): DeskError {
  return error.with({
    message: `Which orders were cancelled is not known: ${error.message}`,
    hint: "list_orders shows what still stands; cancelling may safely be asked for again",
  });
}
