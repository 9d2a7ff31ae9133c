/**
 * Sending one order that is ready: recorded, sent once, and its outcome established.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { isUnknown } from "../http/failure.ts";
import type { Stamp } from "../http/mod.ts";
import type { Order } from "../schemas/mod.ts";
import { earlierOutcome, type Placed } from "./earlier.ts";
import type { DeskParts } from "./parts.ts";
import { orderBody } from "./order_request.ts";
import { findPlaced, isSameOrder, type SentOrder } from "./outcome.ts";
import type { Item, Ready } from "./ready.ts";
import { recordOrders, SentMeanwhile } from "./record.ts";
import { isTaken, judgeTaken } from "./taken.ts";
import { outcomeUnknown } from "./unknown.ts";

/** An order that was sent, and its intent's row; 0 before there is one. */
export type Recorded = SentOrder & { seq: number };

/**
 * Records the one order of `ready`, sends it once and establishes its outcome.
 *
 * @throws {DeskError} `outcome: "not_placed"` when it surely was not placed, or `outcome_unknown`
 */
export async function send(
  desk: DeskParts,
  ready: Ready,
  { request, clientId }: Item,
  call: Call,
): Promise<Placed> {
  const sent: Recorded = { request, clientId, seq: 0, timestampMs: 0, windowMs: 0 };
  const commit = (stamp: Stamp): void => {
    const [seq = 0] = recordOrders(desk, ready, stamp);
    Object.assign(sent, stamp, { seq });
  };
  try {
    const order = await desk.effects.createOrder(orderBody(request, clientId), call, commit);
    return settlePlaced(desk, sent, order);
  } catch (error) {
    return await settleFailure(desk, sent, error, call);
  }
}

/**
 * Records an order that the exchange says it took.
 *
 * @throws {DeskError} `outcome_unknown` if it describes another one
 */
export function settlePlaced(
  desk: DeskParts,
  { seq, request, clientId }: Recorded,
  order: Order,
): Placed {
  if (!isSameOrder(order, request, clientId)) throw otherOrder();
  desk.intents.settle(seq, clientId, { state: "placed", by: "reply", order });
  return { order, intents: [seq] };
}

/**
 * Records a failure, after looking for the order where it may stand nevertheless.
 *
 * @throws {DeskError} `outcome: "not_placed"`, or `outcome_unknown`
 */
export async function settleFailure(
  desk: DeskParts,
  sent: Recorded,
  thrown: unknown,
  call: Call,
): Promise<Placed> {
  const { seq, clientId, request } = sent;
  const error = isTaken(thrown) ? await judgeTaken(desk, sent, thrown, call) : thrown;
  if (error instanceof SentMeanwhile) {
    const earlier = await earlierOutcome(desk, request, clientId, call);
    if (earlier !== undefined) return earlier;
  }
  if (!isUnknown(error)) throw refused(desk, sent, error);
  desk.log.warn("outcome_unknown", { clientId, symbol: request.symbol, reason: error.message });
  const found = await findPlaced(desk, sent, call);
  if (found === undefined) {
    const { code, message } = error;
    desk.intents.settle(seq, clientId, { state: "unknown", by: "reply", code, message });
    desk.resolver.wake();
    throw outcomeUnknown(error, sent);
  }
  const { order, by } = found;
  desk.intents.settle(seq, clientId, { state: "placed", by, order });
  return { order, resolvedBy: by, intents: [seq] };
}

/** A refusal, recorded if the intent was. */
function refused(
  desk: DeskParts,
  sent: { seq: number; clientId: number },
  error: unknown,
): unknown {
  if (!(error instanceof DeskError)) return error;
  const { seq, clientId } = sent;
  const { code, message } = error;
  if (seq > 0) {
    const by = code === "client_id_taken" ? "inference" : "reply";
    desk.intents.settle(seq, clientId, { state: "not_placed", by, code, message });
  }
  return error.with({ details: { clientId } });
}

function otherOrder(): DeskError {
  return new DeskError("outcome_unknown", "The reply describes another order", {
    outcome: "unknown",
  });
}
