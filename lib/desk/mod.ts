/**
 * The order desk: the only road from a tool to an effect. What makes an order safe is in the files
 * of this folder; this one only says what the desk can do.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { Edges } from "../edges.ts";
import { Effects } from "../effects.ts";
import { Exchange, type OrderKey } from "../exchange.ts";
import type { Http } from "../http/mod.ts";
import type { Log } from "../log.ts";
import { cancelAllOrders, type CancelAllResult } from "./cancel_all.ts";
import { cancelOrder, type CancelResult } from "./cancel.ts";
import { createOrder, type Placed } from "./create.ts";
import { listOrders, type ListQuery, type OpenOrders } from "./list.ts";
import { Markets } from "./markets.ts";
import type { OrderRequest } from "./order_request.ts";

/** What every part of the desk works with. */
export interface DeskParts {
  readonly exchange: Exchange;
  readonly effects: Effects;
  readonly markets: Markets;
  readonly edges: Edges;
  readonly log: Log;
}

/** Lists, places and cancels orders. Every method throws `DeskError`s only. */
export class Desk {
  readonly #parts: DeskParts;

  /** A desk that acts through `http`. */
  constructor(http: Http, edges: Edges, log: Log) {
    const exchange = new Exchange(http);
    const markets = new Markets(exchange, edges);
    this.#parts = { exchange, effects: new Effects(http), markets, edges, log };
  }

  /** The exchange's reads. */
  get exchange(): Exchange {
    return this.#parts.exchange;
  }

  /** The markets and their filters. */
  get markets(): Markets {
    return this.#parts.markets;
  }

  /** The open orders of one or of both kinds of market. */
  listOrders(query: ListQuery, call: Call): Promise<OpenOrders> {
    return listOrders(this.#parts, query, call);
  }

  /** Checks an order and places it. */
  createOrder(request: OrderRequest, call: Call): Promise<Placed> {
    return createOrder(this.#parts, request, call);
  }

  /** Cancels one order and tells what became of it. */
  cancelOrder(key: OrderKey, call: Call): Promise<CancelResult> {
    return cancelOrder(this.#parts, key, call);
  }

  /** Cancels the orders of one market and tells which still stand. */
  cancelAllOrders(
    request: { symbol: string; orderType?: string },
    call: Call,
  ): Promise<CancelAllResult> {
    return cancelAllOrders(this.#parts, request, call);
  }
}
