/**
 * An order as it is judged: with its market, its prices and what it would spend, beside what all
 * orders have used.
 *
 * @module
 */

import { atLeastZero, type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Market, Order } from "../schemas/mod.ts";
import type { AccountView } from "./account_view.ts";
import type { Estimated } from "./estimate.ts";
import type { Reservation } from "./ledger.ts";
import type { OrderRequest } from "./order_request.ts";
import type { Prices } from "./prices.ts";

/** An order with everything that is known when it is judged. */
export interface Proposal {
  request: OrderRequest;
  market: Market;
  prices: Prices;
  /** What it would spend, at these prices. */
  estimated: Estimated;
  /** USD of one unit of the quote asset; absent where nobody tells. */
  rate: Decimal | undefined;
}

/** Orders that may need a person's yes, given to all of them or to none. */
export interface Approvable {
  /** The orders, in the sequence in which they are shown. */
  items: readonly { request: OrderRequest; clientId: number }[];
  /** One for each, in their order. */
  proposals: readonly Proposal[];
  /** The exchange's id of the order that makes way. */
  replaces?: string | undefined;
}

/** What all orders together have used. */
export interface Used {
  /** What every order of every process may still spend. */
  reservations: readonly Reservation[];
  /** As it stands now. */
  account: AccountView;
  /** The journal is younger than a day. */
  isFirstDay: boolean;
  /** Unix ms by the exchange's clock. */
  nowMs: number;
  /** The order that makes way. */
  replaced?: Replaced;
}

/** An order that makes way for the one that is judged: only what it executed still counts. */
export type Replaced = Pick<Order, "id" | "symbol" | "side" | "executedQuantity" | "createdAt">;

/** One limit and how an order fares against it. */
export interface Check {
  /** The setting that holds the limit. */
  variable: string;
  ok: boolean;
  /** A sentence without its period: the limit, this order's value, what is left. */
  message: string;
  /** The limit as the owner set it. */
  limit: string;
  /** This order's share, where it is a number. */
  value?: string;
  /** What was left before this order. */
  left?: string;
}

/** USD that an order may spend. */
export interface Value {
  notional: Decimal;
  /** Of one unit of the base asset. */
  unit: Decimal;
  /** Of its take-profit or stop-loss, which may fill once it has. */
  exits: Decimal;
}

/** What an order may spend; `undefined` where that can't be told. */
export function valueOf({ estimated, rate }: Proposal): Value | undefined {
  if ("missing" in estimated || rate === undefined) return undefined;
  const { notional, unit, exits } = estimated;
  return { notional: notional.times(rate), unit: unit.times(rate), exits: exits.times(rate) };
}

/** Why {@linkcode valueOf} tells none. */
export function whyNoValue({ estimated, market }: Proposal): string {
  if ("missing" in estimated) return `its value can't be told: ${estimated.missing}`;
  return `its value can't be told: the exchange tells no price of ${market.quoteSymbol} in USDC`;
}

/** What a limit leaves; never below zero. */
export function leftOf(limit: string, used: Decimal): Decimal {
  return atLeastZero(decimal(limit).minus(used));
}

/** The position in a market: negative when short, zero where there is none; base asset. */
export function netQuantity(symbol: string, account: AccountView): Decimal {
  const position = account.positions.find((position) => position.symbol === symbol);
  return position === undefined ? ZERO : decimal(position.netQuantity);
}

/** Whether the order can do nothing but make the position smaller; exits are orders of their own. */
export function reducesOnly({ request, estimated }: Proposal, account: AccountView): boolean {
  if (!request.reduceOnly || "missing" in estimated || !estimated.exits.isZero()) return false;
  const held = netQuantity(request.symbol, account);
  return estimated.quantity.lte(request.side === "Bid" ? held.negated() : held);
}
