/**
 * The exchange's reads, one method an endpoint: path, instruction, schema, nothing else. What
 * acts is in `effects.ts`.
 *
 * @module
 */

import * as z from "zod";
import type { Call } from "./clock.ts";
import { contentsOf } from "./http/contents.ts";
import type { ApiRequest, Http } from "./http/mod.ts";
import { jsonWithNulls } from "./http/reply.ts";
import {
  Account,
  Capital,
  Collateral,
  Deposit,
  Depth,
  Fill,
  FundingPayment,
  HistoryOrder,
  Kline,
  MarketList,
  MarkPrice,
  MaxOrderQuantity,
  OpenOrder,
  type Order,
  Position,
  Status,
  Ticker,
  Trade,
  Withdrawal,
} from "./schemas/mod.ts";
import type { Params } from "./signing.ts";

// Made once: the first reply compiles a schema, which takes longer than reading does.
const Deposits = z.array(Deposit);
const Fills = z.array(Fill);
const FundingPayments = z.array(FundingPayment);
const HistoryOrders = z.array(HistoryOrder);
const Klines = z.array(Kline);
const MarkPrices = z.array(MarkPrice);
const OpenOrders = z.array(OpenOrder);
const Positions = z.array(Position);
const Tickers = z.array(Ticker);
const Trades = z.array(Trade);
const Withdrawals = z.array(Withdrawal);

/** Names one order: by the exchange's id or by the client's, never both. */
export type OrderKey =
  & { symbol: string }
  & ({ orderId: string } | { clientId: number });

/** Whether an order is the one that the key names. */
export function isNamed(order: Order, key: OrderKey): boolean {
  if (order.symbol !== key.symbol) return false;
  return "orderId" in key ? order.id === key.orderId : order.clientId === key.clientId;
}

/** Which rows of a history are asked for. */
export type Window = { limit?: number; offset?: number };

/** Rows of a history, and how many there are in all where the exchange says so. */
export interface Page<Row> {
  rows: Row[];
  /** All rows there are, of which these are a part. */
  total?: number;
}

/** The exchange's read endpoints; every method throws the `DeskError`s of {@linkcode Http.read}. */
export class Exchange {
  readonly #http: Http;

  /** Reads through `http`. */
  constructor(http: Http) {
    this.#http = http;
  }

  /** The exchange's time, Unix ms. */
  time(call: Call): Promise<number> {
    return this.#http.time(call);
  }

  /** {@linkcode time}, and how long it took to be told, ms. */
  timing(call: Call): Promise<{ value: number; tookMs: number }> {
    return this.#http.timing(call);
  }

  /** Whether the exchange is at work, and how long it took to say so, ms. */
  async status(call: Call): Promise<{ value: Status; tookMs: number }> {
    const reply = await this.#http.read({ method: "GET", path: "/api/v1/status" }, call);
    return { value: contentsOf(reply, "read", { schema: Status }), tookMs: reply.tookMs };
  }

  /** Every market that there is, closed ones included. */
  markets(call: Call): Promise<MarketList> {
    return this.#read({ path: "/api/v1/markets" }, MarketList, call);
  }

  /** The levels nearest the touch; `limit` is 5, 10, 20, 50, 100, 500 or 1000 a side. */
  depth(symbol: string, limit: number, call: Call): Promise<Depth> {
    return this.#read({ path: "/api/v1/depth", query: { symbol, limit } }, Depth, call);
  }

  /** A market's last day, or its week (`1w`); `undefined` when the exchange has none (204). */
  async ticker(symbol: string, call: Call, interval?: string): Promise<Ticker | undefined> {
    const query = { symbol, ...(interval === undefined ? {} : { interval }) };
    const request = { method: "GET", path: "/api/v1/ticker", query } as const;
    const reply = await this.#http.read(request, call);
    if (reply.status === 204) return undefined;
    const isOwn = (ticker: Ticker): boolean => ticker.symbol === symbol;
    return contentsOf(reply, "read", { schema: Ticker, isOwn });
  }

  /** The last 24 hours of every market. */
  tickers(call: Call): Promise<Ticker[]> {
    return this.#read({ path: "/api/v1/tickers" }, Tickers, call);
  }

  /** Mark prices; a spot market has none. */
  markPrices(query: { symbol?: string; marketType?: string }, call: Call): Promise<MarkPrice[]> {
    return this.#read({ path: "/api/v1/markPrices", query }, MarkPrices, call);
  }

  /** Candles; `startTime` and `endTime` are Unix seconds. */
  klines(
    query: {
      symbol: string;
      interval: string;
      startTime: number;
      endTime: number;
      priceType?: string;
    },
    call: Call,
  ): Promise<Kline[]> {
    return this.#read({ path: "/api/v1/klines", query }, Klines, call);
  }

  /** The latest public trades, in no certain sequence; `limit` at most 1000. */
  trades(query: { symbol: string; limit: number }, call: Call): Promise<Trade[]> {
    return this.#read({ path: "/api/v1/trades", query }, Trades, call);
  }

  /** The account's settings and fees. */
  account(call: Call): Promise<Account> {
    return this.#read({ path: "/api/v1/account", instruction: "accountQuery" }, Account, call);
  }

  /** Balances, without what is lent; its members are assets, of which `null` says nothing. */
  async capital(call: Call): Promise<Capital> {
    const path = "/api/v1/capital";
    const reply = await this.#http.read({ method: "GET", path, instruction: "balanceQuery" }, call);
    return contentsOf({ ...reply, json: jsonWithNulls(reply) }, "read", { schema: Capital });
  }

  /** The largest order that the account could place; `price` only of a Limit order. */
  maxOrderQuantity(query: Params, call: Call): Promise<MaxOrderQuantity> {
    const path = "/api/v1/account/limits/order";
    return this.#read({ path, instruction: "maxOrderQuantity", query }, MaxOrderQuantity, call);
  }

  /** What is lent. */
  collateral(call: Call): Promise<Collateral> {
    const path = "/api/v1/capital/collateral";
    return this.#read({ path, instruction: "collateralQuery" }, Collateral, call);
  }

  /** Orders on the book and pending triggers; not paged. */
  openOrders(query: { marketType?: string; symbol?: string }, call: Call): Promise<Order[]> {
    const request = { path: "/api/v1/orders", instruction: "orderQueryAll", query };
    const isOwn = (orders: Order[]): boolean =>
      orders.every(({ symbol }) => symbol === (query.symbol ?? symbol));
    return this.#read(request, OpenOrders, call, isOwn);
  }

  /** One order on the book; `not_found` once it has ended. */
  openOrder(key: OrderKey, call: Call): Promise<Order> {
    const request = { path: "/api/v1/order", instruction: "orderQuery", query: key };
    return this.#read(request, OpenOrder, call, (order) => isNamed(order, key));
  }

  /** Orders that have ended or rest, newest first; may lag behind {@linkcode openOrders}. */
  async orderHistory(
    query: Window & { symbol?: string; orderId?: string },
    call: Call,
  ): Promise<Order[]> {
    return (await this.orderHistoryPage(query, call)).rows;
  }

  /** {@linkcode orderHistory}, with the number of all rows. */
  orderHistoryPage(
    query: Window & { symbol?: string; orderId?: string; marketType?: string },
    call: Call,
  ): Promise<Page<Order>> {
    const path = "/wapi/v1/history/orders";
    return this.#newestFirst(path, "orderHistoryQueryAll", query, HistoryOrders, call);
  }

  /** The account's own executions, newest first; `from` is Unix ms. */
  async fills(
    query: Window & { symbol?: string; orderId?: string; from?: number },
    call: Call,
  ): Promise<Fill[]> {
    return (await this.fillsPage({ ...query, fillType: "User" }, call)).rows;
  }

  /** Executions, the exchange's own (liquidations and their like) among them, newest first. */
  fillsPage(
    query: Window & {
      symbol?: string;
      orderId?: string;
      marketType?: string;
      fillType?: string;
      from?: number;
      to?: number;
    },
    call: Call,
  ): Promise<Page<Fill>> {
    const path = "/wapi/v1/history/fills";
    return this.#newestFirst(path, "fillHistoryQueryAll", query, Fills, call);
  }

  /** Funding payments, newest first. */
  fundingPage(query: Window & { symbol?: string }, call: Call): Promise<Page<FundingPayment>> {
    const path = "/wapi/v1/history/funding";
    return this.#newestFirst(path, "fundingHistoryQueryAll", query, FundingPayments, call);
  }

  /** Deposits; `from` and `to` are Unix ms. */
  depositsPage(
    query: Window & { from?: number; to?: number },
    call: Call,
  ): Promise<Page<Deposit>> {
    const request = { path: "/wapi/v1/capital/deposits", instruction: "depositQueryAll", query };
    return this.#page(request, Deposits, call);
  }

  /** Withdrawals, made elsewhere; `from` and `to` are Unix ms. */
  withdrawalsPage(
    query: Window & { from?: number; to?: number },
    call: Call,
  ): Promise<Page<Withdrawal>> {
    const instruction = "withdrawalQueryAll";
    const request = { path: "/wapi/v1/capital/withdrawals", instruction, query };
    return this.#page(request, Withdrawals, call);
  }

  /** Open perpetual positions; `not_found` for a `symbol` without one. */
  positions(
    call: Call,
    query: { symbol?: string; marketType?: string } = {},
  ): Promise<Position[]> {
    const request = { path: "/api/v1/position", instruction: "positionQuery", query };
    return this.#read(request, Positions, call);
  }

  #newestFirst<Row>(
    path: string,
    instruction: string,
    query: Params,
    schema: z.ZodType<Row[]>,
    call: Call,
  ): Promise<Page<Row>> {
    const request = { path, instruction, query: { ...query, sortDirection: "Desc" } };
    return this.#page(request, schema, call);
  }

  async #page<Row>(
    request: Omit<ApiRequest, "method">,
    schema: z.ZodType<Row[]>,
    call: Call,
  ): Promise<Page<Row>> {
    const reply = await this.#http.read({ method: "GET", ...request }, call);
    const rows = contentsOf(reply, "read", { schema });
    const total = reply.header("x-total");
    return {
      rows,
      ...(total !== null && /^\d{1,12}$/.test(total) ? { total: Number(total) } : {}),
    };
  }

  async #read<T>(
    request: Omit<ApiRequest, "method">,
    schema: z.ZodType<T>,
    call: Call,
    isOwn?: (value: T) => boolean,
  ): Promise<T> {
    const reply = await this.#http.read({ method: "GET", ...request }, call);
    return contentsOf(reply, "read", { schema, isOwn });
  }
}
