/**
 * Placing one order.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { earlierOutcome, type Placed } from "./earlier.ts";
import { refuseMalformed } from "./market_rules.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { answerOf, type Person } from "./person.ts";
import { approvedIdOf, makeReady } from "./ready.ts";
import { send } from "./send.ts";

/** What a caller may say beside the order itself. */
export interface CreateOptions {
  /** The client id of an earlier order like it that is meant to be repeated. */
  repeatOf?: number | undefined;
  /** Who can be asked for a yes, if the client can show a form. */
  person?: Person | undefined;
}

/**
 * Places one order.
 *
 * @throws {DeskError} `outcome: "not_placed"` when it surely was not, or `outcome_unknown`
 */
export async function createOrder(
  desk: DeskParts,
  request: OrderRequest,
  { repeatOf, person }: CreateOptions,
  call: Call,
): Promise<Placed> {
  if (request.clientId !== undefined) {
    const earlier = await earlierOutcome(desk, request, request.clientId, call);
    if (earlier !== undefined) return earlier;
  }
  const market = await refuseMalformed(desk, request, call);
  const clientId = request.clientId ?? newId(desk, request, person);
  const item = { request, market, clientId, repeatOf };
  const ready = await makeReady(desk, [item], { person }, call);
  return await send(desk, ready, item, call);
}

/** Whoever has said yes at a terminal has said it to this order, whether the caller knows its id or not. */
function newId(desk: DeskParts, request: OrderRequest, person: Person | undefined): number {
  const approved = answerOf(person) === undefined ? approvedIdOf(desk, request) : undefined;
  return approved ?? unusedId(desk, person);
}

/**
 * A client id that this journal does not know: the one that the person was asked about for the
 * `index`th order, where this call brings their answer.
 */
export function unusedId(desk: DeskParts, person?: Person, index = 0): number {
  const asked = answerOf(person)?.clientIds[index];
  for (let id = asked ?? desk.edges.randomId();; id = desk.edges.randomId()) {
    if (desk.intents.under(id) === undefined) return id;
  }
}
