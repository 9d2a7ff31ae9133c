/**
 * One schema for each object of the exchange's API, read leniently: absent and `null` are the same
 * (see `http/reply.ts`), enums are open, unknown members are dropped (API digest, sections 1 and 5).
 * The same objects are what the tools answer, so a field is described here and nowhere else.
 *
 * @module
 */

import * as z from "zod";
import { textOfNumber } from "./decimal.ts";
import { plainText } from "./quote.ts";

const DECIMAL_REGEXP = /^-?\d{1,48}(\.\d{1,48})?$/;

/** Text of the exchange's, cleaned and cut: it may reach a model. */
const Text = z.preprocess(
  (value) => typeof value === "string" ? plainText(value) : value,
  z.string(),
);

/** An identifier: text, or a number that some replies write instead. */
const Id = z.preprocess(
  (value) => typeof value === "number" ? textOfNumber(value) : value,
  z.string().refine((text) => /^[\w.:-]{1,64}$/.test(text)),
);

/** A decimal as text, exactly as it came; a JSON number only if no digit can have been lost. */
const DecimalText = z.preprocess(
  (value) => typeof value === "number" ? textOfNumber(value) : value,
  z.string().refine((text) => DECIMAL_REGEXP.test(text)),
);

/** Unix ms: an integer on orders, ISO text in UTC without a zone in histories. */
const TimeMs = z.preprocess(
  (value) => typeof value === "string" ? timeOfNaiveIso(value) : value,
  z.int(),
);

const ClientId = z.preprocess(
  (value) => typeof value === "string" && /^\d{1,10}$/.test(value) ? Number(value) : value,
  z.int(),
);

/** Unix ms of `YYYY-MM-DDTHH:MM:SS[.ffffff]` in UTC; the value itself when it is anything else. */
function timeOfNaiveIso(text: string): number | string {
  const naive = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|\+00:00)?$/.exec(text);
  if (naive === null) return text;
  return Date.parse(`${naive[1]}T${naive[2]}${(naive[3] ?? "").slice(0, 4)}Z`);
}

/** An order, resting or ended: `OrderType` and the history's `Order` of the API, in one shape. */
export const Order = z.object({
  id: Id,
  clientId: ClientId.optional(),
  symbol: Text,
  side: Text.describe("Bid (buy) or Ask (sell)"),
  orderType: Text,
  status: Text.describe(
    "New, PartiallyFilled, Filled, Cancelled, Expired, TriggerPending or TriggerFailed",
  ),
  price: DecimalText.optional(),
  quantity: DecimalText.optional(),
  quoteQuantity: DecimalText.optional(),
  executedQuantity: DecimalText.default("0"),
  executedQuoteQuantity: DecimalText.default("0"),
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

/** A market with the filters that an order must keep to; `Market` of the API. */
export const Market = z.object({
  symbol: Text,
  baseSymbol: Text,
  quoteSymbol: Text,
  marketType: Text,
  orderBookState: Text,
  visible: z.boolean().optional(),
  filters: z.object({
    price: z.object({
      tickSize: DecimalText,
      minPrice: DecimalText.optional(),
      maxPrice: DecimalText.optional(),
    }),
    quantity: z.object({
      stepSize: DecimalText,
      minQuantity: DecimalText.optional(),
      maxQuantity: DecimalText.optional(),
    }),
  }),
});
/** A market with the filters that an order must keep to. */
export type Market = z.infer<typeof Market>;

/** The account's settings, fees (basis points) and counts; `AccountSummary` of the API. */
export const Account = z.object({
  autoBorrowSettlements: z.boolean().optional(),
  autoLend: z.boolean().optional(),
  autoRealizePnl: z.boolean().optional(),
  autoRepayBorrows: z.boolean().optional(),
  borrowLimit: DecimalText.optional(),
  futuresMakerFee: DecimalText.optional(),
  futuresTakerFee: DecimalText.optional(),
  leverageLimit: DecimalText.optional(),
  limitOrders: z.int().optional(),
  liquidating: z.boolean().optional(),
  positionLimit: DecimalText.optional(),
  spotMakerFee: DecimalText.optional(),
  spotTakerFee: DecimalText.optional(),
  triggerOrders: z.int().optional(),
});
/** The account's settings, fees (basis points) and counts. */
export type Account = z.infer<typeof Account>;

/** `GET /api/v1/capital`: what is held of each asset, without what is lent. */
export const Capital = z.record(
  z.string(),
  z.object({ available: DecimalText, locked: DecimalText, staked: DecimalText }),
);
/** What is held of each asset, without what is lent. */
export type Capital = z.infer<typeof Capital>;

/** `GET /api/v1/capital/collateral`, as far as balances need it. */
export const Collateral = z.object({
  collateral: z.array(z.object({ symbol: Text, lendQuantity: DecimalText })).default([]),
});
/** What is lent of each asset. */
export type Collateral = z.infer<typeof Collateral>;

/** An open perpetual position, as far as orders need it; `FuturePositionWithMargin` of the API. */
export const Position = z.object({ symbol: Text, netQuantity: DecimalText });
/** An open perpetual position; `netQuantity` is negative for a short. */
export type Position = z.infer<typeof Position>;
