/**
 * An order in the simulated exchange: what was asked for, and what has become of it (API digest,
 * section 6). Optional members are `null` here as they are on the wire.
 *
 * @module
 */

import { type Decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Link } from "./book.ts";

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

/** No take-profit and no stop-loss. */
export const NO_EXITS: Exits = {
  stopLossLimitPrice: null,
  stopLossTriggerBy: null,
  stopLossTriggerPrice: null,
  takeProfitLimitPrice: null,
  takeProfitTriggerBy: null,
  takeProfitTriggerPrice: null,
};

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
