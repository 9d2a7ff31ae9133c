/**
 * The exchange's reads, one method an endpoint: path, instruction, schema, nothing else. What
 * acts is in `effects.ts`.
 *
 * @module
 */

import * as z from "zod";
import type { Call } from "./clock.ts";
import { unreadableReply } from "./http/failure.ts";
import type { ApiRequest, Http, Reply } from "./http/mod.ts";
import {
  Account,
  Capital,
  Collateral,
  Depth,
  Fill,
  Market,
  MarkPrice,
  Order,
  Position,
  Ticker,
} from "./schemas/mod.ts";
import type { Params } from "./signing.ts";

/** Names one order: by the exchange's id or by the client's, never both. */
export type OrderKey =
  & { symbol: string }
  & ({ orderId: string } | { clientId: number });

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

  /** Every market that there is, closed ones included. */
  markets(call: Call): Promise<Market[]> {
    return this.#read({ path: "/api/v1/markets" }, z.array(Market), call);
  }

  /** The levels nearest the touch; `limit` is 5, 10, 20, 50, 100, 500 or 1000 a side. */
  depth(symbol: string, limit: number, call: Call): Promise<Depth> {
    return this.#read({ path: "/api/v1/depth", query: { symbol, limit } }, Depth, call);
  }

  /** A market's last day; `undefined` when the exchange has none to tell (204). */
  async ticker(symbol: string, call: Call): Promise<Ticker | undefined> {
    const request = { method: "GET", path: "/api/v1/ticker", query: { symbol } } as const;
    const reply = await this.#http.read(request, call);
    return reply.status === 204 ? undefined : parse(reply, Ticker);
  }

  /** Mark prices; a spot market has none. */
  markPrices(query: { symbol?: string }, call: Call): Promise<MarkPrice[]> {
    return this.#read({ path: "/api/v1/markPrices", query }, z.array(MarkPrice), call);
  }

  /** The account's settings and fees. */
  account(call: Call): Promise<Account> {
    return this.#signed("/api/v1/account", "accountQuery", {}, Account, call);
  }

  /** Balances, without what is lent. */
  capital(call: Call): Promise<Capital> {
    return this.#signed("/api/v1/capital", "balanceQuery", {}, Capital, call);
  }

  /** What is lent. */
  collateral(call: Call): Promise<Collateral> {
    return this.#signed("/api/v1/capital/collateral", "collateralQuery", {}, Collateral, call);
  }

  /** Orders on the book and pending triggers; not paged. */
  openOrders(query: { marketType?: string; symbol?: string }, call: Call): Promise<Order[]> {
    return this.#signed("/api/v1/orders", "orderQueryAll", query, z.array(Order), call);
  }

  /** One order on the book; `not_found` once it has ended. */
  openOrder(key: OrderKey, call: Call): Promise<Order> {
    return this.#signed("/api/v1/order", "orderQuery", key, Order, call);
  }

  /** Orders that have ended or rest, newest first; may lag behind {@linkcode openOrders}. */
  orderHistory(
    query: { symbol?: string; orderId?: string; limit?: number; offset?: number },
    call: Call,
  ): Promise<Order[]> {
    const path = "/wapi/v1/history/orders";
    const newestFirst = { ...query, sortDirection: "Desc" };
    return this.#signed(path, "orderHistoryQueryAll", newestFirst, z.array(Order), call);
  }

  /** Executions, newest first; `from` is Unix ms. */
  fills(
    query: { symbol?: string; orderId?: string; from?: number; limit?: number; offset?: number },
    call: Call,
  ): Promise<Fill[]> {
    const path = "/wapi/v1/history/fills";
    const newestFirst = { ...query, fillType: "User", sortDirection: "Desc" };
    return this.#signed(path, "fillHistoryQueryAll", newestFirst, z.array(Fill), call);
  }

  /** Open perpetual positions. */
  positions(call: Call): Promise<Position[]> {
    return this.#signed("/api/v1/position", "positionQuery", {}, z.array(Position), call);
  }

  #signed<T>(
    path: string,
    instruction: string,
    query: Params,
    schema: z.ZodType<T>,
    call: Call,
  ): Promise<T> {
    return this.#read({ path, instruction, query }, schema, call);
  }

  async #read<T>(
    request: Omit<ApiRequest, "method">,
    schema: z.ZodType<T>,
    call: Call,
  ): Promise<T> {
    return parse(await this.#http.read({ method: "GET", ...request }, call), schema);
  }
}

function parse<T>(reply: Reply, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(reply.json);
  if (!parsed.success) throw unreadableReply(reply, "read", parsed.error);
  return parsed.data;
}
