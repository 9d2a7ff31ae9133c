/**
 * The largest quantity that an order like this one could have: what the exchange says that the
 * account could order, and what the market and the owner's limits leave of it. The owner's part is
 * found by asking the very checks that would stop the order, so it is exact by the prices of now.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, smallest, ZERO } from "../decimal.ts";
import type { Limits } from "../limit_settings.ts";
import { estimate } from "./estimate.ts";
import { judge } from "./judge.ts";
import type { DeskParts } from "./parts.ts";
import type { Params } from "../signing.ts";
import type { OrderRequest } from "./order_request.ts";
import type { Proposal, Used } from "./proposal.ts";

/** The largest quantity, in the base asset, and what keeps it from being larger. */
export interface Largest {
  /** A multiple of the market's step; absent where the owner's limits let none through. */
  quantity?: string;
  /** `account`, `market`, or the variables of the owner's limits. */
  boundBy: string[];
  /** What the account could order as far as the exchange is concerned. */
  account: string;
}

/**
 * Asks the exchange, and holds the answer against the market and the owner's limits.
 *
 * @throws {DeskError} when the exchange does not say
 */
export async function largestOf(
  desk: DeskParts,
  proposal: Proposal,
  used: Used,
  call: Call,
): Promise<Largest> {
  const query = queryOf(proposal.request);
  const { maxOrderQuantity: account } = await desk.exchange.maxOrderQuantity(query, call);
  return { ...bounded(desk.limits, proposal, used, decimal(account)), account };
}

function queryOf(request: OrderRequest): Params {
  const { symbol, side, price, reduceOnly, autoBorrow, autoBorrowRepay, autoLendRedeem } = request;
  const optional = { price, reduceOnly, autoBorrow, autoBorrowRepay, autoLendRedeem };
  const given = Object.entries(optional).filter(([, value]) => value !== undefined);
  return { symbol, side, ...Object.fromEntries(given) };
}

function bounded(
  limits: Limits,
  proposal: Proposal,
  used: Used,
  account: Decimal,
): Omit<Largest, "account"> {
  const { stepSize, minQuantity = stepSize, maxQuantity } = proposal.market.filters.quantity;
  const step = decimal(stepSize);
  const cap = smallest([account, ...(maxQuantity === undefined ? [] : [decimal(maxQuantity)])]);
  const steps = stepsIn(cap ?? ZERO, step);
  const cause = account.lte(cap ?? ZERO) ? "account" : "market";
  const broken = (count: Decimal): string[] =>
    brokenBy(limits, withQuantity(proposal, step.times(count)), used);
  const least = stepsTo(decimal(minQuantity), step);
  if (steps.lt(least)) return { quantity: "0", boundBy: [cause] };
  if (broken(steps).length === 0) {
    return { quantity: step.times(steps).toFixed(), boundBy: [cause] };
  }
  const none = broken(least);
  if (none.length > 0) return { boundBy: none };
  const most = mostThat((count) => broken(count).length === 0, least, steps);
  return { quantity: step.times(most).toFixed(), boundBy: broken(most.plus(1)) };
}

function stepsIn(quantity: Decimal, step: Decimal): Decimal {
  return quantity.minus(quantity.modulo(step)).div(step);
}

/** The fewest whole steps that reach it: a market's least quantity need not be a multiple. */
function stepsTo(quantity: Decimal, step: Decimal): Decimal {
  const below = stepsIn(quantity, step);
  return step.times(below).lt(quantity) ? below.plus(1) : below;
}

/** The largest whole number that passes: `from` does, `to` does not, and none does beyond it. */
function mostThat(passes: (count: Decimal) => boolean, from: Decimal, to: Decimal): Decimal {
  let [good, bad] = [from, to];
  while (bad.minus(good).gt(1)) {
    const middle = stepsIn(good.plus(bad).times("0.5"), ONE);
    if (passes(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

const ONE = decimal("1");

function brokenBy(limits: Limits, proposal: Proposal, used: Used): string[] {
  return judge(limits, proposal, used).filter(({ ok }) => !ok).map(({ variable }) => variable);
}

function withQuantity(proposal: Proposal, quantity: Decimal): Proposal {
  const { quoteQuantity: _, ...rest } = proposal.request;
  const member = rest.triggerPrice === undefined ? "quantity" : "triggerQuantity";
  const request = { ...rest, [member]: quantity.toFixed() };
  return { ...proposal, request, estimated: estimate(request, proposal.prices) };
}
