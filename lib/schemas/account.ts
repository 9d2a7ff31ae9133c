/**
 * The account: settings, balances, positions and what moved in and out.
 *
 * Follows the API digest, sections 4.3 and 5.
 *
 * @module
 */

import * as z from "zod";
import { DecimalText, Id, Text, TimeMs } from "./fields.ts";

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

/** `GET /api/v1/capital/collateral`: margin in USD, and what each asset counts for. */
export const Collateral = z.object({
  assetsValue: DecimalText.optional(),
  borrowLiability: DecimalText.optional(),
  liabilitiesValue: DecimalText.optional(),
  netEquity: DecimalText.optional(),
  netEquityAvailable: DecimalText.optional(),
  netEquityLocked: DecimalText.optional(),
  netExposureFutures: DecimalText.optional(),
  pnlUnrealized: DecimalText.optional(),
  unsettledEquity: DecimalText.optional(),
  imf: DecimalText.optional(),
  mmf: DecimalText.optional(),
  marginFraction: DecimalText.optional(),
  collateral: z.array(z.object({
    symbol: Text,
    lendQuantity: DecimalText,
    totalQuantity: DecimalText.optional(),
    assetMarkPrice: DecimalText.optional(),
    balanceNotional: DecimalText.optional(),
    collateralWeight: DecimalText.optional(),
    collateralValue: DecimalText.optional(),
  })),
});
/** Margin, and what each asset counts for. */
export type Collateral = z.infer<typeof Collateral>;

/** An open perpetual position; `FuturePositionWithMargin` of the API. */
export const Position = z.object({
  symbol: Text,
  positionId: Id.optional(),
  netQuantity: DecimalText.describe("Negative for a short"),
  entryPrice: DecimalText.optional(),
  breakEvenPrice: DecimalText.optional(),
  markPrice: DecimalText.optional(),
  estLiquidationPrice: DecimalText.optional().describe("0 means unknown"),
  netExposureNotional: DecimalText.optional(),
  pnlRealized: DecimalText.optional(),
  pnlUnrealized: DecimalText.optional(),
  cumulativeFundingPayment: DecimalText.optional(),
});
/** An open perpetual position. */
export type Position = z.infer<typeof Position>;

/** A funding payment; positive is received. */
export const FundingPayment = z.object({
  symbol: Text,
  quantity: DecimalText,
  fundingRate: DecimalText,
  intervalEndTimestamp: TimeMs,
});
/** A funding payment. */
export type FundingPayment = z.infer<typeof FundingPayment>;

/** A deposit. */
export const Deposit = z.object({
  id: Id,
  symbol: Text,
  quantity: DecimalText,
  source: Text,
  status: Text,
  createdAt: TimeMs,
  transactionHash: Text.optional(),
});
/** A deposit. */
export type Deposit = z.infer<typeof Deposit>;

/** A withdrawal. */
export const Withdrawal = z.object({
  id: Id,
  symbol: Text,
  quantity: DecimalText,
  fee: DecimalText,
  blockchain: Text,
  status: Text,
  createdAt: TimeMs,
  transactionHash: Text.optional(),
});
/** A withdrawal. */
export type Withdrawal = z.infer<typeof Withdrawal>;

/** The largest order that the account could place. */
export const MaxOrderQuantity = z.object({
  symbol: Text,
  side: Text,
  maxOrderQuantity: DecimalText,
});
/** The largest order that the account could place. */
export type MaxOrderQuantity = z.infer<typeof MaxOrderQuantity>;
