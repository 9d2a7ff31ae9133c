/**
 * The paper account at live prices: before each request, and every two seconds while orders or
 * positions are open, it looks at the exchange and lets happen what follows. One at a time.
 *
 * @module
 */

import type { Account } from "./account.ts";
import type { Engine } from "./engine.ts";
import type { EngineOptions } from "./engine_options.ts";
import { Feed, type FeedOptions } from "./feed.ts";
import { Keeper, type Kept } from "./keeper.ts";
import { type Listed, LivePrices, type View } from "./live.ts";
import type { PaperStore } from "./store.ts";

/** What live trading needs. */
export interface LiveTradingOptions {
  readonly store: PaperStore;
  /** Clock and fees; what is listed comes from the exchange. */
  readonly engine: EngineOptions;
  /** What a new account holds. */
  readonly balances: Readonly<Record<string, string>>;
  readonly feed: FeedOptions;
}

const TICK_MS = 2000;

/** An account that trades at the exchange's prices. */
export class LiveTrading {
  /** The exchange's public data. */
  readonly feed: Feed;
  /** The account's file. */
  readonly keeper: Keeper;
  readonly #prices: LivePrices;
  #listed: Listed = { listings: [], assets: [] };
  #last: Promise<unknown> = Promise.resolve();

  /** Asks nothing of the exchange yet. */
  constructor({ store, engine, balances, feed }: LiveTradingOptions) {
    this.feed = new Feed(feed);
    this.#prices = new LivePrices(this.feed, () => engine.now());
    const options = (): EngineOptions => ({
      ...engine,
      ...this.#listed,
      quoter: (engine, state) => this.#prices.quotesOf(engine, state),
    });
    this.keeper = new Keeper(store, options, balances);
  }

  /**
   * Does `work` once everything has happened that the exchange's newest prices lead to; those of
   * `symbols` are asked for in any case. Rejects with a `FeedError` when prices can't be had, and
   * when `signal` is aborted before `work` is done.
   */
  change<T>(
    symbols: readonly string[],
    work: (engine: Engine, account: Account) => T,
    signal?: AbortSignal | null,
  ): Promise<T> {
    const turn = this.#last.then(() => this.#change(symbols, work, signal));
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Looks every two seconds from now on; `after` is the world's timer. */
  watch(after: (delayMs: number, callback: () => void) => unknown): void {
    after(TICK_MS, () => {
      this.#tick().catch(() => {
        // The next request says that prices can't be had.
      }).finally(() => this.watch(after));
    });
  }

  async #tick(): Promise<void> {
    const { account } = this.keeper.now();
    const isWaiting = account.orders.some(({ isOpen }) => isOpen) || account.positions.size > 0;
    if (isWaiting) await this.change([], () => {});
  }

  async #change<T>(
    symbols: readonly string[],
    work: (engine: Engine, account: Account) => T,
    signal?: AbortSignal | null,
  ): Promise<T> {
    signal?.throwIfAborted();
    const listed = await this.#prices.listed();
    if (listed !== this.#listed) {
      this.#listed = listed;
      this.keeper.forget();
    }
    const { engine, account } = this.keeper.now();
    const view = await this.#prices.look(engine, account, symbols);
    const act = (kept: Kept, view: View): void =>
      this.#prices.apply(view, kept.engine, kept.account);
    // What the market did stands, even if what was asked for is refused.
    this.keeper.change((kept) => act(kept, view));
    signal?.throwIfAborted();
    return this.keeper.change((kept) => {
      act(kept, view);
      return work(kept.engine, kept.account);
    });
  }
}
