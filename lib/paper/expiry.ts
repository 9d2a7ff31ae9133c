/**
 * The exchange's reasons for which an order ends without being filled (API digest, section 6.3).
 * Ends nothing itself.
 *
 * @module
 */

import type { Demand, Plan } from "./matching.ts";
import type { PaperOrder } from "./order.ts";
import type { Refusal } from "./refusal.ts";

/** Why an order ends before anything of it trades; `null` if it does not. */
export function expiryBeforeTrading({ order, quantity }: Demand, plan: Plan): string | null {
  if (order.terms.reduceOnly && quantity?.isZero()) return "ReduceOnlyNotReduced";
  if (order.terms.timeInForce === "FOK" && !plan.isFilled) return plan.stop ?? "FillOrKill";
  return null;
}

/** Why what is left of an order that does not rest ends. */
export function expiryAfterTrading({ terms }: PaperOrder, plan: Plan): string {
  if (plan.stop !== null) return plan.stop;
  if (plan.isFilled) return "ReduceOnlyNotReduced";
  return terms.orderType === "Market" ? "InsufficientLiquidity" : "ImmediateOrCancel";
}

/** Why a conditional order that was due came to nothing. */
export function failureReason({ code }: Refusal): string {
  const reasons: Record<string, string> = {
    INSUFFICIENT_FUNDS: "InsufficientFunds",
    INSUFFICIENT_MARGIN: "InsufficientMargin",
    INVALID_PRICE: "InvalidPrice",
    INVALID_ORDER: "PostOnlyTaker",
  };
  return reasons[code ?? ""] ?? "InvalidQuantity";
}
