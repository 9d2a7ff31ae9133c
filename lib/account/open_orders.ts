/**
 * Open orders of every kind of market, as many of them as one answer may hold: the newest first, and
 * a cursor to the rest. The exchange gives all of them at once (API digest, section 5), however many
 * there are.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { Exchange } from "../exchange.ts";
import type { Order } from "../schemas/mod.ts";
import { cursorOf, placeOf } from "./cursor.ts";

/** The most orders that one answer holds. */
export const MAX_ORDERS = 100;
/** The market types that the desk trades; the exchange has more. */
export const MARKET_TYPES = ["SPOT", "PERP"] as const;
/** How many markets are named before the others only count. */
const MAX_NAMED = 10;

/**
 * The open orders of those market types, each once: a type that is not heeded would double them.
 *
 * @throws {DeskError} as every read of the exchange
 */
export async function openOrdersOf(
  exchange: Exchange,
  { marketTypes, ...filter }: { marketTypes: readonly string[]; symbol?: string },
  call: Call,
): Promise<Order[]> {
  const lists = await Promise.all(
    marketTypes.map((marketType) => exchange.openOrders({ marketType, ...filter }, call)),
  );
  const byId = new Map(lists.flat().map((order) => [`${order.symbol} ${order.id}`, order]));
  return [...byId.values()];
}

/** Some of the open orders. */
export interface OpenOrdersPage {
  /** The newest first. */
  orders: Order[];
  /** To the next ones; absent on the last page. */
  nextCursor?: string;
  /** Where not all are shown: how many are, and how to see the others. */
  note?: string;
}

/** Which page, of what. */
export interface OpenOrdersRequest {
  /** The `nextCursor` of the page before. */
  cursor?: string | undefined;
  /** The other arguments: a cursor is good for the same question only. */
  question: object;
}

/**
 * The newest of `open`, or those that follow on a cursor. An order that is placed or ends between
 * two pages moves no other one.
 *
 * @throws {DeskError} `invalid_input` for a cursor of another question
 */
export function pageOfOpenOrders(
  open: readonly Order[],
  { cursor, question: asked }: OpenOrdersRequest,
): OpenOrdersPage {
  const question = `open ${JSON.stringify(asked)}`;
  const sorted = open.toSorted(byAge);
  const place = cursor === undefined ? undefined : placeOf(cursor, question);
  const last = place && { createdAt: place.timeMs, id: place.keys[0] ?? "" };
  const rest = last === undefined ? sorted : sorted.filter((order) => byAge(last, order) < 0);
  const orders = rest.slice(0, MAX_ORDERS);
  const end = orders.at(-1);
  if (end === undefined || orders.length === rest.length) return { orders };
  const nextPlace = { offset: 0, timeMs: end.createdAt, keys: [end.id] };
  return { orders, nextCursor: cursorOf(nextPlace, question), note: noteOn(orders, open) };
}

/** Newest first; of one moment, whichever id is the larger. */
function byAge(a: Pick<Order, "createdAt" | "id">, b: Pick<Order, "createdAt" | "id">): number {
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt;
  if (a.id.length !== b.id.length) return b.id.length - a.id.length;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

function noteOn(shown: readonly Order[], open: readonly Order[]): string {
  const counts = [...Map.groupBy(open, ({ symbol }) => symbol)]
    .map(([symbol, orders]): [string, number] => [symbol, orders.length])
    .sort(([, a], [, b]) => b - a);
  const named = counts.slice(0, MAX_NAMED).map(([symbol, count]) => `${count} ${symbol}`);
  const others = counts.length > MAX_NAMED ? [`${counts.length - MAX_NAMED} more markets`] : [];
  return `${shown.length} of ${open.length} shown, newest first; nextCursor has the next, and ` +
    `symbol narrows: ${[...named, ...others].join(", ")}`;
}

/** The newest of `orders`, and a note where there are more; `rest` says where the others are seen. */
export function newestOf(
  orders: readonly Order[],
  noun: string,
  rest: string,
): { shown: Order[]; notes: string[] } {
  const shown = orders.toSorted(byAge).slice(0, MAX_ORDERS);
  const isCut = shown.length < orders.length;
  const note = `${shown.length} of ${orders.length} ${noun} orders are listed, the newest first; ` +
    rest;
  return { shown, notes: isCut ? [note] : [] };
}
