/**
 * The same call again: what became of the first one under its client id.
 *
 * @module
 */

import { type Call, sleep } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Intent } from "../journal/mod.ts";
import { Order } from "../schemas/mod.ts";
import { refuseNonsense } from "./market_rules.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { sentOrder } from "./outcome.ts";
import { isSameRequest } from "./terms.ts";
import { outcomeUnknown } from "./unknown.ts";

/** An order that the exchange took. */
export interface Placed {
  /** As the exchange last told of it. */
  order: Order;
  /** The look-up that found it, when the reply to the order itself was lost. */
  resolvedBy?: string;
  /** Nothing was sent now: this is what became of the same call before. */
  isEarlier?: boolean;
  /** The intents whose answer this is. */
  intents: number[];
}

/** How long a second call under one client id waits for the first, which is being sent. */
const WAIT_FOR_FIRST_MS = 15_000;
const POLL_MS = 250;

/**
 * What became of the same call before: placed, unknown or being sent, it is not sent again; refused,
 * it is judged afresh.
 *
 * @throws {DeskError} `client_id_mismatch`, `invalid_input` where nothing could be meant by it,
 * `client_id_taken` where the owner has said that the first was placed, or `outcome_unknown`
 */
export async function earlierOutcome(
  desk: DeskParts,
  request: OrderRequest,
  clientId: number,
  call: Call,
): Promise<Placed | undefined> {
  const first = desk.intents.under(clientId);
  if (first === undefined || first.tool !== "create_order") return undefined;
  if (!isSameRequest(first.request, request)) {
    if (first.state === "not_placed") return undefined;
    // It may have been meant for the first one.
    refuseNonsense(request);
    throw new DeskError("client_id_mismatch", `clientId ${clientId} belongs to another order`, {
      outcome: "not_placed",
      hint: "Leave clientId out, or choose one that was not used before",
      details: { earlier: { clientId, symbol: first.symbol, state: first.state } },
    });
  }
  const settled = await whenSettled(desk, first, call);
  if (settled.state === "not_placed") return undefined;
  const order = Order.safeParse(settled.outcome?.body.order);
  if (order.success) return { order: order.data, isEarlier: true, intents: [settled.seq] };
  if (settled.state === "placed") throw placedByWord(clientId);
  const lost = new DeskError("outcome_unknown", "its reply was lost", { outcome: "unknown" });
  throw outcomeUnknown(lost, sentOrder(settled, clientId));
}

/** For an order that stands by the owner's word alone: no look-up has shown it. */
function placedByWord(clientId: number): DeskError {
  const message =
    `clientId ${clientId} is recorded as placed, by the owner's word: nothing was sent`;
  return new DeskError("client_id_taken", message, {
    outcome: "placed",
    hint: "get_order and list_fills show what the exchange tells of it",
    details: { clientId, resolvedBy: "owner" },
  });
}

async function whenSettled(desk: DeskParts, first: Intent, call: Call): Promise<Intent> {
  let intent = first;
  for (let waitedMs = 0; waitedMs < WAIT_FOR_FIRST_MS; waitedMs += POLL_MS) {
    if (intent.state !== "in_flight") return intent;
    await sleep(desk.edges, POLL_MS, call.signal);
    intent = desk.intents.now(intent);
  }
  return intent;
}
