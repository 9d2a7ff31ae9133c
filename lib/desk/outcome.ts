/**
 * What became of an order whose reply was lost.
 *
 * That it stands is known as soon as one look-up shows it. That it does not is an inference about
 * an exchange that documents no bound on its lag, and is drawn only from {@linkcode Absence}.
 * (API digest, 6.4 and 11.)
 *
 * @module
 */

import { unlessNotFound } from "../account/attempt.ts";
import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import type { Intent } from "../journal/mod.ts";
import type { Fill, Order } from "../schemas/mod.ts";
import { readFills } from "./account_view.ts";
import { keepLooking } from "./looking.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { executedOf } from "./traces.ts";

/** An order that was sent. */
export interface SentOrder {
  request: OrderRequest;
  /** The one it was sent under. */
  clientId: number;
  /** `X-Timestamp`, Unix ms by the exchange's clock. */
  timestampMs: number;
  /** `X-Window`, ms. */
  windowMs: number;
}

/** The order that an intent recorded. */
export function sentOrder(intent: Intent, clientId: number): SentOrder {
  return {
    request: intent.request as unknown as OrderRequest,
    clientId,
    timestampMs: Number(intent.body.timestampMs),
    windowMs: Number(intent.body.windowMs),
  };
}

/** An order that was found, and the look-up that found it. */
export interface Found {
  order: Order;
  /** Where it was found, such as `order history`. */
  by: string;
}

/** One round of all four looks. */
export interface Round {
  /** The order, if this round showed it. */
  found?: Found;
  /** Every look-up was answered and read to its end. */
  isComplete: boolean;
  /** History shows a row created after the signature's end. */
  showsLaterRow: boolean;
  /** Under its client id an order, like it or not, is open or was created since it was sent. */
  holdsId: boolean;
}

const LOOK_DELAYS_MS = [0, 500, 1500, 3000] as const;
/** How much older than its time stamp an order's own time may be. */
export const MAX_CLOCK_ERROR_MS = 5000;
/** Histories are read back to this long before the time stamp. */
const LOOK_BACK_MS = 60_000;
const PAGE_ROWS = 100;
const MAX_PAGES = 10;

/** Looks at once and with back-off, until the order is seen or a few seconds have passed. */
export async function findPlaced(
  desk: DeskParts,
  sent: SentOrder,
  call: Call,
): Promise<Found | undefined> {
  const look = async (looking: Call): Promise<Found | undefined> =>
    (await lookRound(desk.exchange, sent, looking)).found;
  return await keepLooking(desk.edges, LOOK_DELAYS_MS, look, call).catch(() => undefined);
}

/** One round: the order itself, the open orders, the history, the fills; stops at the first hit. */
export async function lookRound(
  exchange: Exchange,
  sent: SentOrder,
  call: Call,
): Promise<Round> {
  const round: Round = { isComplete: true, showsLaterRow: false, holdsId: false };
  for (const look of [lookAtOrder, lookAtOpenOrders, lookAtHistory, lookAtFills]) {
    try {
      const found = await look(exchange, sent, call, round);
      if (found !== undefined) return { ...round, found };
    } catch (error) {
      if (!(error instanceof DeskError)) throw error;
      round.isComplete = false;
    }
  }
  return round;
}

/** Whether the exchange describes the order that was asked for; decimals compare as numbers. */
export function isSameOrder(order: Order, request: OrderRequest, clientId: number): boolean {
  return order.symbol === request.symbol && order.side === request.side &&
    order.orderType === request.orderType &&
    (order.clientId ?? clientId) === clientId &&
    isSameAmount(order.price, request.price) && isSameAmount(order.quantity, request.quantity) &&
    isSameAmount(order.triggerPrice, request.triggerPrice);
}

async function lookAtOrder(
  exchange: Exchange,
  sent: SentOrder,
  call: Call,
  round: Round,
): Promise<Found | undefined> {
  const key = { symbol: sent.request.symbol, clientId: sent.clientId };
  const order = await unlessNotFound(exchange.openOrder(key, call));
  return order === undefined ? undefined : matchOpen([order], sent, "open order", round);
}

async function lookAtOpenOrders(
  exchange: Exchange,
  sent: SentOrder,
  call: Call,
  round: Round,
): Promise<Found | undefined> {
  const orders = await exchange.openOrders({ symbol: sent.request.symbol }, call);
  return matchOpen(orders, sent, "open orders", round);
}

/**
 * The order, if one of these is ours. One under its client id that differs from it, or is older, may
 * be ours or not: the round takes note, so that the order isn't called absent.
 */
function matchOpen(
  orders: readonly Order[],
  sent: SentOrder,
  by: string,
  round: Round,
): Found | undefined {
  round.holdsId ||= orders.some(({ clientId }) => clientId === sent.clientId);
  return match(orders, sent, by);
}

async function lookAtHistory(
  exchange: Exchange,
  sent: SentOrder,
  call: Call,
  round: Round,
): Promise<Found | undefined> {
  const { symbol } = sent.request;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = { symbol, limit: PAGE_ROWS, offset: page * PAGE_ROWS };
    const rows = await exchange.orderHistory(query, call);
    const endsAtMs = sent.timestampMs + sent.windowMs;
    round.showsLaterRow ||= rows.some((order) => order.createdAt > endsAtMs);
    round.holdsId ||= rows.some((order) =>
      order.clientId === sent.clientId && isRecent(order.createdAt, sent)
    );
    const found = match(rows, sent, "order history");
    const oldestMs = rows.at(-1)?.createdAt ?? -Infinity;
    const isRead = rows.length < PAGE_ROWS || oldestMs < sent.timestampMs - LOOK_BACK_MS;
    if (found !== undefined || isRead) return found;
  }
  round.isComplete = false;
}

/** Reads all pages and counts each fill once; otherwise they would describe another order. */
async function lookAtFills(
  exchange: Exchange,
  sent: SentOrder,
  call: Call,
): Promise<Found | undefined> {
  const { symbol } = sent.request;
  const from = sent.timestampMs - LOOK_BACK_MS;
  const fills = await readFills({ exchange }, { symbol, from }, call);
  const own = fills.filter(({ clientId, timestamp }) =>
    clientId === sent.clientId && isRecent(timestamp, sent)
  );
  return own.length === 0 ? undefined : { order: orderOfFills(sent, own), by: "fills" };
}

function match(orders: readonly Order[], sent: SentOrder, by: string): Found | undefined {
  const order = orders.find((order) =>
    order.clientId === sent.clientId && isSameOrder(order, sent.request, sent.clientId) &&
    isRecent(order.createdAt, sent)
  );
  return order === undefined ? undefined : { order, by };
}

function isRecent(atMs: number, sent: SentOrder): boolean {
  return atMs >= sent.timestampMs - MAX_CLOCK_ERROR_MS;
}

/** What fills alone tell of an order that no list shows yet. */
function orderOfFills(sent: SentOrder, fills: readonly Fill[]): Order {
  const executed = executedOf(fills);
  const { symbol, side, orderType, price, quantity, timeInForce } = sent.request;
  const isFilled = quantity !== undefined &&
    decimal(quantity).eq(decimal(executed.executedQuantity));
  return {
    id: fills[0]?.orderId ?? "",
    clientId: sent.clientId,
    ...{ symbol, side, orderType, price, quantity, timeInForce },
    status: isFilled ? "Filled" : "PartiallyFilled",
    ...executed,
    createdAt: fills.at(-1)?.timestamp ?? sent.timestampMs,
  };
}

/** Whether two amounts are the same number, as far as both are told. */
export function isSameAmount(told: string | undefined, asked: string | undefined): boolean {
  if (told === undefined || asked === undefined) return true;
  return decimal(told).eq(decimal(asked));
}
