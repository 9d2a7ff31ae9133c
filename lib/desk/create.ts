/**
 * Placing one order: checked, recorded, sent once, and its outcome established.
 *
 * @module
 */

import { type Call, sleep } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { isUnknown } from "../http/failure.ts";
import type { Stamp } from "../http/mod.ts";
import type { Intent } from "../journal/mod.ts";
import { type Market, Order } from "../schemas/mod.ts";
import { marketProblems, type Problem, suggestions } from "./checks.ts";
import { refuseWhenHalted } from "./halt.ts";
import type { DeskParts } from "./mod.ts";
import { orderBody, type OrderRequest, requestProblems } from "./order_request.ts";
import { findPlaced, isSameOrder, type SentOrder } from "./outcome.ts";
import { isSameRequest, MEMORY_MS, refuseRepeat, refuseWhileUnresolved } from "./repeats.ts";
import { outcomeUnknown } from "./unknown.ts";

/** An order that the exchange took. */
export interface Placed {
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
 * Places one order. `repeatOf` names the client id of an earlier order like it that is meant to be
 * repeated.
 *
 * @throws {DeskError} `outcome: "not_placed"` when it surely was not, or `outcome_unknown`
 */
export async function createOrder(
  desk: DeskParts,
  request: OrderRequest,
  repeatOf: number | undefined,
  call: Call,
): Promise<Placed> {
  refuse(requestProblems(request).map((message) => ({ message })), request);
  if (request.clientId !== undefined) {
    const earlier = await earlierOutcome(desk, request, request.clientId, call);
    if (earlier !== undefined) return earlier;
  }
  await checkMarket(desk, request, call);
  const clientId = request.clientId ?? unusedId(desk);
  return await send(desk, request, { clientId, repeatOf }, call);
}

async function send(
  desk: DeskParts,
  request: OrderRequest,
  { clientId, repeatOf }: { clientId: number; repeatOf: number | undefined },
  call: Call,
): Promise<Placed> {
  const body = orderBody(request, clientId);
  const sent: SentOrder & { seq: number } = {
    ...{ request, clientId, seq: 0, timestampMs: 0, windowMs: 0 },
  };
  const commit = (stamp: Stamp): void => {
    const intent = {
      tool: "create_order",
      symbol: request.symbol,
      clientId,
      request: { ...request },
    };
    const check = (): void => checkJournal(desk, request, { clientId, repeatOf });
    sent.seq = desk.intents.commit({ ...intent, body }, stamp, check);
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
function checkJournal(
  desk: DeskParts,
  request: OrderRequest,
  { clientId, repeatOf }: { clientId: number; repeatOf: number | undefined },
): void {
  refuseWhenHalted(desk);
  const earlier = desk.intents.under(clientId);
  if (earlier !== undefined && earlier.state !== "not_placed") throw new SentMeanwhile();
  refuseWhileUnresolved(request, desk.intents.unresolved());
  refuseRepeat(request, repeatOf, desk.intents.recent(MEMORY_MS), desk.edges.now());
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
  error: unknown,
  call: Call,
): Promise<Placed> {
  const { seq, clientId, request } = sent;
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
    desk.intents.settle(seq, clientId, { state: "not_placed", by: "reply", code, message });
  }
  const details = { clientId };
  if (!/client id already exists/i.test(message)) return error.with({ details });
  return error.with({
    code: "client_id_taken",
    hint: "An earlier order holds this clientId: list_orders shows it if it is still open",
    details,
  });
}

/**
 * What became of the same call before: placed, unknown or being sent, it is not sent again; refused,
 * it is judged afresh.
 */
async function earlierOutcome(
  desk: DeskParts,
  request: OrderRequest,
  clientId: number,
  call: Call,
): Promise<Placed | undefined> {
  const first = desk.intents.under(clientId);
  if (first === undefined || first.tool !== "create_order") return undefined;
  if (!isSameRequest(first.request, request)) {
    if (first.state === "not_placed") return undefined;
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
  const lost = new DeskError("outcome_unknown", "its reply was lost", { outcome: "unknown" });
  throw outcomeUnknown(lost, sentOrder(settled, clientId));
}

async function whenSettled(desk: DeskParts, first: Intent, call: Call): Promise<Intent> {
  let intent = first;
  for (let waitedMs = 0; waitedMs < WAIT_FOR_FIRST_MS; waitedMs += POLL_MS) {
    if (intent.state !== "in_flight") return intent;
    await sleep(desk.edges, POLL_MS, call.signal);
    intent = desk.intents.under(first.clientId ?? 0) ?? intent;
  }
  return intent;
}

/** The order that an intent recorded. */
export function sentOrder(intent: Intent, clientId: number): SentOrder {
  return {
    request: intent.request as unknown as OrderRequest,
    clientId,
    timestampMs: Number(intent.body.timestampMs),
    windowMs: Number(intent.body.windowMs),
  };
}

function unusedId(desk: DeskParts): number {
  for (;;) {
    const id = desk.edges.randomId();
    if (desk.intents.under(id) === undefined) return id;
  }
}

function otherOrder(): DeskError {
  return new DeskError("outcome_unknown", "The reply describes another order", {
    outcome: "unknown",
  });
}

/** Refuses by the market's rules, but never by filters that could have changed meanwhile. */
async function checkMarket(desk: DeskParts, request: OrderRequest, call: Call): Promise<void> {
  const check = (market: Market): Problem[] => marketProblems(request, market);
  try {
    if (check(await desk.markets.get(request.symbol, call)).length === 0) return;
    const market = (await desk.markets.refresh(call)).get(request.symbol);
    refuse(market === undefined ? [{ message: "the market is gone" }] : check(market), request);
  } catch (error) {
    throw error instanceof DeskError ? error.with({ outcome: "not_placed" }) : error;
  }
}

function refuse(problems: readonly Problem[], request: OrderRequest): void {
  if (problems.length === 0) return;
  const message = problems.map((problem) => problem.message).join("; ");
  const orders = suggestions(request, problems);
  throw new DeskError("invalid_input", `Cannot place order: ${message}`, {
    outcome: "not_placed",
    hint: orders.length === 0
      ? "Nothing was sent; correct the arguments"
      : "Nothing was sent; each of suggestions is a complete set of arguments",
    details: orders.length === 0 ? {} : { suggestions: orders },
  });
}
