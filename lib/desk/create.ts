/**
 * Placing one order: checked, judged by the owner's limits, approved where that is needed, sent.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Market } from "../schemas/mod.ts";
import { approvalFor, type Person } from "./approval.ts";
import { marketProblems, type Problem, suggestions } from "./checks.ts";
import { exitProblems } from "./exits.ts";
import { earlierOutcome, type Placed } from "./earlier.ts";
import { refuseWhenHalted } from "./halt.ts";
import {
  mustCount,
  readSituation,
  refuseByLimits,
  refuseBySymbol,
  type Situation,
} from "./limits.ts";
import type { DeskParts } from "./mod.ts";
import type { OrderRequest } from "./order_request.ts";
import { requestProblems } from "./order_rules.ts";
import { reasonsToAsk } from "./reasons.ts";
import { refuseWhileUnresolved } from "./repeats.ts";
import { type ReadyOrder, send } from "./send.ts";
import { exitCount } from "./usage.ts";

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
  refuse(requestProblems(request).map((message) => ({ message })), request);
  if (request.clientId !== undefined) {
    const earlier = await earlierOutcome(desk, request, request.clientId, call);
    if (earlier !== undefined) return earlier;
  }
  refuseBySymbol(desk.limits, request.symbol);
  const market = await checkMarket(desk, request, call);
  const clientId = request.clientId ?? unusedId(desk);
  const order = { request, clientId, repeatOf, approval: undefined };
  const ready = await judged(desk, order, market, call);
  return await send(desk, await approved(desk, ready, market, { person, call }), call);
}

type Order = Omit<ReadyOrder, "situation">;

/** Judges an order by all that can stop it, before anybody is asked and before it is signed. */
async function judged(
  desk: DeskParts,
  order: Order,
  market: Market,
  call: Call,
): Promise<ReadyOrder> {
  refuseWhenHalted(desk);
  refuseWhileUnresolved(order.request, desk.intents.unresolved());
  const situation = await situationOf(desk, order.request, market, call);
  refuse(exitProblems(order.request, situation?.proposal.prices), order.request);
  if (situation !== undefined) refuseByLimits(desk, situation);
  return { ...order, situation };
}

async function situationOf(
  desk: DeskParts,
  request: OrderRequest,
  market: Market,
  call: Call,
): Promise<Situation | undefined> {
  const isNeeded = mustCount(desk.limits) || exitCount(request) > 0;
  return isNeeded ? await readSituation(desk, request, market, call) : undefined;
}

/** Gets a person's yes where one is needed, and judges anew afterwards: answering takes time. */
async function approved(
  desk: DeskParts,
  ready: ReadyOrder,
  market: Market,
  { person, call }: { person: Person | undefined; call: Call },
): Promise<ReadyOrder> {
  const reasons = reasonsToAsk(desk, ready);
  if (reasons.length === 0) return ready;
  const { request, situation } = ready;
  const asked = situation ?? await readSituation(desk, request, market, call);
  const question = { ...ready, proposal: asked.proposal, reasons };
  const approval = await approvalFor(desk, question, person, call);
  const now = await readSituation(desk, request, market, call);
  refuseByLimits(desk, now);
  return { ...ready, situation: now, approval };
}

function unusedId(desk: DeskParts): number {
  for (;;) {
    const id = desk.edges.randomId();
    if (desk.intents.under(id) === undefined) return id;
  }
}

/** Refuses by the market's rules, but never by filters that could have changed meanwhile. */
async function checkMarket(
  desk: DeskParts,
  request: OrderRequest,
  call: Call,
): Promise<Market> {
  const check = (market: Market): Problem[] => marketProblems(request, market);
  try {
    const known = await desk.markets.get(request.symbol, call);
    if (check(known).length === 0) return known;
    await desk.markets.refresh(call);
    const market = await desk.markets.get(request.symbol, call);
    refuse(check(market), request);
    return market;
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
