/**
 * A simulated Backpack Exchange, shaped like `fetch`: paper trading, the demo and the tests run on
 * it. It verifies signatures, keeps balances and books exactly and answers with the exchange's own
 * habits (API digest). A run is a function of its clock, its seed and its requests.
 *
 * @module
 */

import type { Account } from "./account.ts";
import { ACCOUNT_ROUTES } from "./account_routes.ts";
import { decimal, ZERO } from "../decimal.ts";
import { Engine } from "./engine.ts";
import { Gate } from "./auth.ts";
import { failing, type Fault, type FaultedRequest, responseOf } from "./faults.ts";
import { HISTORY_ROUTES } from "./history_routes.ts";
import { OPENING_BALANCES } from "./listings.ts";
import type { MarketState } from "./market.ts";
import { ORDER_ROUTES } from "./order_routes.ts";
import { orderToWire } from "./order.ts";
import { PUBLIC_ROUTES } from "./public_routes.ts";
import { Refusal } from "./refusal.ts";
import { refused, type Reply, text } from "./reply.ts";
import { type PaperRequest, readRequest, unlessAborted } from "./request.ts";
import type { Fees } from "./settlement.ts";

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
  readonly #engine: Engine;
  readonly #accounts = new Map<string, Account>();
  readonly #apiKey: string;
  readonly #options: PaperOptions;

  /** Opens the exchange, with one funded account. */
  constructor(options: PaperOptions) {
    const { seed = 1, fees = {} } = options;
    const now = (): number => options.now();
    this.#gate = new Gate(now);
    this.#engine = new Engine({ now, seed, fees: { ...DEFAULT_FEES, ...fees } });
    this.#apiKey = options.apiKey;
    this.#options = options;
    this.registerKey(options.apiKey, options.balances);
  }

  /** Opens another account, with a key of its own. */
  registerKey(apiKey: string, balances: Readonly<Record<string, string>> = OPENING_BALANCES): void {
    this.#gate.register(apiKey);
    this.#accounts.set(apiKey, this.#engine.openAccount(balances));
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
    this.#engine.movePrice(symbol, decimal(price));
  }

  #account(apiKey: string): Account {
    const account = this.#accounts.get(apiKey);
    if (account === undefined) throw new RangeError("No account has this API key");
    return account;
  }

  async #answer(request: PaperRequest, signal?: AbortSignal | null): Promise<Reply> {
    try {
      const name = `${request.method} ${request.path}`;
      const open = PUBLIC_ROUTES[name];
      if (open !== undefined) return open.answer(request, this.#engine);
      const signed = SIGNED_ROUTES[name];
      if (signed === undefined) return text("not found", 404);
      const apiKey = await unlessAborted(this.#gate.check(request, signed.instruction), signal);
      return signed.answer(request, this.#engine, this.#account(apiKey));
    } catch (error) {
      if (error instanceof Refusal) return refused(error);
      throw error;
    }
  }
}
