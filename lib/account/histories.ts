/**
 * The account's histories, page by page, newest first: orders, fills, funding payments, deposits
 * and withdrawals. They may lag a moment behind what has happened (API digest, 4.3).
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { Exchange } from "../exchange.ts";
import type { Deposit, Fill, FundingPayment, Order, Withdrawal } from "../schemas/mod.ts";
import { type FillSummary, FillTotals } from "./fill_summary.ts";
import { given, type Listing, listPage, type Paging } from "./listing.ts";

/** Which orders or fills. */
export interface TradeFilter {
  symbol?: string | undefined;
  orderId?: string | undefined;
  /** `SPOT` or `PERP`, as the exchange writes it. */
  marketType?: string | undefined;
}

/** From when to when, Unix ms. */
export interface Period {
  from?: number | undefined;
  to?: number | undefined;
}

/** A page of fills; with the first page comes what all fills that were asked for add up to. */
export interface FillListing extends Listing<Fill> {
  /** Of all that were asked for; on the first page alone. */
  summary?: FillSummary;
  /** Says so when not all of them were added up. */
  note?: string;
}

/** Orders, ended or not; an order's own time is when it was created. */
export function listOrderHistory(
  exchange: Exchange,
  { limit, cursor, ...filter }: TradeFilter & Paging,
  call: Call,
): Promise<Listing<Order>> {
  return listPage({
    page: (window) => exchange.orderHistoryPage({ ...given(filter), ...window }, call),
    timeOf: (order) => order.createdAt,
    keyOf: (order) => order.id,
    hasOwnKey: () => true,
  }, { limit, cursor, question: `orders ${JSON.stringify(filter)}` });
}

/** Executions, the exchange's own (liquidations and their like) among them. */
export async function listFills(
  exchange: Exchange,
  { limit, cursor, ...filter }: TradeFilter & Period & Paging,
  call: Call,
): Promise<FillListing> {
  const totals = cursor === undefined ? new FillTotals() : undefined;
  const { isAtEnd, ...listing } = await listPage({
    page: (window) => exchange.fillsPage({ ...given(filter), ...window }, call),
    timeOf: (fill) => fill.timestamp,
    keyOf: fillKey,
    hasOwnKey: ({ tradeId }) => tradeId !== undefined,
  }, {
    limit,
    cursor,
    question: `fills ${JSON.stringify(filter)}`,
    ...(totals === undefined ? {} : { onEvery: (fill: Fill) => totals.add(fill) }),
  });
  if (totals === undefined) return listing;
  const summary = totals.summary();
  const note = `Only the newest ${summary.count} of ${listing.total ?? "more"} were added up: ` +
    "narrow from, to or symbol for a sum of all";
  return { ...listing, summary, ...(isAtEnd ? {} : { note }) };
}

/** Funding payments. */
export function listFundingPayments(
  exchange: Exchange,
  { limit, cursor, ...filter }: { symbol?: string | undefined } & Paging,
  call: Call,
): Promise<Listing<FundingPayment>> {
  return listPage({
    page: (window) => exchange.fundingPage({ ...given(filter), ...window }, call),
    timeOf: (payment) => payment.intervalEndTimestamp,
    keyOf: (payment) => `${payment.symbol}:${payment.quantity}`,
    hasOwnKey: () => false,
  }, { limit, cursor, question: `funding ${JSON.stringify(filter)}` });
}

/** Deposits. */
export function listDeposits(
  exchange: Exchange,
  { limit, cursor, ...filter }: Period & Paging,
  call: Call,
): Promise<Listing<Deposit>> {
  return listPage({
    page: (window) => exchange.depositsPage({ ...given(filter), ...window }, call),
    timeOf: (deposit) => deposit.createdAt,
    keyOf: (deposit) => deposit.id,
    hasOwnKey: () => true,
  }, { limit, cursor, question: `deposits ${JSON.stringify(filter)}` });
}

/** Withdrawals, all of them made elsewhere. */
export function listWithdrawals(
  exchange: Exchange,
  { limit, cursor, ...filter }: Period & Paging,
  call: Call,
): Promise<Listing<Withdrawal>> {
  return listPage({
    page: (window) => exchange.withdrawalsPage({ ...given(filter), ...window }, call),
    timeOf: (withdrawal) => withdrawal.createdAt,
    keyOf: (withdrawal) => withdrawal.id,
    hasOwnKey: () => true,
  }, { limit, cursor, question: `withdrawals ${JSON.stringify(filter)}` });
}

/** A trade has two sides, and both may be the account's; a fill of the exchange's has no trade. */
function fillKey({ orderId, tradeId, price, quantity, isMaker }: Fill): string {
  return `${orderId}-${tradeId ?? `${price}:${quantity}:${isMaker}`}`;
}
