/**
 * What two orders must share to be taken for one order asked for twice.
 *
 * @module
 */

import { decimal, isDecimal } from "../decimal.ts";
import { type OrderRequest, PRICE_MEMBERS, QUANTITY_MEMBERS } from "./order_request.ts";

const TERMS = ["symbol", "side", "orderType"] as const;
const AMOUNTS = [...PRICE_MEMBERS, ...QUANTITY_MEMBERS, "quoteQuantity"] as const;
const FLAGS = [
  ...["timeInForce", "postOnly", "reduceOnly", "triggerBy", "takeProfitTriggerBy"],
  ...["stopLossTriggerBy", "selfTradePrevention", "autoBorrow", "autoBorrowRepay", "autoLend"],
  ...["autoLendRedeem", "slippageTolerance", "slippageToleranceType"],
] as (keyof OrderRequest)[];

/** Whether two requests ask for the same order; decimals compare as numbers. */
export function isSameRequest(a: Partial<OrderRequest>, b: Partial<OrderRequest>): boolean {
  return termsOf(a) === termsOf(b) &&
    FLAGS.every((name) => (a[name] ?? false) === (b[name] ?? false));
}

/**
 * The same text for requests that trade the same amount of the same at the same price, so that
 * those which do are found without comparing each; decimals that are equal read alike in it.
 */
export function termsOf(request: Partial<OrderRequest>): string {
  const amounts = AMOUNTS.map((name) => plainAmount(request[name]));
  return JSON.stringify([...TERMS.map((name) => request[name]), ...amounts]);
}

function plainAmount(text: string | undefined): string | undefined {
  return text !== undefined && isDecimal(text) ? decimal(text).toFixed() : text;
}
