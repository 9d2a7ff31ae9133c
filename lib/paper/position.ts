/**
 * A perpetual position: quantity and cost, what closing part of it realises, and its form on the
 * wire (API digest, section 5, `FuturePositionWithMargin`).
 *
 * Cost and realised profit always add up to the money that changed hands, even where a share of
 * the cost had to be rounded: what is left carries the difference.
 *
 * @module
 */

import { type Decimal, divide, ZERO } from "../decimal.ts";
import { INITIAL_MARGIN, MAINTENANCE_MARGIN, marginFunction } from "./market.ts";

// Averages on the wire have 28 significant digits at most; 18 decimals stay below that here.
const AVERAGE_DECIMALS = 18;

/** `FundingPayment` on the wire; its time is without a zone. */
export interface FundingPayment {
  readonly userId: number;
  readonly symbol: string;
  /** Negative if it was paid. */
  readonly quantity: string;
  readonly intervalEndTimestamp: string;
  /** A fraction of the position's value. */
  readonly fundingRate: string;
}

/** One account's position in one market, from the first fill until it is flat. */
export class Position {
  readonly id: string;
  readonly symbol: string;
  /** Positive long, negative short. */
  quantity: Decimal = ZERO;
  /** What the quantity cost; negative for a short. */
  cost: Decimal = ZERO;
  /** Profit of what was closed, in the quote asset. */
  realised: Decimal = ZERO;
  /** In the quote asset. */
  fees: Decimal = ZERO;
  /** Funding received, or paid if negative. */
  funding: Decimal = ZERO;
  /** Funding is settled up to here, Unix ms. */
  fundedUntilMs: number;

  /** A position without quantity, opened at `atMs`. */
  constructor(id: string, symbol: string, atMs = 0) {
    this.id = id;
    this.symbol = symbol;
    this.fundedUntilMs = atMs;
  }

  /** Trades `quantity` (negative to sell) at `price`; returns the profit that this realises. */
  trade(quantity: Decimal, price: Decimal): Decimal {
    const sameWay = this.quantity.times(quantity).gte(ZERO);
    if (sameWay) return this.#open(quantity, price);
    const closing = quantity.abs().gt(this.quantity.abs()) ? this.quantity.negated() : quantity;
    const profit = this.#close(closing, price);
    this.#open(quantity.minus(closing), price);
    return profit;
  }

  /** The profit that closing at `markPrice` would realise. */
  unrealised(markPrice: Decimal): Decimal {
    return this.quantity.times(markPrice).minus(this.cost);
  }

  #open(quantity: Decimal, price: Decimal): Decimal {
    this.quantity = this.quantity.plus(quantity);
    this.cost = this.cost.plus(quantity.times(price));
    return ZERO;
  }

  // `quantity` has the opposite sign of the position and at most its size.
  #close(quantity: Decimal, price: Decimal): Decimal {
    const isAll = quantity.negated().eq(this.quantity);
    const share = divide(this.cost.times(quantity.negated()), this.quantity, AVERAGE_DECIMALS);
    const released = isAll ? this.cost : share ?? ZERO;
    const profit = quantity.negated().times(price).minus(released);
    this.quantity = this.quantity.plus(quantity);
    this.cost = this.cost.minus(released);
    this.realised = this.realised.plus(profit);
    return profit;
  }

  /** `FuturePositionWithMargin` on the wire. */
  toWire(userId: number, markPrice: Decimal): Record<string, unknown> {
    const average = (cost: Decimal): string =>
      (divide(cost, this.quantity, AVERAGE_DECIMALS) ?? ZERO).toFixed();
    return {
      symbol: this.symbol,
      positionId: this.id,
      userId,
      subaccountId: null,
      netQuantity: this.quantity.toFixed(),
      netCost: this.cost.toFixed(),
      entryPrice: average(this.cost),
      breakEvenPrice: average(this.cost.plus(this.fees).minus(this.realised).minus(this.funding)),
      markPrice: markPrice.toFixed(),
      estLiquidationPrice: "0",
      imf: INITIAL_MARGIN,
      imfFunction: marginFunction(INITIAL_MARGIN),
      mmf: MAINTENANCE_MARGIN,
      mmfFunction: marginFunction(MAINTENANCE_MARGIN),
      netExposureQuantity: this.quantity.abs().toFixed(),
      netExposureNotional: this.quantity.abs().times(markPrice).toFixed(),
      pnlRealized: this.realised.toFixed(),
      pnlUnrealized: this.unrealised(markPrice).toFixed(),
      cumulativeFundingPayment: this.funding.toFixed(),
      cumulativeInterest: "0",
    };
  }
}
