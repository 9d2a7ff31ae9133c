/**
 * Paper trading at the exchange's prices: looks at its public data before a request is answered and
 * while orders are open, and lets the engine act on what was seen. Knows no request.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import type { MarkPrice } from "../schemas/mod.ts";
import type { Account } from "./account.ts";
import type { Engine } from "./engine.ts";
import type { Feed } from "./feed.ts";
import { dueFunding, type FundingDue, payFunding } from "./funding.ts";
import type { Collateral, Listing } from "./listings.ts";
import { missedTrades } from "./missed.ts";
import { LiveQuotes, type MarketView, type QuotesState, type Seen } from "./live_quotes.ts";

/** What was seen at one time. */
export interface View {
  /** Of every perpetual. */
  readonly marks: readonly MarkPrice[];
  /** Of every market. */
  readonly lasts: readonly { symbol: string; lastPrice: string }[];
  readonly markets: readonly MarketView[];
  /** What fell due since the last look. */
  readonly funding: readonly FundingDue[];
}

const LISTINGS_MAX_AGE_MS = 300_000;
const VIEW_MAX_AGE_MS = 1000;

/** What the exchange lists. */
export interface Listed {
  readonly listings: readonly Listing[];
  readonly assets: readonly Collateral[];
}

/** The exchange's prices. */
export class LivePrices {
  readonly #feed: Feed;
  readonly #now: () => number;
  #listed: Listed & { readonly atMs: number } | undefined;
  #looking: Promise<View> | undefined;
  #view: { readonly atMs: number; readonly view: View } | undefined;
  #quotes: LiveQuotes | undefined;

  /** Prices of that feed; `now` is Unix ms. */
  constructor(feed: Feed, now: () => number) {
    this.#feed = feed;
    this.#now = now;
  }

  /** What the exchange lists, at most five minutes old. Throws if it can't be had. */
  async listed(): Promise<Listed> {
    const atMs = this.#now();
    if (this.#listed !== undefined && atMs - this.#listed.atMs < LISTINGS_MAX_AGE_MS) {
      return this.#listed;
    }
    const [listings, assets] = await Promise.all([this.#feed.listings(), this.#feed.collateral()]);
    this.#listed = { listings, assets, atMs };
    return this.#listed;
  }

  /** Makes the quotes of a new engine. */
  quotesOf(engine: Engine, state: QuotesState): LiveQuotes {
    this.#quotes = new LiveQuotes(engine, state);
    return this.#quotes;
  }

  /** Looks at the markets of `account`'s orders and positions, and at `symbols` for certain. */
  async look(engine: Engine, account: Account, symbols: readonly string[]): Promise<View> {
    const atMs = this.#now();
    const isYoung = this.#view !== undefined && atMs - this.#view.atMs < VIEW_MAX_AGE_MS;
    if (isYoung && symbols.length === 0 && this.#view !== undefined) return this.#view.view;
    const open = account.open.values().map(({ terms }) => terms.symbol);
    const wanted = new Set([...open, ...symbols]);
    const known = [...wanted].filter((symbol) => engine.markets.has(symbol));
    const [marks, lasts, funding, ...markets] = await Promise.all([
      this.#feed.markPrices(),
      this.#feed.tickers(),
      dueFunding(this.#feed, account, engine.now()),
      ...known.map((symbol) => this.#lookAt(symbol, engine.quotes.seen[symbol])),
    ]);
    const view = { marks, lasts, funding, markets };
    this.#view = { atMs, view };
    return view;
  }

  /** Lets the engine act on what was seen. */
  apply(view: View, engine: Engine, account: Account): void {
    for (const { symbol, lastPrice } of view.lasts) {
      const market = engine.markets.get(symbol);
      if (market === undefined) continue;
      market.seenLastPrice = decimal(lastPrice);
      if (!market.isPerp) market.markPrice = market.seenLastPrice;
    }
    for (const { symbol, markPrice, indexPrice } of view.marks) {
      const market = engine.markets.get(symbol);
      if (market === undefined) continue;
      market.markPrice = decimal(markPrice);
      market.seenIndexPrice = decimal(indexPrice ?? markPrice);
    }
    payFunding(view.funding, account);
    for (const market of view.markets) this.#quotes?.show(market);
  }

  async #lookAt(symbol: string, seen: Seen | undefined): Promise<MarketView> {
    // The trades first: what they leave behind is in a book that is read after them.
    const trades = await this.#feed.trades(symbol);
    const [depth, missed] = await Promise.all([
      this.#feed.depth(symbol),
      missedTrades(this.#feed, symbol, seen, trades),
    ]);
    return { symbol, trades, missed, depth };
  }
}
