/**
 * Sending one order that was judged: recorded, sent once, and its outcome established.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { isUnknown } from "../http/failure.ts";
import type { Stamp } from "../http/mod.ts";
import { refuseStaleApproval } from "./approval.ts";
import { earlierOutcome, type Placed } from "./earlier.ts";
import { refuseWhenHalted } from "./halt.ts";
import type { Approval, NewIntent } from "./intents.ts";
import { refuseByLimits, type Situation, spends } from "./limits.ts";
import type { DeskParts } from "./mod.ts";
import { orderBody, type OrderRequest } from "./order_request.ts";
import { findPlaced, isSameOrder, type SentOrder } from "./outcome.ts";
import { reasonsToAsk } from "./reasons.ts";
import { refuseWhileUnresolved } from "./repeats.ts";
import { isTaken, judgeTaken } from "./taken.ts";
import { outcomeUnknown } from "./unknown.ts";

/** An order on its way, with all that was found out for it. */
export interface ReadyOrder {
  request: OrderRequest;
  clientId: number;
  /** The client id of an earlier order like it that is meant to be repeated. */
  repeatOf: number | undefined;
  /** Absent when the owner lifted every limit. */
  situation: Situation | undefined;
  /** A person's yes, where one was needed. */
  approval: Approval | undefined;
}

/**
 * Records an order, sends it once and establishes its outcome.
 *
 * @throws {DeskError} `outcome: "not_placed"` when it surely was not placed, or `outcome_unknown`
 */
export async function send(desk: DeskParts, order: ReadyOrder, call: Call): Promise<Placed> {
  const { request, clientId } = order;
  const body = orderBody(request, clientId);
  const sent: SentOrder & { seq: number } = {
    ...{ request, clientId, seq: 0, timestampMs: 0, windowMs: 0 },
  };
  const commit = (stamp: Stamp): void => {
    sent.seq = desk.intents.commit(
      intentOf(desk, order, body),
      stamp,
      () => checkJournal(desk, order),
    );
    Object.assign(sent, stamp);
  };
  try {
    const order = await desk.effects.createOrder(body, call, commit);
    if (!isSameOrder(order, request, clientId)) throw otherOrder();
    desk.intents.settle(sent.seq, clientId, { state: "placed", by: "reply", order });
    return { order, intents: [sent.seq] };
  } catch (error) {
    return await settleFailure(desk, sent, error, call);
  }
}

/** What stops an order that is about to leave: decided where the record is written. */
function checkJournal(desk: DeskParts, order: ReadyOrder): void {
  const { request, clientId, situation, approval } = order;
  refuseWhenHalted(desk);
  const earlier = desk.intents.under(clientId);
  if (earlier !== undefined && earlier.state !== "not_placed") throw new SentMeanwhile();
  refuseWhileUnresolved(request, desk.intents.unresolved());
  const reasons = reasonsToAsk(desk, order);
  if (situation !== undefined) refuseByLimits(desk, situation);
  if (approval !== undefined && situation !== undefined) {
    refuseStaleApproval(desk, { request, clientId, proposal: situation.proposal }, approval);
  } else if (reasons.length > 0) {
    throw askAgain(order, reasons);
  }
}

/** Another call spent what was left without a yes while this one was on its way. */
function askAgain({ clientId }: ReadyOrder, reasons: readonly string[]): DeskError {
  const message = `The owner must say yes to this order: ${reasons.join("; ")}`;
  return new DeskError("approval_needed", message, {
    outcome: "not_placed",
    hint: "Nothing was sent. The owner is asked on the next call under this clientId",
    details: { clientId },
  });
}

function intentOf(
  desk: DeskParts,
  { request, clientId, situation, approval }: ReadyOrder,
  body: Record<string, unknown>,
): NewIntent {
  return {
    tool: "create_order",
    symbol: request.symbol,
    clientId,
    request: { ...request },
    body,
    spends: situation === undefined ? { notional: "0", unit: "0" } : spends(situation.proposal),
    limits: desk.limits,
    ...(approval === undefined ? {} : { approval }),
  };
}

/** Another call under the same client id was faster. */
class SentMeanwhile extends DeskError {
  constructor() {
    super("repeat", "The same call is being sent already", { outcome: "not_placed" });
  }
}

async function settleFailure(
  desk: DeskParts,
  sent: SentOrder & { seq: number },
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
  const failure = error as DeskError;
  desk.log.warn("outcome_unknown", { clientId, symbol: request.symbol, reason: failure.message });
  const found = await findPlaced(desk, sent, call);
  if (found === undefined) {
    const { code, message } = failure;
    desk.intents.settle(seq, clientId, { state: "unknown", by: "reply", code, message });
    desk.resolver.wake();
    throw outcomeUnknown(failure, sent);
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
