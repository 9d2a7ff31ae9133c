/**
 * The owner's limits on what may be spent: by one order, and within 24 hours.
 *
 * @module
 */

import { type Decimal, largest, roundDown, roundUp, ZERO } from "../decimal.ts";
import type { Limit, Limits } from "../limit_settings.ts";
import {
  type Check,
  leftOf,
  type Proposal,
  reducesOnly,
  type Used,
  type Value,
  valueOf,
  whyNoValue,
} from "./proposal.ts";
import { dailyNotional, UnknownRate } from "./usage.ts";

/** BACKPACK_MAX_ORDER_NOTIONAL; `undefined` where it is lifted. */
export function checkOrder(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxOrderNotional: limit } = limits;
  const of = { variable: "BACKPACK_MAX_ORDER_NOTIONAL", limit, what: "one order" };
  const spending = ({ notional, exits }: Value): Decimal => largest([notional, exits]) ?? notional;
  return checkNotional(of, proposal, used, { spending, usedUp: () => ZERO });
}

/** BACKPACK_MAX_DAILY_NOTIONAL; `undefined` where it is lifted. */
export function checkDay(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxDailyNotional: limit } = limits;
  const of = { variable: "BACKPACK_MAX_DAILY_NOTIONAL", limit, what: "24 hours" };
  const { reservations, account, isFirstDay } = used;
  return checkNotional(of, proposal, used, {
    spending: ({ notional, exits }) => notional.plus(exits),
    usedUp: () => dailyNotional(reservations, account, isFirstDay),
  });
}

function checkNotional(
  { variable, limit, what }: { variable: string; limit: Limit; what: string },
  proposal: Proposal,
  used: Used,
  { spending, usedUp }: { spending: (value: Value) => Decimal; usedUp: () => Decimal },
): Check | undefined {
  if (limit === "none") return undefined;
  const refused = (why: string): Check => ({
    ...{ variable, ok: false, limit },
    message: `${what}: ${why}`,
  });
  const value = valueOf(proposal);
  if (value === undefined) return refused(whyNoValue(proposal));
  const spent = counted(usedUp);
  if (typeof spent === "string") return refused(`what is used up can't be told: ${spent}`);
  const left = leftOf(limit, spent);
  const amount = spending(value);
  const isFree = reducesOnly(proposal, used.account);
  const ok = isFree || amount.lte(left);
  const free = isFree ? " (free: it only reduces the position)" : "";
  const message = `${what} may spend ${limit} USD: this order ${roundUp(amount)}, ` +
    `used ${roundUp(spent)}, left ${roundDown(left)}${free}`;
  return {
    ...{ variable, ok, message, limit },
    value: roundUp(amount),
    left: roundDown(left),
  };
}

/** What was counted, or why it can't be. */
function counted(usedUp: () => Decimal): Decimal | string {
  try {
    return usedUp();
  } catch (error) {
    if (error instanceof UnknownRate) return error.message;
    throw error;
  }
}
