/**
 * The exchange's effects: the four requests that can place or end orders. Only `desk/` may
 * import this file, so no tool can go round the desk.
 *
 * @module
 */

import * as z from "zod";
import type { Call } from "./clock.ts";
import { isNamed, type OrderKey } from "./exchange.ts";
import { contentsOf, type Wanted } from "./http/contents.ts";
import type { ApiRequest, Http, Stamp } from "./http/mod.ts";
import { ClientId, Text } from "./schemas/fields.ts";
import { Order } from "./schemas/mod.ts";
import type { Params } from "./signing.ts";

/** Records an effect before it leaves; if it throws, nothing is sent. */
export type Commit = (stamp: Stamp) => void;

/**
 * The exchange's answer to a cancel: the order or orders as they were left, or `accepted` for a
 * 202, which says only that the cancel will be looked at.
 */
export type CancelReply<T> = { state: "done"; value: T } | { state: "accepted" };

/** What the exchange says of one element of a batch; `unreadable` if that can't be told. */
export type BatchElement =
  | { state: "ok"; order: Order }
  | { state: "refused"; code: string; message: string; clientId?: number | undefined }
  | { state: "unreadable" };

const Orders = z.array(Order);
const BatchReply = z.array(z.looseObject({ operation: Text }));
/** By the API's documents it carries no client id; if it does, it is about that order alone. */
const BatchError = z.object({ code: Text, message: Text, clientId: ClientId.optional() });

/**
 * Sends each effect once. Every method throws a `DeskError` whose `outcome` is `not_placed` or
 * `unknown` (see `http/failure.ts`).
 */
export class Effects {
  readonly #http: Http;

  /** Acts through `http`. */
  constructor(http: Http) {
    this.#http = http;
  }

  /** Unix ms by the exchange's clock, which is learnt first if need be. */
  time(call: Call): Promise<number> {
    return this.#http.exchangeNow(call);
  }

  /** Unix ms by the exchange's clock, as far as it is known. */
  nowMs(): number {
    return this.#http.clock.now();
  }

  /** `POST /api/v1/order`; `body` is sent and signed as it is. */
  async createOrder(body: Params, call: Call, commit: Commit): Promise<Order> {
    const request = { method: "POST", path: "/api/v1/order", instruction: "orderExecute" } as const;
    const reply = await this.#http.effect({ ...request, body }, call, commit);
    return contentsOf(reply, "effect", { schema: Order });
  }

  /** `POST /api/v1/orders`: several at once, not atomic; one element of the answer for each. */
  async createOrders(
    body: readonly Params[],
    call: Call,
    commit: Commit,
  ): Promise<BatchElement[]> {
    const request = {
      method: "POST",
      path: "/api/v1/orders",
      instruction: "orderExecute",
    } as const;
    const reply = await this.#http.effect({ ...request, body }, call, commit);
    return contentsOf(reply, "effect", { schema: BatchReply }).map(elementOf);
  }

  /** `DELETE /api/v1/order`; a reply about another order is none. */
  cancelOrder(key: OrderKey, call: Call, commit: Commit): Promise<CancelReply<Order>> {
    const isOwn = (order: Order): boolean => isNamed(order, key);
    const request = { path: "/api/v1/order", instruction: "orderCancel", body: key };
    return this.#cancel(request, { schema: Order, isOwn }, call, commit);
  }

  /** `DELETE /api/v1/orders`: every order of one market, or those of one kind; none of another. */
  cancelAllOrders(
    body: { symbol: string; orderType?: string },
    call: Call,
    commit: Commit,
  ): Promise<CancelReply<Order[]>> {
    const isOwn = (orders: Order[]): boolean =>
      orders.every(({ symbol }) => symbol === body.symbol);
    const request = { path: "/api/v1/orders", instruction: "orderCancelAll", body };
    return this.#cancel(request, { schema: Orders, isOwn }, call, commit);
  }

  async #cancel<T>(
    request: Omit<ApiRequest, "method">,
    wanted: Wanted<T>,
    call: Call,
    commit: Commit,
  ): Promise<CancelReply<T>> {
    const reply = await this.#http.effect({ method: "DELETE", ...request }, call, commit);
    if (reply.status === 202) return { state: "accepted" };
    return { state: "done", value: contentsOf(reply, "effect", wanted) };
  }
}

function elementOf(element: { operation: string }): BatchElement {
  const order = element.operation === "Ok" ? Order.safeParse(element) : undefined;
  if (order?.success) return { state: "ok", order: order.data };
  const error = element.operation === "Err" ? BatchError.safeParse(element) : undefined;
  return error?.success ? { state: "refused", ...error.data } : { state: "unreadable" };
}
