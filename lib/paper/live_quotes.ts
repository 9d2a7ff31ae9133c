/**
 * The exchange's own book and trades as quotes that paper orders trade with. A level that was taken
 * is not there again until the book's next update; a resting order fills at its own price, once the
 * opposite best price crosses it or somebody trades through it.
 *
 * At the very price of a resting order a trade fills nothing: how long the queue before it is can't
 * be known.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Depth, Trade } from "../schemas/mod.ts";
import type { Engine } from "./engine.ts";
import { type Quoter, quoteTerms } from "./maker.ts";
import type { Market } from "./market.ts";
import type { PaperOrder, Side } from "./order.ts";

/** What of a book's update was taken, by side and price. */
export interface Taken {
  /** The state of the book that it was taken from. */
  readonly updateId: string;
  /** What customers took, by side and price: base asset, as text. */
  readonly amounts: Record<string, string>;
}

/** What the quotes must remember. */
export interface QuotesState {
  /** By market. */
  readonly taken: Record<string, Taken>;
  /** The last trade that was looked at, by market. */
  readonly seen: Record<string, Seen>;
}

/** Up to where a market's trades were looked at. */
export interface Seen {
  /** The newest that was seen. */
  readonly tradeId: number;
  /** Unix ms. */
  readonly atMs: number;
}

/** What was seen of one market. */
export interface MarketView {
  readonly symbol: string;
  /** None while the market is closed. */
  readonly depth: Depth | undefined;
  /** Oldest first. */
  readonly trades: readonly Trade[];
  /** What was traded before those and after what was seen last. */
  readonly missed: readonly Trade[];
}

/** The exchange's quotes. */
export class LiveQuotes implements Quoter {
  readonly #engine: Engine;
  readonly #state: QuotesState;
  readonly #shown = new Map<string, { updateId: string; orders: PaperOrder[] }>();

  /** Quotes that remember `state`, and change it. */
  constructor(engine: Engine, state: QuotesState) {
    this.#engine = engine;
    this.#state = state;
  }

  /** Lets everything happen that follows from what was seen. */
  show({ symbol, depth, trades, missed }: MarketView): void {
    const market = this.#engine.market(symbol);
    const fresh = this.#unseen(symbol, trades, missed);
    const last = trades.at(-1);
    if (fresh.length > 0) this.withdraw(market);
    for (const trade of fresh) this.#apply(trade, market);
    if (last !== undefined) market.seenLastPrice = decimal(last.price);
    if (depth === undefined) this.withdraw(market);
    else this.#place(market, depth);
    this.#engine.calm(market);
  }

  /** Does nothing: quotes come from {@linkcode show}. */
  quote(): void {}

  /** Does nothing: the exchange moves its own prices. */
  move(): void {}

  /** Does nothing: what was taken is gone until the book's next update. */
  replenish(): void {}

  /** Takes all quotes of a market away. */
  withdraw({ symbol }: Market): void {
    const orders = this.#shown.get(symbol)?.orders ?? [];
    for (const order of orders) if (order.isOpen) this.#engine.cancel(order);
    this.#shown.delete(symbol);
  }

  /** Remembers what was taken of a level. */
  hit({ terms, price }: PaperOrder, quantity: Decimal): void {
    const taken = this.#state.taken[terms.symbol];
    if (taken === undefined) return;
    const key = `${terms.side} ${price.toFixed()}`;
    taken.amounts[key] = decimal(taken.amounts[key] ?? "0").plus(quantity).toFixed();
  }

  #unseen(symbol: string, trades: readonly Trade[], missed: readonly Trade[]): Trade[] {
    const seen = this.#state.seen[symbol]?.tradeId ?? Infinity;
    const newest = trades.at(-1);
    if (newest !== undefined) {
      const tradeId = Math.max(idOf(newest), seen === Infinity ? 0 : seen);
      this.#state.seen[symbol] = { tradeId, atMs: newest.timestamp };
    }
    const [oldest] = trades;
    // Only if another process has not been there since.
    const isGap = oldest !== undefined && idOf(oldest) > seen;
    return [...isGap ? missed : [], ...trades.filter((trade) => idOf(trade) > seen)];
  }

  // Somebody who sold at a price would have sold to every bid above it first.
  #apply(trade: Trade, market: Market): void {
    const side: Side = trade.isBuyerMaker ? "Ask" : "Bid";
    const price = decimal(trade.price);
    market.seenLastPrice = price;
    const limit = side === "Ask" ? price.plus(market.tickSize) : price.minus(market.tickSize);
    const quantity = decimal(trade.quantity);
    this.#engine.noteReached(market);
    if (market.book.size === 0 || limit.lte(ZERO)) return;
    this.#engine.placeQuote(quoteTerms(market.symbol, side, limit, quantity, "IOC"));
  }

  #place(market: Market, depth: Depth): void {
    const { symbol } = market;
    if (this.#shown.get(symbol)?.updateId === depth.lastUpdateId) return;
    this.withdraw(market);
    if (this.#state.taken[symbol]?.updateId !== depth.lastUpdateId) {
      this.#state.taken[symbol] = { updateId: depth.lastUpdateId, amounts: {} };
    }
    const levels = { Bid: depth.bids.toReversed(), Ask: depth.asks };
    const orders: PaperOrder[] = [];
    this.#shown.set(symbol, { updateId: depth.lastUpdateId, orders });
    for (const side of ["Bid", "Ask"] as const) {
      for (const [price, quantity] of levels[side]) {
        const left = decimal(quantity).minus(this.#takenOf(symbol, side, price));
        if (left.lte(ZERO)) continue;
        const order = this.#engine.placeQuote(quoteTerms(symbol, side, decimal(price), left));
        if (!order.executedQuantity.isZero()) this.hit(order, order.executedQuantity);
        orders.push(order);
      }
    }
  }

  #takenOf(symbol: string, side: Side, price: string): Decimal {
    const key = `${side} ${decimal(price).toFixed()}`;
    return decimal(this.#state.taken[symbol]?.amounts[key] ?? "0");
  }
}

function idOf({ id }: Trade): number {
  return Number(id ?? 0);
}
