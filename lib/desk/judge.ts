/**
 * The owner's limits, held against an order: one check a limit, each with its value, what the
 * order would use and what is left. The same checks answer a preview and stop an order.
 *
 * @module
 */

import type { Limits } from "../limit_settings.ts";
import { checkCollar } from "./collar.ts";
import { checkOpenOrders, checkRate } from "./counts.ts";
import { checkPosition } from "./position_limit.ts";
import type { Check, Proposal, Used } from "./proposal.ts";
import { checkDay, checkOrder } from "./spending.ts";

/** Every check that the owner's limits ask for; those that are lifted are left out. */
export function judge(limits: Limits, proposal: Proposal, used: Used): Check[] {
  const checks = [
    checkSymbol(limits, proposal),
    checkBorrow(limits, proposal),
    checkCollar(limits, proposal),
    checkOrder(limits, proposal, used),
    checkDay(limits, proposal, used),
    checkPosition(limits, proposal, used),
    checkOpenOrders(limits, proposal, used),
    checkRate(limits, used),
  ];
  return checks.filter((check) => check !== undefined);
}

function checkBorrow({ allowBorrow }: Limits, { request }: Proposal): Check | undefined {
  if (request.autoBorrow !== true) return undefined;
  const message = allowBorrow
    ? "the owner lets orders borrow"
    : "autoBorrow makes a debt, and the owner lets no order borrow";
  const limit = String(allowBorrow);
  return { variable: "BACKPACK_ALLOW_BORROW", ok: allowBorrow, message, limit };
}

function checkSymbol({ symbols }: Limits, { request }: Proposal): Check | undefined {
  if (symbols === undefined) return undefined;
  const ok = symbols.includes(request.symbol);
  const message = ok
    ? `${request.symbol} is on the owner's list`
    : `${request.symbol} is not on the owner's list of markets: ${symbols.join(", ")}`;
  return { variable: "BACKPACK_SYMBOLS", ok, message, limit: symbols.join(",") };
}
