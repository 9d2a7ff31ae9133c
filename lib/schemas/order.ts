/**
 * Orders and fills: what the exchange sends and, member for member, what the tools answer. Output
 * schemas declare only a part of it (`tools/outputs.ts`).
 *
 * Follows the API digest, sections 5 and 6.2.
 *
 * @module
 */

import * as z from "zod";
import { Amount, ClientId, DecimalText, Id, Text, TimeMs } from "./fields.ts";

/** An order, resting or ended, as the book has it: `OrderType` of the API, in one shape. */
export const Order = z.object({
  id: Id,
  clientId: ClientId.optional(),
  symbol: Text,
  side: Text.describe("Bid (buy) or Ask (sell)"),
  orderType: Text,
  status: Text.describe(
    "New, PartiallyFilled, Filled, Cancelled, Expired, TriggerPending or TriggerFailed",
  ),
  price: Amount.optional(),
  quantity: Amount.optional(),
  quoteQuantity: Amount.optional(),
  executedQuantity: Amount,
  executedQuoteQuantity: Amount,
  timeInForce: Text.optional(),
  postOnly: z.boolean().optional(),
  reduceOnly: z.boolean().optional(),
  selfTradePrevention: Text.optional(),
  triggerPrice: DecimalText.optional(),
  triggerQuantity: Text.optional().describe("An amount, or a percentage of the position"),
  triggerBy: Text.optional(),
  takeProfitTriggerPrice: DecimalText.optional(),
  takeProfitLimitPrice: DecimalText.optional(),
  takeProfitTriggerBy: Text.optional(),
  stopLossTriggerPrice: DecimalText.optional(),
  stopLossLimitPrice: DecimalText.optional(),
  stopLossTriggerBy: Text.optional(),
  slippageTolerance: DecimalText.optional(),
  slippageToleranceType: Text.optional(),
  relatedOrderId: Id.optional(),
  strategyId: Id.optional(),
  systemOrderType: Text.optional(),
  expiryReason: Text.optional(),
  createdAt: TimeMs.describe("Unix ms"),
  triggeredAt: TimeMs.optional().describe("Unix ms"),
});
/** An order, resting or ended. */
export type Order = z.infer<typeof Order>;

/**
 * An order as history has it: `Order` of the API, which need not say what was executed. Left out, it
 * reads as nothing; of one whose status says that something was, it must say how much.
 */
export const HistoryOrder: z.ZodType<Order> = Order.extend({
  executedQuantity: Amount.optional(),
  executedQuoteQuantity: Amount.optional(),
}).refine(({ status, executedQuantity }) =>
  executedQuantity !== undefined || !/Filled$/.test(status)
).transform(({ executedQuantity = "0", executedQuoteQuantity = "0", ...order }) => ({
  ...order,
  executedQuantity,
  executedQuoteQuantity,
}));

/**
 * An order on the book or waiting for its trigger; `OrderType` of the API. How much it may still
 * fill is never guessed: only one that waits may leave its quantity out, and is for the position.
 */
export const OpenOrder: z.ZodType<Order> = Order.refine((
  { quantity, quoteQuantity, triggerQuantity, triggerPrice },
) => [quantity, quoteQuantity, triggerQuantity, triggerPrice].some((text) => text !== undefined));

/** An execution; `OrderFill` of the API. */
export const Fill = z.object({
  orderId: Id,
  clientId: ClientId.optional(),
  tradeId: Id.optional(),
  symbol: Text,
  side: Text,
  price: Amount,
  quantity: Amount,
  fee: DecimalText.describe("Negative for a rebate"),
  feeSymbol: Text,
  isMaker: z.boolean(),
  systemOrderType: Text.optional(),
  timestamp: TimeMs.describe("Unix ms"),
});
/** An execution. */
export type Fill = z.infer<typeof Fill>;
