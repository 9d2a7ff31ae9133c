/**
 * An order in the simulated exchange, and its two forms on the wire: the one of `/order` and
 * `/orders`, and the different one of the history (API digest, section 6.2). Optional members are
 * `null` here as they are there.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Link } from "./book.ts";
import { naiveIso } from "./reply.ts";

/** Bid buys, Ask sells. */
export type Side = "Bid" | "Ask";

/** The price that a trigger watches. */
export type TriggerBy = "MarkPrice" | "LastPrice" | "IndexPrice";

/** Take-profit and stop-loss members. */
export interface Exits {
  readonly stopLossLimitPrice: string | null;
  readonly stopLossTriggerBy: TriggerBy | null;
  /** In the quote asset, as text; so are all prices here. */
  readonly stopLossTriggerPrice: string | null;
  readonly takeProfitLimitPrice: string | null;
  readonly takeProfitTriggerBy: TriggerBy | null;
  readonly takeProfitTriggerPrice: string | null;
}

/** What was asked for. */
export interface Terms {
  readonly symbol: string;
  readonly side: Side;
  readonly orderType: "Limit" | "Market";
  /** Never `null` on a Limit order. */
  readonly price: Decimal | null;
  /** In the base asset; null if `quoteQuantity` or a trigger says how much. */
  readonly quantity: Decimal | null;
  /** Market only: what to spend or to bring in, in the quote asset. */
  readonly quoteQuantity: Decimal | null;
  readonly timeInForce: "GTC" | "IOC" | "FOK";
  readonly selfTradePrevention: "RejectTaker" | "RejectMaker" | "RejectBoth";
  readonly postOnly: boolean;
  /** `null` on spot. */
  readonly reduceOnly: boolean | null;
  readonly clientId: number | null;
  readonly triggerPrice: Decimal | null;
  /** An amount of the base asset, or a share of what is held, such as `50%`. */
  readonly triggerQuantity: string | null;
  readonly triggerBy: TriggerBy | null;
  /** How far a market order's price may slip, in `slippageToleranceType`. */
  readonly slippageTolerance: Decimal | null;
  readonly slippageToleranceType: "TickSize" | "Percent" | null;
  /** Take-profit and stop-loss, attached. */
  readonly exits: Exits;
  /** The decimals as they were written, trailing zeros included: so they are echoed. */
  readonly asWritten?: AsWritten;
}

/** The decimals of an order, letter by letter. */
export interface AsWritten {
  /** As the customer wrote it, which replies repeat; so are the others. */
  readonly price: string | null;
  readonly quantity: string | null;
  readonly quoteQuantity: string | null;
  readonly triggerPrice: string | null;
}

/** The exchange's order statuses. */
export type Status =
  | "New"
  | "PartiallyFilled"
  | "Filled"
  | "Cancelled"
  | "Expired"
  | "TriggerPending"
  | "TriggerFailed";

/** One order from its acceptance on. */
export class PaperOrder {
  /** What was asked for. */
  readonly terms: Terms;
  /** Opaque to clients. */
  readonly id: string;
  /** Whose it is. */
  readonly account: Account;
  /** Unix ms. */
  readonly createdAt: number;
  /** The base quantity: the terms', or what a trigger or a quote quantity came to. */
  quantity: Decimal | null;
  /** What has been filled, in the base asset. */
  executedQuantity: Decimal = ZERO;
  /** What has been filled, in the quote asset. */
  executedQuoteQuantity: Decimal = ZERO;
  status: Status = "New";
  /** Unix ms; null before it fires. */
  triggeredAt: number | null = null;
  /** As the exchange names it, such as `ImmediateOrCancel`. */
  expiryReason: string | null = null;
  /** Whether its trigger price waits above the price that it watches. */
  rising = false;
  /** What a take-profit or stop-loss closes; `null` on other orders. */
  covered: Decimal | null = null;
  /** The order whose take-profit or stop-loss this one is. */
  parentId: string | null = null;
  /** Its place on the book while it rests there. */
  link: Link<PaperOrder> | undefined;

  /** An order that nothing has happened to yet. */
  constructor(id: string, account: Account, terms: Terms, createdAt: number) {
    this.id = id;
    this.account = account;
    this.terms = terms;
    this.createdAt = createdAt;
    this.quantity = terms.quantity;
  }

  /** The limit price; only for Limit orders. */
  get price(): Decimal {
    if (this.terms.price === null) throw new TypeError("A Market order has no price");
    return this.terms.price;
  }

  /** What is still to be traded. */
  get remaining(): Decimal {
    return (this.quantity ?? ZERO).minus(this.executedQuantity);
  }

  /** Whether it is on the book or waits for its trigger. */
  get isOpen(): boolean {
    return ["New", "PartiallyFilled", "TriggerPending"].includes(this.status);
  }

  /** Counts an execution. */
  execute(quantity: Decimal, quote: Decimal): void {
    this.account.note(this);
    this.executedQuantity = this.executedQuantity.plus(quantity);
    this.executedQuoteQuantity = this.executedQuoteQuantity.plus(quote);
    this.status = this.remaining.isZero() ? "Filled" : "PartiallyFilled";
  }

  /** Ends it before it is filled. */
  end(status: "Cancelled" | "Expired" | "TriggerFailed", reason: string | null = null): void {
    this.status = status;
    this.expiryReason = reason;
  }
}

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
