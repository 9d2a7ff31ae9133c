/**
 * Keeps the exchange in memory and the file of the account the same: reads the file again after
 * another process has written, and writes what a request has changed before it is answered.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import type { Account } from "./account.ts";
import { Engine, FIRST_ACCOUNT_ID } from "./engine.ts";
import type { EngineOptions } from "./engine_options.ts";
import { Refusal, refusal } from "./refusal.ts";
import type { QuotesState } from "./live_quotes.ts";
import { accountOfSaved, balancesToSaved, fillToRow, orderToRow } from "./saved.ts";
import { positionToSaved, type SavedBook } from "./saved.ts";
import type { PaperStore } from "./store.ts";

/** The exchange as it is now, and its one account. */
export interface Kept {
  readonly engine: Engine;
  readonly account: Account;
}

/** An exchange whose account is kept in a file. */
export class Keeper {
  readonly #store: PaperStore;
  readonly #options: () => EngineOptions;
  readonly #balances: Readonly<Record<string, string>>;
  #kept: Kept | undefined;
  #revision = -1;
  #fills = 0;
  #funding = 0;
  #book = "";

  /** Goes on with what `store` holds, or opens an account with those balances. */
  constructor(
    store: PaperStore,
    options: () => EngineOptions,
    balances: Readonly<Record<string, string>>,
  ) {
    this.#store = store;
    this.#options = options;
    this.#balances = balances;
  }

  /** The exchange as the file has it. */
  now(): Kept {
    if (this.#kept === undefined || this.#store.revision !== this.#revision) this.#read();
    return this.#kept ?? this.#fresh();
  }

  /** Reads the file again before the next use: what is listed has changed. */
  forget(): void {
    this.#kept = undefined;
  }

  /** Does `work` on the exchange, and keeps what it changes; nothing of it counts if it throws. */
  change<T>(work: (kept: Kept) => T): T {
    try {
      return this.#store.transact(() => {
        const kept = this.now();
        const result = work(kept);
        this.#write(kept);
        return result;
      });
    } catch (error) {
      // What is in memory may have gone further than the file.
      this.#kept = undefined;
      if (error instanceof Refusal) throw error;
      throw notKept(error);
    }
  }

  #read(): void {
    const revision = this.#store.revision;
    const saved = this.#store.load();
    const kept = saved === undefined ? this.#fresh() : this.#restored(saved);
    kept.account.changed = new Set();
    this.#kept = kept;
    this.#revision = revision;
    this.#fills = saved?.fills.length ?? 0;
    this.#funding = saved?.funding.length ?? 0;
    this.#book = essence(bookOf(kept.engine, kept.account));
  }

  #fresh(): Kept {
    const engine = new Engine(this.#options());
    return { engine, account: engine.openAccount(this.#balances) };
  }

  #restored(saved: NonNullable<ReturnType<PaperStore["load"]>>): Kept {
    const engine = new Engine({ ...this.#options(), quotes: saved.book.quotes });
    const account = accountOfSaved(FIRST_ACCOUNT_ID, saved);
    engine.adopt(account, saved.book);
    return { engine, account };
  }

  #write({ engine, account }: Kept): void {
    const changed = [...account.changed ?? []];
    const book = bookOf(engine, account);
    const text = essence(book);
    // A read changes nothing, and must not make other processes read everything again.
    if (changed.length === 0 && text === this.#book) return;
    this.#book = text;
    this.#store.save({
      book,
      orders: changed.map((order) => [order.id, orderToRow(order)]),
      fills: account.fills.slice(this.#fills).map(fillToRow),
      funding: account.funding.slice(this.#funding).map((row) => JSON.stringify(row)),
    });
    account.changed?.clear();
    this.#fills = account.fills.length;
    this.#funding = account.funding.length;
    this.#revision = this.#store.revision;
  }
}

/** A full disk, or another process that holds the file: SQLite took everything back. */
function notKept(error: unknown): Refusal {
  const problem = messageOf(error);
  const message =
    `The paper account's file can't be written (${problem}): nothing was placed or cancelled`;
  return refusal("PAPER_NOT_KEPT", message);
}

function bookOf(engine: Engine, account: Account): SavedBook {
  const kept = engine.isLive ? [] : [...engine.markets.values()];
  const prices = kept.map((market): [string, readonly [string, string]] => [
    market.symbol,
    [market.markPrice.toFixed(), market.lastPrice.toFixed()],
  ]);
  return {
    balances: balancesToSaved(account),
    positions: [...account.positions.values()].map(positionToSaved),
    counters: engine.counters,
    prices: Object.fromEntries(prices),
    quotes: { ...engine.quotes, taken: onlyTaken(engine.quotes) },
  };
}

/** The books of which something was taken; of the others there is nothing to remember. */
function onlyTaken({ taken }: QuotesState): QuotesState["taken"] {
  return Object.fromEntries(
    Object.entries(taken).filter(([, { amounts }]) => Object.keys(amounts).length > 0),
  );
}

/** What must be written when it changes; trades that moved nothing can be looked at again. */
function essence({ quotes: { taken }, ...book }: SavedBook): string {
  return JSON.stringify([book, taken]);
}

/** A book that holds these balances and nothing else. */
export function freshBook(balances: Readonly<Record<string, string>>): SavedBook {
  const held = Object.entries(balances).map(([asset, amount]) => [asset, [amount, "0"]]);
  return {
    balances: Object.fromEntries(held),
    positions: [],
    counters: { orderId: 0, tradeId: 0 },
    prices: {},
    quotes: { taken: {}, seen: {} },
  };
}
