/**
 * The scripted market maker: a ladder of quotes on both sides of every market, drawn once from the
 * seed, put back after it was hit. It never trades of its own accord, except when the price is
 * moved and its new quotes meet orders of the customers.
 *
 * @module
 */

import type { Decimal } from "../decimal.ts";
import type { Engine } from "./engine.ts";
import type { Market } from "./market.ts";
import { crosses } from "./matching.ts";
import { NO_EXITS, type PaperOrder, type Side, type Terms } from "./order.ts";
import { createRandom } from "./random.ts";

const LEVELS = 15;

/** One rung of a ladder. */
interface Rung {
  readonly side: Side;
  /** From the reference price, in ticks. */
  readonly offset: number;
  /** In steps. */
  readonly size: number;
  order: PaperOrder | undefined;
}

/** Whoever's orders customers trade with. */
export interface Quoter {
  /** Quotes a market for the first time. */
  quote(market: Market): void;
  /** Quotes around a new price. */
  move(market: Market): void;
  /** Takes all quotes of a market away. */
  withdraw(market: Market): void;
  /** Puts back what was hit. */
  replenish(market: Market): void;
  /** A customer took that much of a quote. */
  hit(quote: PaperOrder, quantity: Decimal): void;
}

/** Quotes every market. */
export class MarketMaker implements Quoter {
  readonly #engine: Engine;
  readonly #ladders: Map<string, Rung[]>;

  /** Draws the ladders; places nothing yet. */
  constructor(engine: Engine, seed: number) {
    this.#engine = engine;
    const random = createRandom(seed);
    this.#ladders = new Map(
      engine.markets.values().map((market) => [market.symbol, drawLadder(market, random)]),
    );
  }

  /** Places the quotes of a market, trading with whatever they meet. */
  quote(market: Market): void {
    if (market.tape.lastPrice === undefined) this.#engine.printTrade(market);
    for (const rung of this.#ladder(market)) this.#place(rung, market);
  }

  /** Quotes around a new price. */
  move(market: Market): void {
    this.withdraw(market);
    this.quote(market);
  }

  /** Takes all quotes of a market away. */
  withdraw(market: Market): void {
    for (const { order } of this.#ladder(market)) if (order?.isOpen) this.#engine.cancel(order);
  }

  /** Puts back what was hit, where that meets nobody's order. */
  replenish(market: Market): void {
    for (const rung of this.#ladder(market)) {
      const { order, side } = rung;
      if (order?.status === "New") continue;
      const best = market.book.best(side === "Bid" ? "Ask" : "Bid");
      if (best !== undefined && crosses(side, priceOf(rung, market), best.price)) continue;
      if (order?.isOpen) this.#engine.cancel(order);
      this.#place(rung, market);
    }
  }

  /** Does nothing: what was hit is put back by {@linkcode replenish}. */
  hit(): void {}

  #place(rung: Rung, market: Market): void {
    const price = priceOf(rung, market);
    if (price.lt(market.tickSize)) return;
    rung.order = this.#engine.placeQuote(
      quoteTerms(market.symbol, rung.side, price, market.stepSize.times(rung.size)),
    );
  }

  #ladder(market: Market): Rung[] {
    return this.#ladders.get(market.symbol) ?? [];
  }
}

function drawLadder({ listing }: Market, random: (bound: number) => number): Rung[] {
  const { halfSpread, gap } = listing.quotes;
  const [min, max] = listing.sizes;
  return (["Bid", "Ask"] as const).flatMap((side) => {
    let offset = halfSpread;
    return Array.from({ length: LEVELS }, (): Rung => {
      const rung = { side, offset, size: min + random(max - min), order: undefined };
      offset += 1 + random(gap);
      return rung;
    });
  });
}

function priceOf({ side, offset }: Rung, { markPrice, tickSize }: Market): Decimal {
  const reference = markPrice.minus(markPrice.modulo(tickSize));
  const distance = tickSize.times(offset);
  return side === "Bid" ? reference.minus(distance) : reference.plus(distance);
}

/** A quote: a limit order, resting unless told otherwise. */
export function quoteTerms(
  symbol: string,
  side: Side,
  price: Decimal,
  quantity: Decimal,
  timeInForce: "GTC" | "IOC" = "GTC",
): Terms {
  return {
    symbol,
    side,
    orderType: "Limit",
    price,
    quantity,
    quoteQuantity: null,
    timeInForce,
    selfTradePrevention: "RejectTaker",
    postOnly: false,
    reduceOnly: null,
    clientId: null,
    triggerPrice: null,
    triggerQuantity: null,
    triggerBy: null,
    slippageTolerance: null,
    slippageToleranceType: null,
    exits: NO_EXITS,
  };
}
