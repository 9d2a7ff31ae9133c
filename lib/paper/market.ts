/**
 * One market: its rules as decimals, its book, its trades, the orders that wait for a trigger and
 * its state; and its form on the wire (API digest, section 5, `Market`). Decides nothing.
 *
 * @module
 */

import { type Decimal, decimal } from "../decimal.ts";
import { HOUR_MS } from "../intervals.ts";
import { Book } from "./book.ts";
import { BAND, type Listing } from "./listings.ts";
import type { PaperOrder } from "./order.ts";
import { Tape } from "./tape.ts";

/** `orderBookState`: what the market accepts. */
export type MarketState = "Open" | "Closed" | "CancelOnly" | "LimitOnly" | "PostOnly";

/** The share of a position's value that must be covered, flat: `sqrt` functions with factor 0. */
export const INITIAL_MARGIN = "0.1";
/** The share below which a position would be closed by a real exchange. */
export const MAINTENANCE_MARGIN = "0.05";

/** A market while the exchange runs. */
export class Market {
  readonly listing: Listing;
  readonly symbol: string;
  /** The asset that is traded. */
  readonly base: string;
  /** The asset that prices are in. */
  readonly quote: string;
  readonly isPerp: boolean;
  /** Prices are multiples of this. */
  readonly tickSize: Decimal;
  /** Quantities are multiples of this. */
  readonly stepSize: Decimal;
  /** The least that an order may trade. */
  readonly minQuantity: Decimal;
  readonly book: Book<PaperOrder> = new Book<PaperOrder>();
  /** Its public trades. */
  readonly tape: Tape = new Tape();
  /** Orders in status TriggerPending. */
  readonly waiting: Set<PaperOrder> = new Set<PaperOrder>();
  state: MarketState;
  /** Mark price; also what the market maker quotes around. */
  markPrice: Decimal;
  /** Index price, where it is another than the mark price. */
  seenIndexPrice: Decimal | undefined;
  /** The last price of the market that this one follows. */
  seenLastPrice: Decimal | undefined;
  /** Counts changes of the book. */
  updates = 0;

  /** Opens the listed market, empty. */
  constructor(listing: Listing) {
    this.listing = listing;
    this.symbol = listing.symbol;
    this.base = listing.base;
    this.state = (listing.state ?? "Open") as MarketState;
    this.quote = listing.quote ?? "USDC";
    this.isPerp = listing.isPerp;
    this.tickSize = decimal(listing.tickSize);
    this.stepSize = decimal(listing.stepSize);
    this.minQuantity = decimal(listing.minQuantity);
    this.markPrice = decimal(listing.reference);
  }

  /** The price of the last trade, or the mark price before the first one. */
  get lastPrice(): Decimal {
    return this.seenLastPrice ?? this.tape.lastPrice ?? this.markPrice;
  }

  /** The index price. */
  get indexPrice(): Decimal {
    return this.seenIndexPrice ?? this.markPrice;
  }

  /** The lowest and the highest limit price, around what the market maker holds for the price. */
  get band(): [min: Decimal, max: Decimal] {
    const [min, max] = this.listing.band ?? BAND;
    return [this.markPrice.times(min), this.markPrice.times(max)];
  }

  /** `Market` on the wire. */
  toWire(): Record<string, unknown> {
    const { isPerp } = this;
    return {
      symbol: this.symbol,
      baseSymbol: this.base,
      quoteSymbol: this.quote,
      marketType: isPerp ? "PERP" : "SPOT",
      filters: filtersOf(this.listing),
      imfFunction: isPerp ? marginFunction(INITIAL_MARGIN) : null,
      mmfFunction: isPerp ? marginFunction(MAINTENANCE_MARGIN) : null,
      fundingInterval: isPerp ? HOUR_MS : null,
      fundingRateUpperBound: isPerp ? "100" : null,
      fundingRateLowerBound: isPerp ? "-100" : null,
      openInterestLimit: isPerp ? "4000000" : "0",
      orderBookState: this.state,
      createdAt: this.listing.createdAt,
      visible: true,
      positionLimitWeight: isPerp ? "1" : null,
    };
  }
}

/** A margin function that is the same for every size. */
export function marginFunction(base: string): Record<string, string> {
  return { type: "sqrt", base, factor: "0" };
}

function filtersOf(listing: Listing): Record<string, unknown> {
  return {
    price: {
      minPrice: listing.tickSize,
      maxPrice: listing.maxPrice,
      tickSize: listing.tickSize,
      minMultiplier: BAND[0],
      maxMultiplier: BAND[1],
      minImpactMultiplier: listing.impact[0],
      maxImpactMultiplier: listing.impact[1],
      meanMarkPriceBand: null,
      meanPremiumBand: null,
      borrowEntryFeeMaxMultiplier: null,
      borrowEntryFeeMinMultiplier: null,
      maxPriceUpdateMultiplier: null,
      minPriceUpdateMultiplier: null,
    },
    quantity: {
      minQuantity: listing.minQuantity,
      maxQuantity: null,
      stepSize: listing.stepSize,
    },
  };
}
