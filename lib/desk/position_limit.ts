/**
 * The owner's limit on a position: what it would be worth if every order on that side filled.
 *
 * @module
 */

import { atLeastZero, type Decimal, decimal, roundDown, roundUp } from "../decimal.ts";
import type { Limits } from "../limit_settings.ts";
import type { OrderRequest } from "./order_request.ts";
import { heldAtMost } from "./position.ts";
import {
  type Check,
  leftOf,
  type Proposal,
  reducesOnly,
  type Used,
  whyNoValue,
} from "./proposal.ts";
import { standingOrders } from "./standing.ts";
import { unshownFills } from "./traces.ts";

/** BACKPACK_MAX_POSITION_NOTIONAL; `undefined` where it is lifted, and on spot markets. */
export function checkPosition(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxPositionNotional: limit } = limits;
  const { request, market, estimated, rate } = proposal;
  if (limit === "none" || market.marketType === "SPOT") return undefined;
  const variable = "BACKPACK_MAX_POSITION_NOTIONAL";
  if ("missing" in estimated || rate === undefined) {
    return { variable, ok: false, message: `a position: ${whyNoValue(proposal)}`, limit };
  }
  const exposure = exposureOf(request, used);
  const price = estimated.unit.times(rate);
  const before = atLeastZero(exposure).times(price);
  const sum = exposure.plus(estimated.quantity);
  const after = atLeastZero(sum).times(price);
  const ok = after.lte(decimal(limit)) || reducesOnly(proposal, used.account);
  const way = request.side === "Bid" ? "long" : "short";
  const message = `a position may be worth ${limit} USD: ${market.symbol} could become ` +
    `${roundUp(after)} ${way} if all orders on that side filled`;
  const left = roundDown(leftOf(limit, before));
  return { variable, ok, message, limit, value: roundUp(after), left };
}

/** How far the position goes to that order's side if all orders there filled; base asset. */
function exposureOf({ symbol, side }: OrderRequest, used: Used): Decimal {
  const { reservations, account, replaced } = used;
  const standing = standingOrders(reservations, account);
  const late = replaced === undefined
    ? []
    : [{ ...replaced, quantity: unshownFills(replaced, account) }];
  return [...standing, ...late]
    .filter((order) => order.symbol === symbol && order.side === side)
    .reduce((sum, { quantity }) => sum.plus(quantity), heldAtMost(symbol, side, used));
}
