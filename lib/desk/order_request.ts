/**
 * What an order is asked to be, and what is sent for it. Which members go together is in
 * `order_rules.ts`.
 *
 * Follows the API digest, 6.1: `OrderExecutePayload`.
 *
 * @module
 */

import type { ParamValue } from "../signing.ts";

/** The price that sets a trigger off. */
export const TRIGGER_BY = ["MarkPrice", "LastPrice", "IndexPrice"] as const;
/** The price that sets a trigger off. */
export type TriggerBy = typeof TRIGGER_BY[number];

/** What happens when an order would match another of the same account. */
export const SELF_TRADE_PREVENTIONS = ["RejectTaker", "RejectMaker", "RejectBoth"] as const;

/** An order as its owner asks for it; every decimal is text and is sent byte for byte. */
export interface OrderRequest {
  symbol: string;
  /** `Bid` buys, `Ask` sells. */
  side: "Bid" | "Ask";
  orderType: "Limit" | "Market";
  /** Limit only: in the quote asset, as text; so are all prices here. */
  price?: string | undefined;
  /** In the base asset. */
  quantity?: string | undefined;
  /** In the quote asset; what a Market order may cost or shall bring. */
  quoteQuantity?: string | undefined;
  /** `GTC` unless given. */
  timeInForce?: "GTC" | "IOC" | "FOK" | undefined;
  /** Refused if it would match at once. */
  postOnly?: boolean | undefined;
  /** Perpetuals only: never opens or enlarges a position. */
  reduceOnly?: boolean | undefined;
  /** The order waits until this price is reached; `triggerQuantity` then replaces `quantity`. */
  triggerPrice?: string | undefined;
  /** In the base asset. */
  triggerQuantity?: string | undefined;
  /** The price that is watched; the mark price unless given. */
  triggerBy?: TriggerBy | undefined;
  /** Perpetuals only. */
  takeProfitTriggerPrice?: string | undefined;
  /** Absent: the exit is a Market order. */
  takeProfitLimitPrice?: string | undefined;
  takeProfitTriggerBy?: TriggerBy | undefined;
  /** Perpetuals only. */
  stopLossTriggerPrice?: string | undefined;
  /** Absent: the exit is a Market order. */
  stopLossLimitPrice?: string | undefined;
  stopLossTriggerBy?: TriggerBy | undefined;
  selfTradePrevention?: typeof SELF_TRADE_PREVENTIONS[number] | undefined;
  /** Borrows what is missing; only if the owner allows it. */
  autoBorrow?: boolean | undefined;
  /** Repays debt with what is bought. */
  autoBorrowRepay?: boolean | undefined;
  /** Lends what is bought. */
  autoLend?: boolean | undefined;
  /** Takes back what is lent to sell it. */
  autoLendRedeem?: boolean | undefined;
  /** Market only: how far the price may slip, in `slippageToleranceType`. */
  slippageTolerance?: string | undefined;
  slippageToleranceType?: "TickSize" | "Percent" | undefined;
  /** uint32. */
  clientId?: number | undefined;
}

/** Members that are decimals and prices of the market. */
export const PRICE_MEMBERS = [
  "price",
  "triggerPrice",
  "takeProfitTriggerPrice",
  "takeProfitLimitPrice",
  "stopLossTriggerPrice",
  "stopLossLimitPrice",
] as const;
/** Members that are decimals and amounts of the base asset. */
export const QUANTITY_MEMBERS = ["quantity", "triggerQuantity"] as const;

/** The amount of the base asset that an order is about, where it names one. */
export function baseQuantity(request: Partial<OrderRequest>): string | undefined {
  return request.quantity ?? request.triggerQuantity;
}

/** Whether an order waits for a trigger first. */
export function isTrigger(request: Partial<OrderRequest>): boolean {
  return request.triggerPrice !== undefined;
}

/**
 * The body of `POST /api/v1/order`: what was asked, as it was asked, and the client id. What the
 * exchange documents no default for is always said: a trigger goes by the mark price, unless told.
 */
export function orderBody(request: OrderRequest, clientId: number): Record<string, ParamValue> {
  const { orderType, triggerPrice, takeProfitTriggerPrice, stopLossTriggerPrice } = request;
  const byMark = (price: string | undefined): TriggerBy | undefined =>
    price === undefined ? undefined : "MarkPrice";
  const members: Record<string, ParamValue | undefined> = {
    ...request,
    timeInForce: request.timeInForce ?? (orderType === "Limit" ? "GTC" : undefined),
    triggerBy: request.triggerBy ?? byMark(triggerPrice),
    takeProfitTriggerBy: request.takeProfitTriggerBy ?? byMark(takeProfitTriggerPrice),
    stopLossTriggerBy: request.stopLossTriggerBy ?? byMark(stopLossTriggerPrice),
    clientId,
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, ParamValue>;
}
