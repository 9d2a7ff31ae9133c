/**
 * A simulated Backpack Exchange, shaped like `fetch`: paper trading, the demo and the tests run on
 * it. It verifies signatures, keeps balances and books exactly and answers with the exchange's own
 * habits (API digest). A run is a function of its clock, its seed and its requests.
 *
 * @module
 */

import { unlessAborted } from "../clock.ts";
import { decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import { ACCOUNT_ROUTES } from "./account_routes.ts";
import { Engine } from "./engine.ts";
import { Gate } from "./auth.ts";
import { failing, type Fault, type FaultedRequest, responseOf } from "./faults.ts";
import type { EngineOptions } from "./engine_options.ts";
import type { FeedOptions } from "./feed.ts";
import { HISTORY_ROUTES } from "./history_routes.ts";
import { Keeper } from "./keeper.ts";
import { OPENING_BALANCES } from "./listings.ts";
import { LiveTrading } from "./live_trading.ts";
import type { MarketState } from "./market.ts";
import { ORDER_ROUTES } from "./order_routes.ts";
import { orderToWire } from "./order_wire.ts";
import { PUBLIC_ROUTES } from "./public_routes.ts";
import { Refusal } from "./refusal.ts";
import { refused, type Reply, text } from "./reply.ts";
import { type PaperRequest, readRequest } from "./request.ts";
import type { PublicRoute } from "./routes.ts";
import type { Fees } from "./settlement.ts";
import type { PaperStore } from "./store.ts";

export type { MarketState } from "./market.ts";
export type { Fees } from "./settlement.ts";
export type { Fault, FaultedRequest } from "./faults.ts";

/** What a {@linkcode PaperExchange} runs on. */
export interface PaperOptions {
  /** Unix ms. */
  now(): number;
  /** Decides the market maker's quotes; 1 unless told. */
  seed?: number;
  /** The base64 of the public key whose account this is. */
  apiKey: string;
  /** What that account holds, by asset. */
  balances?: Readonly<Record<string, string>>;
  /** Basis points, as text. */
  fees?: Partial<Fees>;
  /** Where that account is kept; it ends with the process unless given. */
  store?: PaperStore;
  /** Trade at the prices of a real exchange; needs a `store`, which may be in memory. */
  live?: FeedOptions;
  /** What goes wrong with a request; nothing does unless told. Asked once, when it arrives. */
  fault?(request: FaultedRequest): Fault | undefined;
}

/** An amount held, available and locked. */
export interface PaperBalance {
  /** Free to be used. */
  readonly available: string;
  /** Held back for resting orders. */
  readonly locked: string;
}

const DEFAULT_FEES: Fees = {
  spotMaker: "8",
  spotTaker: "10",
  futuresMaker: "2",
  futuresTaker: "5",
};
const SIGNED_ROUTES = { ...ACCOUNT_ROUTES, ...ORDER_ROUTES, ...HISTORY_ROUTES };

/** The simulated exchange. */
export class PaperExchange {
  readonly #gate: Gate;
  readonly #engineOptions: EngineOptions;
  #inMemory: Engine | undefined;
  readonly #live: LiveTrading | undefined;
  readonly #keeper: Keeper | undefined;
  readonly #accounts = new Map<string, Account>();
  readonly #apiKey: string;
  readonly #options: PaperOptions;

  /** Opens the exchange, with one funded account. */
  constructor(options: PaperOptions) {
    const { seed = 1, fees = {} } = options;
    const now = (): number => options.now();
    this.#gate = new Gate(now);
    const engineOptions = { now, seed, fees: { ...DEFAULT_FEES, ...fees } };
    this.#engineOptions = engineOptions;
    this.#apiKey = options.apiKey;
    this.#options = options;
    const { apiKey, balances = OPENING_BALANCES, store } = options;
    if (store === undefined) this.registerKey(apiKey, balances);
    else this.#gate.register(apiKey);
    if (options.live !== undefined) {
      if (store === undefined) throw new RangeError("Live prices need a store");
      this.#live = new LiveTrading({
        store,
        engine: engineOptions,
        balances,
        feed: options.live,
      });
    }
    this.#keeper = this.#live?.keeper ??
      (store && new Keeper(store, () => engineOptions, balances));
  }

  /** Opened by its first use: an exchange whose account is kept does without. */
  get #memory(): Engine {
    return this.#inMemory ??= new Engine(this.#engineOptions);
  }

  get #engine(): Engine {
    return this.#keeper?.now().engine ?? this.#memory;
  }

  /** Opens another account, with a key of its own; a file keeps only the first. */
  registerKey(apiKey: string, balances: Readonly<Record<string, string>> = OPENING_BALANCES): void {
    this.#gate.register(apiKey);
    this.#accounts.set(apiKey, this.#memory.openAccount(balances));
  }

  /** Answers a request; rejects only when `init.signal` is aborted, or by a fault. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    init.signal?.throwIfAborted();
    const request = await readRequest(url, init);
    const fault = this.#options.fault?.(request);
    if (fault !== undefined && fault.kind !== "lag") {
      return await failing(fault, () => this.#answer(request, init.signal), init.signal);
    }
    const shownUntilMs = fault === undefined ? Infinity : this.#engine.now() - fault.lagMs;
    const reply = await this.#answer({ ...request, shownUntilMs }, init.signal);
    init.signal?.throwIfAborted();
    return responseOf(reply);
  }

  /** The open orders of an account, as `GET /api/v1/orders` writes them. */
  openOrders(apiKey: string = this.#apiKey): Record<string, unknown>[] {
    return [...this.#account(apiKey).open.values()].map(orderToWire);
  }

  /** Every order that was ever placed under that client id. */
  ordersByClientId(clientId: number, apiKey: string = this.#apiKey): Record<string, unknown>[] {
    return this.#account(apiKey).orders
      .filter(({ terms }) => terms.clientId === clientId).map(orderToWire);
  }

  /** What an account holds of an asset. */
  balance(asset: string, apiKey: string = this.#apiKey): PaperBalance {
    const { available, locked } = this.#account(apiKey).balance(asset);
    return { available: available.toFixed(), locked: locked.toFixed() };
  }

  /**
   * How much of an asset there is in all accounts, the market maker's and the fees included; what
   * positions cost counts as if it were paid. No trade changes it.
   */
  total(asset: string): string {
    const { accounts, house, feeAccount } = this.#engine;
    const sum = [...accounts, house, feeAccount].reduce((sum, account) => {
      const costs = account.positions.values().map(({ cost }) => cost);
      const spent = asset === "USDC" ? costs.reduce((a, b) => a.plus(b), ZERO) : ZERO;
      return sum.plus(account.total(asset)).minus(spent);
    }, ZERO);
    return sum.toFixed();
  }

  /** Sets what a market accepts. */
  setMarketState(symbol: string, state: MarketState): void {
    this.#engine.market(symbol).state = state;
  }

  /** Moves a market's mark and last price, and the market maker's quotes with them. */
  setPrice(symbol: string, price: string): void {
    this.#change(this.#apiKey, (engine) => engine.movePrice(symbol, decimal(price)));
  }

  #change<T>(apiKey: string, work: (engine: Engine, account: Account) => T): T {
    if (this.#keeper === undefined) return work(this.#memory, this.#account(apiKey));
    return this.#keeper.change(({ engine, account }) => work(engine, account));
  }

  /** At live prices: looks every two seconds while orders or positions are open. */
  watch(after: (delayMs: number, callback: () => void) => unknown): void {
    this.#live?.watch(after);
  }

  #account(apiKey: string): Account {
    const kept = apiKey === this.#apiKey ? this.#keeper?.now().account : undefined;
    const account = kept ?? this.#accounts.get(apiKey);
    if (account === undefined) throw new RangeError("No account has this API key");
    return account;
  }

  async #answer(request: PaperRequest, signal?: AbortSignal | null): Promise<Reply> {
    try {
      const name = `${request.method} ${request.path}`;
      const open = PUBLIC_ROUTES[name];
      if (open !== undefined) return await this.#answerOpen(open, request, signal);
      const signed = SIGNED_ROUTES[name];
      if (signed === undefined) return text("not found", 404);
      const apiKey = await unlessAborted(this.#gate.check(request, signed.instruction), signal);
      const work = (engine: Engine, account: Account): Reply =>
        signed.answer(request, engine, account);
      if (this.#live === undefined) return this.#change(apiKey, work);
      return await unlessAborted(this.#live.change(symbolsIn(request), work, signal), signal);
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }

  /** At live prices all that is public is the exchange's own, but the time: signatures go by it. */
  async #answerOpen(
    open: PublicRoute,
    request: PaperRequest,
    signal?: AbortSignal | null,
  ): Promise<Reply> {
    if (this.#live === undefined) return open.answer(request, this.#engine);
    if (request.path === "/api/v1/time") return text(String(Math.floor(this.#options.now())));
    const response = await this.#live.feed.pass(`${request.path}${request.search}`, signal);
    const headers = Object.fromEntries(response.headers);
    const body = await response.text();
    return { status: response.status, headers, body: response.status === 204 ? null : body };
  }
}

/** The markets that an order, or a batch of them, is for. */
function symbolsIn({ method, body }: PaperRequest): string[] {
  if (method !== "POST") return [];
  return [...body.matchAll(/"symbol"\s*:\s*"([\w.-]{1,64})"/g)].map(([, symbol = ""]) => symbol);
}
