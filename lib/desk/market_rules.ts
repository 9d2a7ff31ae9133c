/**
 * An order held against its market's rules, with filters that are fetched anew before they refuse.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Market } from "../schemas/mod.ts";
import { marketProblems, type Problem, suggestions } from "./checks.ts";
import { refuseBySymbol } from "./limits.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { requestProblems } from "./order_rules.ts";

/**
 * The market of an order that makes sense and keeps to the market's rules and the owner's list.
 *
 * @throws {DeskError} `invalid_input` with the nearest valid orders, or `limit`
 */
export async function refuseMalformed(
  desk: DeskParts,
  request: OrderRequest,
  call: Call,
): Promise<Market> {
  refuseNonsense(request);
  refuseBySymbol(desk.limits, request.symbol);
  try {
    const { market, problems } = await problemsNow(desk, request, call);
    refuse(problems, request);
    return market;
  } catch (error) {
    throw error instanceof DeskError ? error.with({ outcome: "not_placed" }) : error;
  }
}

/**
 * Refuses an order that makes no sense in any market.
 *
 * @throws {DeskError} `invalid_input`
 */
export function refuseNonsense(request: OrderRequest): void {
  refuse(requestProblems(request).map((message) => ({ message })), request);
}

/** The market and the rules of it that the order breaks. */
export async function problemsNow(
  desk: DeskParts,
  request: OrderRequest,
  call: Call,
): Promise<{ market: Market; problems: Problem[] }> {
  const known = await desk.markets.get(request.symbol, call);
  if (marketProblems(request, known).length === 0) return { market: known, problems: [] };
  await desk.markets.refresh(call);
  const market = await desk.markets.get(request.symbol, call);
  return { market, problems: marketProblems(request, market) };
}

/**
 * Refuses an order that breaks a rule, with the complete orders that would not.
 *
 * @throws {DeskError} `invalid_input`
 */
export function refuse(problems: readonly Problem[], request: OrderRequest): void {
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
