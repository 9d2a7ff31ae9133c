/**
 * The owner's limits on numbers of orders: that rest, and that are sent within a minute.
 *
 * @module
 */

import type { Limits } from "../limit_settings.ts";
import { sentWithin } from "./ledger.ts";
import type { Check, Proposal, Used } from "./proposal.ts";
import { restingCount, restingOf } from "./standing.ts";

/** BACKPACK_MAX_OPEN_ORDERS; `undefined` where it is lifted, and for orders that never rest. */
export function checkOpenOrders(
  limits: Limits,
  { request }: Proposal,
  used: Used,
): Check | undefined {
  const { maxOpenOrders: limit } = limits;
  const resting = restingOf(request);
  if (limit === "none" || resting === 0) return undefined;
  const count = restingCount(used.reservations, used.account);
  return checkCount("BACKPACK_MAX_OPEN_ORDERS", limit, { count, more: resting }, "orders may rest");
}

/** BACKPACK_MAX_ORDERS_PER_MINUTE; `undefined` where it is lifted. */
export function checkRate({ maxOrdersPerMinute: limit }: Limits, used: Used): Check | undefined {
  if (limit === "none") return undefined;
  const count = sentWithin(used.reservations, 60_000, used.nowMs).length;
  const what = "orders may be sent a minute";
  return checkCount("BACKPACK_MAX_ORDERS_PER_MINUTE", limit, { count, more: 1 }, what);
}

function checkCount(
  variable: string,
  limit: string,
  { count, more }: { count: number; more: number },
  what: string,
): Check {
  const left = Math.max(0, Number(limit) - count);
  const message = `${limit} ${what}: ${count} before this one, ${left} left`;
  return { variable, ok: more <= left, message, limit, value: String(more), left: String(left) };
}
