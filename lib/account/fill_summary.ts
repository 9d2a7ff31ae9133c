/**
 * What fills add up to, by market and side: exact, except for the average, which is rounded
 * towards zero at 18 decimals. Holds sums only, however many fills it is given.
 *
 * @module
 */

import { type Decimal, decimal, divide, ZERO } from "../decimal.ts";
import type { Fill } from "../schemas/mod.ts";
import { assetsOf } from "../symbol.ts";

/** What was bought or sold in one market; decimals as text. */
export interface Traded {
  symbol: string;
  /** `Bid` bought, `Ask` sold. */
  side: string;
  /** Fills. */
  count: number;
  /** Volume in the base asset, as text. */
  quantity: string;
  baseAsset: string;
  /** Volume in the quote asset, as text. */
  quoteQuantity: string;
  quoteAsset: string;
  /** `quoteQuantity / quantity`, rounded towards zero at 18 decimals. */
  averagePrice: string;
}

/** What fills add up to. */
export interface FillSummary {
  /** All fills that were asked for. */
  count: number;
  /** Those that rested on the book. */
  makerCount: number;
  /** Those that the exchange made by itself, such as liquidations. */
  systemCount: number;
  /** By market and side. */
  traded: Traded[];
  /** Negative where rebates were more than fees. */
  fees: { asset: string; amount: string }[];
  /** When the oldest was executed, Unix ms. */
  oldest?: number;
  /** When the newest was executed, Unix ms. */
  newest?: number;
}

interface Sums {
  symbol: string;
  side: string;
  count: number;
  quantity: Decimal;
  quote: Decimal;
}

/** Adds fills up. */
export class FillTotals {
  readonly #sums = new Map<string, Sums>();
  readonly #fees = new Map<string, Decimal>();
  #counts = { count: 0, makerCount: 0, systemCount: 0 };
  #times: { oldest: number; newest: number } | undefined;

  /** Counts one more. */
  add(fill: Fill): void {
    const { symbol, side, price, fee, feeSymbol, timestamp } = fill;
    const key = `${symbol} ${side}`;
    const sums = this.#sums.get(key) ?? { symbol, side, count: 0, quantity: ZERO, quote: ZERO };
    const quantity = decimal(fill.quantity);
    sums.count++;
    sums.quantity = sums.quantity.plus(quantity);
    sums.quote = sums.quote.plus(quantity.times(decimal(price)));
    this.#sums.set(key, sums);
    this.#fees.set(feeSymbol, (this.#fees.get(feeSymbol) ?? ZERO).plus(decimal(fee)));
    this.#counts.count++;
    if (fill.isMaker) this.#counts.makerCount++;
    if (fill.systemOrderType !== undefined) this.#counts.systemCount++;
    const { oldest, newest } = this.#times ?? { oldest: timestamp, newest: timestamp };
    this.#times = { oldest: Math.min(oldest, timestamp), newest: Math.max(newest, timestamp) };
  }

  /** The sums so far. */
  summary(): FillSummary {
    const sums = [...this.#sums.entries()].sort(([a], [b]) => a < b ? -1 : 1);
    const fees = [...this.#fees].map(([asset, fee]) => ({ asset, amount: fee.toFixed() }));
    return {
      ...this.#counts,
      traded: sums.map(([, sum]) => tradedOf(sum)),
      fees,
      ...this.#times,
    };
  }
}

function tradedOf({ symbol, side, count, quantity, quote }: Sums): Traded {
  const { base: baseAsset, quote: quoteAsset } = assetsOf(symbol);
  return {
    symbol,
    side,
    count,
    quantity: quantity.toFixed(),
    baseAsset,
    quoteQuantity: quote.toFixed(),
    quoteAsset,
    averagePrice: (divide(quote, quantity) ?? ZERO).toFixed(),
  };
}
