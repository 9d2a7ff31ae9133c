/**
 * Sending several orders in one request: each on record before it leaves, each with an outcome of its
 * own afterwards. The exchange takes or refuses them one by one (API digest, 4.3).
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { BatchElement } from "../effects.ts";
import { DeskError } from "../errors.ts";
import { elementFailure } from "../http/failure.ts";
import type { Stamp } from "../http/mod.ts";
import type { Placed } from "./earlier.ts";
import type { DeskParts } from "./parts.ts";
import { orderBody } from "./order_request.ts";
import type { Item, Ready } from "./ready.ts";
import { recordOrders } from "./record.ts";
import { type Recorded, settleFailure, settlePlaced } from "./send.ts";

/** What became of one order of a batch. */
export type ElementResult = Placed | DeskError;

/**
 * Records the orders of `ready`, sends them once and establishes the outcome of each.
 *
 * @throws {DeskError} `outcome: "not_placed"` when the whole batch was stopped or refused
 */
export async function sendBatch(
  desk: DeskParts,
  ready: Ready,
  call: Call,
): Promise<ElementResult[]> {
  const sents = ready.items.map(unsent);
  const bodies = ready.items.map(({ request, clientId }) => orderBody(request, clientId));
  const commit = (stamp: Stamp): void => {
    const seqs = recordOrders(desk, ready, stamp);
    sents.forEach((sent, index) => Object.assign(sent, stamp, { seq: seqs[index] }));
  };
  const answers = await desk.effects.createOrders(bodies, call, commit).then(
    (elements) => sents.map((sent) => answerFor(sent, sents, elements)),
    (error: unknown) => sents.map(() => error),
  );
  const results = await Promise.all(
    sents.map((sent, index) => settle(desk, sent, answers[index], call)),
  );
  const [first] = results;
  if (first instanceof DeskError && sents[0]?.seq === 0) throw first;
  return results;
}

function unsent({ request, clientId }: Item): Recorded {
  return { request, clientId, seq: 0, timestampMs: 0, windowMs: 0 };
}

/**
 * The element that answers for `sent`. An "Ok" carries the client id of its order. An "Err" may carry
 * none and is told by its place alone. The place is trusted only in an answer that is as long as the
 * batch, has every "Ok" in its order's place, and holds nothing that can't be read.
 */
function answerFor(
  sent: Recorded,
  sents: readonly Recorded[],
  elements: readonly BatchElement[],
): BatchElement {
  if (elements.length !== sents.length) return { state: "unreadable" };
  const own = elements.find((element) =>
    element.state === "ok" && element.order.clientId === sent.clientId
  );
  if (own !== undefined) return own;
  const isInOrder = elements.every((element, index) => isAt(element, sents[index]?.clientId));
  const there = elements[sents.indexOf(sent)];
  return isInOrder && there?.state === "refused" ? there : { state: "unreadable" };
}

/** Whether an element is, or may be, the one of the order in its place. */
function isAt(element: BatchElement, clientId: number | undefined): boolean {
  if (element.state === "unreadable") return false;
  if (element.state === "ok") return element.order.clientId === clientId;
  return element.clientId === undefined || element.clientId === clientId;
}

async function settle(
  desk: DeskParts,
  sent: Recorded,
  answer: unknown,
  call: Call,
): Promise<ElementResult> {
  try {
    if (!isElement(answer)) throw answer;
    if (answer.state === "ok") return settlePlaced(desk, sent, answer.order);
    throw answer.state === "refused"
      ? elementFailure(answer.code, answer.message)
      : new DeskError("outcome_unknown", "The reply does not tell", { outcome: "unknown" });
  } catch (error) {
    return await settleFailure(desk, sent, error, call).catch(asResult);
  }
}

function isElement(answer: unknown): answer is BatchElement {
  return !(answer instanceof Error) && typeof answer === "object" && answer !== null &&
    "state" in answer;
}

function asResult(error: unknown): DeskError {
  if (error instanceof DeskError) return error;
  throw error;
}
