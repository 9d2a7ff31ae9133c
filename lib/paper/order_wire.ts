/**
 * An order's two forms on the wire: the one of `/order` and `/orders`, and the different one of the
 * history (API digest, section 6.2).
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import type { AsWritten, PaperOrder, Terms } from "./order.ts";
import { naiveIso } from "./reply.ts";

/** A decimal in plain digits, or `null`. */
export function wireOf(value: Decimal | null): string | null {
  return value === null ? null : value.toFixed();
}

/** An amount of the terms as it was written; one that trading has changed, as it is now. */
function echo(order: PaperOrder, name: keyof AsWritten): string | null {
  const { terms } = order;
  const value = name === "quantity" ? order.quantity : terms[name];
  const written = terms.asWritten?.[name];
  return value === terms[name] && written ? written : wireOf(value);
}

/** The form of `/order` and `/orders`: a Market order has no `price` and no `postOnly`. */
export function orderToWire(order: PaperOrder): Record<string, unknown> {
  const { terms } = order;
  const special = terms.orderType === "Limit"
    ? { postOnly: terms.postOnly, price: echo(order, "price"), quantity: limitSize(order) }
    : {
      quantity: echo(order, "quantity"),
      quoteQuantity: echo(order, "quoteQuantity"),
      ...slippageOf(terms),
    };
  return {
    ...commonMembers(order),
    createdAt: order.createdAt,
    ...special,
    reduceOnly: terms.reduceOnly,
    relatedOrderId: order.parentId,
    triggeredAt: order.triggeredAt,
  };
}

/** The form of the history. */
export function orderToHistory(order: PaperOrder): Record<string, unknown> {
  const { terms } = order;
  return {
    ...commonMembers(order),
    createdAt: naiveIso(order.createdAt),
    expiryReason: order.expiryReason,
    postOnly: terms.postOnly,
    price: echo(order, "price"),
    quantity: echo(order, "quantity"),
    quoteQuantity: echo(order, "quoteQuantity"),
    ...slippageOf(terms),
    systemOrderType: null,
  };
}

// The schema requires a quantity on Limit orders; the stream shows "0" for a pending trigger.
function limitSize(order: PaperOrder): string {
  return echo(order, "quantity") ?? ZERO.toFixed();
}

function slippageOf(terms: Terms): Record<string, unknown> {
  const { slippageTolerance, slippageToleranceType } = terms;
  return { slippageTolerance: wireOf(slippageTolerance), slippageToleranceType };
}

function commonMembers(order: PaperOrder): Record<string, unknown> {
  const { terms } = order;
  return {
    id: order.id,
    clientId: terms.clientId,
    symbol: terms.symbol,
    side: terms.side,
    orderType: terms.orderType,
    status: order.status,
    timeInForce: terms.timeInForce,
    selfTradePrevention: terms.selfTradePrevention,
    executedQuantity: wireOf(order.executedQuantity),
    executedQuoteQuantity: wireOf(order.executedQuoteQuantity),
    strategyId: null,
    triggerBy: terms.triggerBy,
    triggerPrice: echo(order, "triggerPrice"),
    triggerQuantity: wireOf(order.covered) ?? terms.triggerQuantity,
    ...terms.exits,
  };
}
