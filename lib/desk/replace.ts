/**
 * Replacing an order: the exchange amends none, so the old one is cancelled and a new one is sent
 * for what is left. The new one leaves only when it is certain that the old one has ended and how
 * much of it was executed; nothing sends it later.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { isNamed, type OrderKey } from "../exchange.ts";
import type { Order } from "../schemas/mod.ts";
import { readFills } from "./account_view.ts";
import { cancelOrder } from "./cancel.ts";
import { unusedId } from "./create.ts";
import type { Placed } from "./earlier.ts";
import { ageOf } from "./limits.ts";
import { refuseMalformed } from "./market_rules.ts";
import { isSameAmount } from "./outcome.ts";
import type { DeskParts } from "./parts.ts";
import type { Person } from "./person.ts";
import { approvedIdOf, type Item, makeReady, type Ready } from "./ready.ts";
import { type Changes, refuseNoChange, requestOf, suggestChanges } from "./replacement.ts";
import { send } from "./send.ts";
import { executedOf } from "./traces.ts";

/** A cancel that took longer may have left the market elsewhere: the new order is judged again. */
const MAX_CANCEL_MS = 3000;

/** The new order, and the old one as it ended. */
export interface Replacement extends Placed {
  /** The old order, as it was when it ended. */
  replaced: Order;
}

/**
 * Cancels an order and places another for what is left of it.
 *
 * @throws {DeskError} `outcome: "not_placed"` when no new order was placed, with `cancelled` if the
 * old one has ended; `outcome_unknown`
 */
export async function replaceOrder(
  desk: DeskParts,
  key: OrderKey,
  { person, ...changes }: Changes & { person?: Person | undefined },
  call: Call,
): Promise<Replacement> {
  const old = await openOrder(desk, key, call);
  refuseNoChange(old, changes);
  const approvedId = approvedIdOf(desk, requestOf(old, changes), old.id);
  const wanted = { changes, clientId: approvedId ?? unusedId(desk, person) };
  // All that could stop the new order stops it before the old one is touched.
  const first = await prepare(desk, old, { ...wanted, person }, call).catch((error) => {
    throw error instanceof DeskError ? suggestChanges(error, old, key) : error;
  });
  const ended = await cancelForGood(desk, { symbol: old.symbol, orderId: old.id }, call);
  try {
    const left = leftOf(old, ended);
    // The old order is gone: whoever answers between calls could not come back to this one.
    const present = person !== undefined && "approves" in person ? person : undefined;
    const { ready, item } = mustJudgeAgain(desk, first.ready, old, ended)
      ? await prepare(desk, left, { ...wanted, person: present }, call)
      : first;
    return { ...await send(desk, ready, item, call), replaced: ended };
  } catch (error) {
    throw error instanceof DeskError ? afterCancel(error, ended) : error;
  }
}

/**
 * The new order for what is left of `order`, ready to be sent.
 *
 * @throws {DeskError} `outcome: "not_placed"` if anything stops it
 */
async function prepare(
  desk: DeskParts,
  order: Order,
  { changes, clientId, person }: {
    changes: Changes;
    clientId: number;
    person: Person | undefined;
  },
  call: Call,
): Promise<{ ready: Ready; item: Item }> {
  const request = { ...requestOf(order, changes), clientId };
  const market = await refuseMalformed(desk, request, call);
  const item = { request, market, clientId };
  const ready = await makeReady(desk, [item], { person, replaced: order }, call);
  return { ready, item };
}

/** Whether the old order filled while it was cancelled, or the cancel took too long. */
function mustJudgeAgain(
  desk: DeskParts,
  { situation }: Ready,
  old: Order,
  ended: Order,
): boolean {
  const hasFilled = !decimal(ended.executedQuantity).eq(decimal(old.executedQuantity));
  return hasFilled || (situation !== undefined && ageOf(desk, situation) > MAX_CANCEL_MS);
}

async function openOrder(desk: DeskParts, key: OrderKey, call: Call): Promise<Order> {
  await desk.markets.refuseUnknown(key.symbol, call);
  const find = async (): Promise<Order | undefined> => {
    const orders = await desk.exchange.openOrders({ symbol: key.symbol }, call);
    return orders.find((order) => isNamed(order, key));
  };
  const order = await find().catch((error) => {
    throw error instanceof DeskError ? error.with({ outcome: "not_placed" }) : error;
  });
  if (order !== undefined) return order;
  throw new DeskError("not_found", `No such order is open on ${key.symbol}`, {
    outcome: "not_placed",
    hint: "Nothing was changed. list_orders shows what is open, with its ids",
  });
}

/** Ends the old order; resolves only when it is certain how. */
async function cancelForGood(desk: DeskParts, key: OrderKey, call: Call): Promise<Order> {
  const { outcome, order, by } = await cancelOrder(desk, key, call);
  if (outcome === "cancelled" && order !== undefined) {
    return by === undefined ? order : await withFills(desk, order, call);
  }
  if (outcome === "pending") {
    throw new DeskError(
      "outcome_unknown",
      "The cancel of the old order is still with the exchange",
      {
        outcome: "unknown",
        hint:
          "No new order was sent, and none will be. list_orders shows whether the old one stands",
      },
    );
  }
  throw new DeskError("rejected", `The old order had ended before: ${outcome}`, {
    outcome: "not_placed",
    hint: "No new order was sent. Tell the owner before another one is placed",
    details: { order },
  });
}

/**
 * What history says of an ended order need not tell what was executed of it (API digest, 6.2): its
 * fills do.
 *
 * @throws {DeskError} `outcome: "not_placed"`, with `cancelled`, if they can't be read
 */
async function withFills(desk: DeskParts, ended: Order, call: Call): Promise<Order> {
  if (!decimal(ended.executedQuantity).isZero()) return ended;
  const { symbol, id: orderId } = ended;
  const fills = await readFills(desk, { symbol, orderId }, call).catch((error) => {
    if (!(error instanceof DeskError)) throw error;
    throw afterCancel(error.with({ outcome: "not_placed" }), ended);
  });
  return fills.length === 0 ? ended : { ...ended, ...executedOf(fills) };
}

/**
 * The old order, as it was judged, with what `ended` says was executed of it.
 *
 * @throws {DeskError} `bad_reply` if `ended` can't be what became of `old`
 */
function leftOf(old: Order, ended: Order): Order {
  const { status, executedQuantity, executedQuoteQuantity } = ended;
  const isLess = decimal(executedQuantity).lt(decimal(old.executedQuantity));
  if (!isLess && ended.side === old.side && isSameAmount(ended.quantity, old.quantity)) {
    return { ...old, status, executedQuantity, executedQuoteQuantity };
  }
  throw new DeskError("bad_reply", "What the cancel's reply tells of it contradicts what it was", {
    outcome: "not_placed",
    hint: "No new order was sent. Look at list_orders and list_fills, and tell the owner",
  });
}

function afterCancel(error: DeskError, ended: Order): DeskError {
  return error.with({
    message: `The old order is cancelled; of the new one: ${error.message}`,
    details: { cancelled: ended },
  });
}
