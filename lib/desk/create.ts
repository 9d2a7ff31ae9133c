/**
 * Placing one order: checked, given a client id, sent once, and its outcome established.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { isUnknown } from "../http/failure.ts";
import type { Market, Order } from "../schemas/mod.ts";
import { marketProblems, type Problem, suggestions } from "./checks.ts";
import type { DeskParts } from "./mod.ts";
import { orderBody, type OrderRequest, requestProblems } from "./order_request.ts";
import { findPlaced, isSameOrder, outcomeUnknown } from "./outcome.ts";

/** An order that the exchange took. */
export interface Placed {
  order: Order;
  /** The look-up that found it, when the reply to the order itself was lost. */
  resolvedBy?: string;
}

/**
 * Places one order.
 *
 * @throws {DeskError} `outcome: "not_placed"` when it surely was not, or `outcome_unknown`
 */
export async function createOrder(
  desk: DeskParts,
  request: OrderRequest,
  call: Call,
): Promise<Placed> {
  refuse(requestProblems(request).map((message) => ({ message })), request);
  await checkMarket(desk, request, call);
  const clientId = request.clientId ?? desk.edges.randomId();
  const startedAt = desk.edges.monotonic();
  try {
    const order = await desk.effects.createOrder(orderBody(request, clientId), call);
    if (isSameOrder(order, request, clientId)) return { order };
    throw new DeskError("outcome_unknown", "The reply describes another order", {
      outcome: "unknown",
    });
  } catch (error) {
    if (!isUnknown(error)) throw withClientId(error, clientId);
    desk.log.warn("outcome_unknown", { clientId, symbol: request.symbol, reason: String(error) });
    const sentAtMs = desk.effects.nowMs() - (desk.edges.monotonic() - startedAt);
    const found = await findPlaced(desk, request, { clientId, sentAtMs }, call);
    if (found !== undefined) return found;
    throw outcomeUnknown(error as DeskError, request.symbol, clientId);
  }
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

function withClientId(error: unknown, clientId: number): unknown {
  if (!(error instanceof DeskError)) return error;
  if (!/client id already exists/i.test(error.message)) {
    return error.with({ details: { clientId } });
  }
  return error.with({
    hint: "An earlier order holds this clientId: list_orders shows it if it is still open",
    details: { clientId },
  });
}
