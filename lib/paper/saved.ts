/**
 * The account of paper trading as text, and back: what a file must hold so that a process that was
 * killed goes on where it stopped. Decimals stay text; the market maker's quotes are not kept, since
 * they follow from prices and seed.
 *
 * @module
 */

import { type Decimal, decimal } from "../decimal.ts";
import { Account } from "./account.ts";
import type { Fill } from "./fill.ts";
import type { QuotesState } from "./live_quotes.ts";
import { Position } from "./position.ts";
import { NO_EXITS, PaperOrder, type Terms } from "./order.ts";
import { wireOf } from "./order_wire.ts";

/** A position, its amounts as text. */
export interface SavedPosition {
  readonly id: string;
  readonly symbol: string;
  /** In the base asset; negative if short. */
  readonly quantity: string;
  /** What it was entered for, in the quote asset. */
  readonly cost: string;
  /** Profit of what was closed, in the quote asset. */
  readonly realised: string;
  readonly fees: string;
  readonly funding: string;
  /** Unix ms; what fell due before has been paid. */
  readonly fundedUntilMs: number;
}

/** All of an account but its orders, fills and funding payments, which are rows of their own. */
export interface SavedBook {
  /** Available and locked, by asset. */
  readonly balances: Readonly<Record<string, readonly [available: string, locked: string]>>;
  readonly positions: readonly SavedPosition[];
  /** The numbers that were last given to an order and a trade. */
  readonly counters: Counters;
  /** Mark and last price by market. */
  readonly prices: Readonly<Record<string, readonly [mark: string, last: string]>>;
  /** What the exchange's quotes remember. */
  readonly quotes: QuotesState;
}

/** What numbers orders and trades. */
export interface Counters {
  /** The last that was given out. */
  readonly orderId: number;
  /** The last that was given out. */
  readonly tradeId: number;
}

/** A book with its rows, each as JSON, oldest first. */
export interface SavedAccount {
  readonly book: SavedBook;
  /** A row each, as JSON; so are fills and funding. */
  readonly orders: readonly string[];
  readonly fills: readonly string[];
  readonly funding: readonly string[];
}

const DECIMAL_TERMS = [
  "price",
  "quantity",
  "quoteQuantity",
  "triggerPrice",
  "slippageTolerance",
] as const;

/** An order as JSON. */
export function orderToRow(order: PaperOrder): string {
  const { id, createdAt, status, triggeredAt, expiryReason, rising, parentId } = order;
  const decimals = DECIMAL_TERMS.map((name) => [name, wireOf(order.terms[name])]);
  return JSON.stringify({
    ...{ id, createdAt, status, triggeredAt, expiryReason, rising, parentId },
    quantity: wireOf(order.quantity),
    covered: wireOf(order.covered),
    executedQuantity: order.executedQuantity.toFixed(),
    executedQuoteQuantity: order.executedQuoteQuantity.toFixed(),
    terms: { ...order.terms, ...Object.fromEntries(decimals) },
  });
}

/** The order of a row, for that account. */
function orderOfRow(row: string, account: Account): PaperOrder {
  const { terms: written, ...saved } = JSON.parse(row);
  const decimals = DECIMAL_TERMS.map((name) => [name, decimalOrNull(written[name])]);
  const exits = Object.values(written.exits).every((value) => value === null)
    ? NO_EXITS
    : written.exits;
  const terms: Terms = { ...written, ...Object.fromEntries(decimals), exits };
  const order = new PaperOrder(saved.id, account, terms, saved.createdAt);
  const { status, triggeredAt, expiryReason, rising, parentId } = saved;
  return Object.assign(order, {
    ...{ status, triggeredAt, expiryReason, rising, parentId },
    // The very value of the terms, where it is the same: so it is echoed as it was written.
    quantity: saved.quantity === wireOf(terms.quantity)
      ? terms.quantity
      : decimalOrNull(saved.quantity),
    covered: decimalOrNull(saved.covered),
    executedQuantity: decimal(saved.executedQuantity),
    executedQuoteQuantity: decimal(saved.executedQuoteQuantity),
  });
}

function decimalOrNull(text: string | null): Decimal | null {
  return text === null ? null : decimal(text);
}

/** A fill as JSON. */
export function fillToRow({ order, price, quantity, fee, ...rest }: Fill): string {
  return JSON.stringify({
    ...rest,
    orderId: order.id,
    price: price.toFixed(),
    quantity: quantity.toFixed(),
    fee: fee.toFixed(),
  });
}

/** The fill of a row; `orders` holds every order by its id. */
function fillOfRow(row: string, orders: ReadonlyMap<string, PaperOrder>): Fill {
  const { orderId, price, quantity, fee, ...rest } = JSON.parse(row);
  const order = orders.get(orderId);
  if (order === undefined) throw new RangeError(`A fill has no order: ${orderId}`);
  return {
    ...rest,
    order,
    price: decimal(price),
    quantity: decimal(quantity),
    fee: decimal(fee),
  };
}

/** A position as plain data. */
export function positionToSaved(position: Position): SavedPosition {
  const { id, symbol, quantity, cost, realised, fees, funding, fundedUntilMs } = position;
  const amounts = { quantity, cost, realised, fees, funding };
  const texts = Object.entries(amounts).map(([name, value]) => [name, value.toFixed()]);
  return { id, symbol, fundedUntilMs, ...Object.fromEntries(texts) };
}

/** The position of plain data. */
function positionOfSaved(saved: SavedPosition): Position {
  const position = new Position(saved.id, saved.symbol, saved.fundedUntilMs);
  for (const name of ["quantity", "cost", "realised", "fees", "funding"] as const) {
    position[name] = decimal(saved[name]);
  }
  return position;
}

/** The account of what was saved, with every order and fill; nothing is on a book yet. */
export function accountOfSaved(id: number, saved: SavedAccount): Account {
  const account = new Account(id, {});
  const { balances, positions } = saved.book;
  for (const [asset, [available, locked]] of Object.entries(balances)) {
    account.add(asset, decimal(available).plus(locked));
    account.lock(asset, decimal(locked));
  }
  for (const position of positions) {
    account.positions.set(position.symbol, positionOfSaved(position));
  }
  for (const row of saved.orders) recall(account, orderOfRow(row, account));
  const byId = new Map(account.orders.map((order) => [order.id, order]));
  for (const row of saved.fills) account.fills.push(fillOfRow(row, byId));
  for (const row of saved.funding) account.funding.push(JSON.parse(row));
  return account;
}

function recall(account: Account, order: PaperOrder): void {
  const { clientId } = order.terms;
  account.orders.push(order);
  if (clientId !== null) account.clientIds.set(clientId, order.createdAt);
}

/** An account's balances as plain data. */
export function balancesToSaved(account: Account): SavedBook["balances"] {
  return Object.fromEntries(
    account.assets().map((asset) => {
      const { available, locked } = account.balance(asset);
      return [asset, [available.toFixed(), locked.toFixed()]];
    }),
  );
}
