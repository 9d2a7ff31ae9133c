/**
 * Money and positions changing hands. Spot moves both assets and takes the fee out of what is
 * received; perpetuals change the position and settle profit and fee in USDC. Nothing is rounded,
 * so the sum over all accounts stays what it was.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Market } from "./market.ts";
import type { PaperOrder } from "./order.ts";
import { Position } from "./position.ts";

/** Fees in basis points, as text; negative for a rebate. */
export interface Fees {
  /** For a resting order on spot. */
  readonly spotMaker: string;
  /** For an incoming order on spot. */
  readonly spotTaker: string;
  /** For a resting order on perpetuals. */
  readonly futuresMaker: string;
  /** For an incoming order on perpetuals. */
  readonly futuresTaker: string;
}

/** One trade between two orders. */
export interface Execution {
  readonly market: Market;
  readonly tradeId: number;
  /** In the quote asset. */
  readonly price: Decimal;
  /** In the base asset. */
  readonly quantity: Decimal;
  /** Unix ms. */
  readonly timestamp: number;
}

const BASIS_POINT = decimal("0.0001");

/** Settles trades for one side at a time and collects the fees. */
export class Settlement {
  readonly fees: Fees;
  readonly #collector: Account;
  readonly #nextPositionId: () => string;

  /** Pays the fees to `collector`. */
  constructor(fees: Fees, collector: Account, nextPositionId: () => string) {
    this.fees = fees;
    this.#collector = collector;
    this.#nextPositionId = nextPositionId;
  }

  /** Settles one side of a trade: the order has already counted it. */
  settle(order: PaperOrder, execution: Execution, isMaker: boolean): void {
    const { market, price, quantity } = execution;
    const isBid = order.terms.side === "Bid";
    const quote = price.times(quantity);
    const received = market.isPerp || !isBid ? quote : quantity;
    const feeSymbol = market.isPerp || !isBid ? market.quote : market.base;
    const fee = order.account.isHouse ? ZERO : received.times(this.#rate(market, isMaker));
    if (market.isPerp) this.#settlePerp(order, execution, fee);
    else settleSpot(order, execution, isMaker);
    order.account.add(feeSymbol, fee.negated());
    this.#collector.add(feeSymbol, fee);
    if (order.account.isHouse) return;
    const { tradeId, timestamp } = execution;
    const fill = { order, tradeId, price, quantity, fee, feeSymbol, isMaker, timestamp };
    order.account.fills.push(fill);
  }

  #settlePerp(order: PaperOrder, execution: Execution, fee: Decimal): void {
    const { market, price, quantity, timestamp } = execution;
    const { account, terms } = order;
    const position = account.positions.get(market.symbol) ??
      new Position(this.#nextPositionId(), market.symbol, timestamp);
    account.positions.set(market.symbol, position);
    const profit = position.trade(terms.side === "Bid" ? quantity : quantity.negated(), price);
    position.fees = position.fees.plus(fee);
    account.add(market.quote, profit);
    if (position.quantity.isZero()) account.positions.delete(market.symbol);
  }

  #rate(market: Market, isMaker: boolean): Decimal {
    const { spotMaker, spotTaker, futuresMaker, futuresTaker } = this.fees;
    const points = market.isPerp
      ? isMaker ? futuresMaker : futuresTaker
      : isMaker
      ? spotMaker
      : spotTaker;
    return decimal(points).times(BASIS_POINT);
  }
}

function settleSpot(order: PaperOrder, execution: Execution, isMaker: boolean): void {
  const { market, price, quantity } = execution;
  const { account, terms } = order;
  const quote = price.times(quantity);
  const isBid = terms.side === "Bid";
  const [gives, amount] = isBid ? [market.quote, quote] : [market.base, quantity];
  // A resting order trades at its own price, so exactly this much was held back for it.
  if (isMaker) account.lock(gives, amount.negated());
  account.add(gives, amount.negated());
  if (isBid) account.add(market.base, quantity);
  else account.add(market.quote, quote);
}

/** What a resting order holds back: of which asset and how much. Perpetuals hold back nothing. */
export function reserveOf(order: PaperOrder, market: Market): [asset: string, amount: Decimal] {
  if (market.isPerp) return [market.quote, ZERO];
  if (order.terms.side === "Ask") return [market.base, order.remaining];
  return [market.quote, order.remaining.times(order.price)];
}
