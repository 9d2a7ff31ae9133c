/**
 * One account: what it holds, available and locked, its orders, fills and positions. Keeps the
 * sums exact and asks nobody's permission: whether it can pay is checked before it does.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Fill } from "./fill.ts";
import type { PaperOrder, Side } from "./order.ts";
import type { FundingPayment, Position } from "./position.ts";

/** What is held of one asset. */
export interface Balance {
  /** Free to trade; what rests on the book is locked instead. */
  readonly available: Decimal;
  /** Held back for resting orders. */
  readonly locked: Decimal;
}

/** How much rests on each side of a market. */
export type Resting = Readonly<Record<Side, Decimal>>;

/** An account's state. */
export class Account {
  /** `userId` on the wire. */
  readonly id: number;
  /** Pays no fees and may owe: the market maker's and the exchange's own. */
  readonly isHouse: boolean;
  /** Orders on the book or waiting for a trigger, by id. */
  readonly open: Map<string, PaperOrder> = new Map<string, PaperOrder>();
  /** Those of them that may only reduce a position. */
  readonly reducing: Set<PaperOrder> = new Set<PaperOrder>();
  /** Every order there ever was, oldest first. */
  readonly orders: PaperOrder[] = [];
  /** Every fill, oldest first. */
  readonly fills: Fill[] = [];
  /** Every funding payment, oldest first. */
  readonly funding: FundingPayment[] = [];
  /** Orders that are not in the account's file as they are now; only noted when there is one. */
  changed: Set<PaperOrder> | undefined;
  /** Open perpetual positions by market. */
  readonly positions: Map<string, Position> = new Map<string, Position>();
  /** When each client id was last used, Unix ms. */
  readonly clientIds: Map<number, number> = new Map<number, number>();
  readonly #balances = new Map<string, Balance>();
  readonly #openByClientId = new Map<number, PaperOrder>();
  readonly #resting = new Map<string, Resting>();

  /** Opens an account with those balances. */
  constructor(id: number, balances: Readonly<Record<string, string>>, isHouse = false) {
    this.id = id;
    this.isHouse = isHouse;
    for (const [asset, amount] of Object.entries(balances)) this.add(asset, decimal(amount));
  }

  /** Remembers that an order has changed. */
  note(order: PaperOrder): void {
    this.changed?.add(order);
  }

  /** Notes an order that is open now. */
  enter(order: PaperOrder): void {
    this.note(order);
    const { clientId, reduceOnly } = order.terms;
    this.open.set(order.id, order);
    if (clientId !== null) this.#openByClientId.set(clientId, order);
    if (reduceOnly) this.reducing.add(order);
  }

  /** Forgets an order that is open no longer. */
  leave(order: PaperOrder): void {
    this.note(order);
    const { clientId } = order.terms;
    this.open.delete(order.id);
    if (clientId !== null) this.#openByClientId.delete(clientId);
    this.reducing.delete(order);
  }

  /** The open order with that client id. */
  openByClientId(clientId: number): PaperOrder | undefined {
    return this.#openByClientId.get(clientId);
  }

  /** What rests in a market and could enlarge a position there. */
  resting(symbol: string): Resting {
    return this.#resting.get(symbol) ?? { Bid: ZERO, Ask: ZERO };
  }

  /** Counts more of an order as resting, or less if negative. */
  addResting({ terms }: PaperOrder, quantity: Decimal): void {
    if (terms.reduceOnly) return;
    const sums = this.resting(terms.symbol);
    this.#resting.set(terms.symbol, { ...sums, [terms.side]: sums[terms.side].plus(quantity) });
  }

  /** The assets that it holds or held. */
  assets(): string[] {
    return [...this.#balances.keys()];
  }

  /** What it holds of an asset. */
  balance(asset: string): Balance {
    return this.#balances.get(asset) ?? { available: ZERO, locked: ZERO };
  }

  /** Available and locked together. */
  total(asset: string): Decimal {
    const { available, locked } = this.balance(asset);
    return available.plus(locked);
  }

  /** Adds to what is available, or takes from it if negative. */
  add(asset: string, amount: Decimal): void {
    const { available, locked } = this.balance(asset);
    this.#balances.set(asset, { available: available.plus(amount), locked });
  }

  /** Holds back what is available, or frees it if negative. */
  lock(asset: string, amount: Decimal): void {
    const { available, locked } = this.balance(asset);
    this.#balances.set(asset, {
      available: available.minus(amount),
      locked: locked.plus(amount),
    });
  }
}
