/**
 * The order desk: the only road from a tool to an effect. What makes an order safe is in the files
 * of this folder; this one only says what the desk can do.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { Effects } from "../effects.ts";
import { Exchange, type OrderKey } from "../exchange.ts";
import { cancelAllOrders, type CancelAllResult } from "./cancel_all.ts";
import { cancelOrder, type CancelResult } from "./cancel.ts";
import { type CreateOptions, createOrder } from "./create.ts";
import type { Placed } from "./earlier.ts";
import { Intents } from "./intents.ts";
import { type LimitsReport, reportLimits } from "./limits_report.ts";
import { listOrders, type ListQuery, type OpenOrders } from "./list.ts";
import { getOrderOutcome, type OrderOutcome } from "./lookup.ts";
import { Markets } from "./markets.ts";
import type { OrderRequest } from "./order_request.ts";
import type { DeskOptions, DeskParts } from "./parts.ts";
import { type Preview, previewOrder } from "./preview.ts";
import { Resolver } from "./resolver.ts";
import { type DeskStatus, deskStatus } from "./status.ts";
import { type Trail, trailOf } from "./trail.ts";
import { Watch } from "./watch.ts";
import { type BatchResult, createOrders } from "./create_batch.ts";
import type { Person } from "./person.ts";
import { type Replacement, replaceOrder } from "./replace.ts";
import type { Changes } from "./replacement.ts";

/**
 * Lists, places and cancels orders. Every method throws `DeskError`s only; those that place also
 * `AnswerPending`, where the person answers between calls.
 */
export class Desk {
  readonly #parts: DeskParts;

  /** A desk that acts through `options.http`; looks for what a former process left unknown. */
  constructor(options: DeskOptions) {
    const { http, edges, log, halt, limits, mode, key, paperNote } = options;
    const exchange = new Exchange(http);
    const parts = {
      exchange,
      effects: new Effects(http),
      markets: new Markets(exchange, edges),
      intents: new Intents(options.journal, {
        ...options,
        whenUnrecorded: () => this.#parts.resolver.wake(),
      }),
      ...{ halt, limits, mode, key, paperNote, edges, log },
    };
    this.#parts = Object.assign(parts, {
      resolver: new Resolver(() => this.#parts),
      watch: new Watch(() => this.#parts),
    });
    this.#parts.watch.start();
    if (this.#leftUnresolved()) this.#parts.resolver.wake();
  }

  /** The exchange's reads. */
  get exchange(): Exchange {
    return this.#parts.exchange;
  }

  /** The markets and their filters. */
  get markets(): Markets {
    return this.#parts.markets;
  }

  /** What every answer tells: whether new orders are held back, and the client ids of odd ones. */
  get state(): { isHalted: boolean; unresolved: number[]; reappeared: number[] } {
    const reappeared = this.#reappeared();
    const isHalted = reappeared.length > 0 || this.#parts.halt.isHalted();
    return { isHalted, unresolved: this.#unresolved(), reappeared };
  }

  /** The client ids of orders that were called not placed and have shown up since. */
  #reappeared(): number[] {
    try {
      return this.#parts.watch.reappeared;
    } catch (error) {
      this.#parts.log.error("journal", { reason: String(error) });
      return this.#parts.watch.unrecorded;
    }
  }

  /** The client ids of orders whose outcome is not known; none while the journal can't be read. */
  #unresolved(): number[] {
    try {
      return this.#parts.intents.inDoubt().filter(({ tool }) => tool === "create_order")
        .map((intent) => intent.clientId)
        .filter((clientId) => clientId !== undefined);
    } catch (error) {
      this.#parts.log.error("journal", { reason: String(error) });
      return [];
    }
  }

  /** A former process may have ended between sending and settling; what can't be read may say so. */
  #leftUnresolved(): boolean {
    try {
      return this.#parts.resolver.left().length > 0;
    } catch {
      return true;
    }
  }

  /** The open orders of one or of both kinds of market. */
  listOrders(query: ListQuery, call: Call): Promise<OpenOrders> {
    return listOrders(this.#parts, query, call);
  }

  /** Checks an order, records it and places it. */
  createOrder(request: OrderRequest, options: CreateOptions, call: Call): Promise<Placed> {
    return createOrder(this.#parts, request, options, call);
  }

  /** Checks orders as a whole, records them and places them in one request. */
  createOrders(
    requests: readonly OrderRequest[],
    options: { person?: Person | undefined },
    call: Call,
  ): Promise<BatchResult[]> {
    return createOrders(this.#parts, requests, options, call);
  }

  /** Cancels an order and places another for what is left of it. */
  replaceOrder(
    key: OrderKey,
    changes: Changes & { person?: Person | undefined },
    call: Call,
  ): Promise<Replacement> {
    return replaceOrder(this.#parts, key, changes, call);
  }

  /** Judges an order as {@linkcode createOrder} would; sends nothing. */
  previewOrder(
    request: OrderRequest,
    repeatOf: number | undefined,
    call: Call,
  ): Promise<Preview> {
    return previewOrder(this.#parts, request, repeatOf, call);
  }

  /** The owner's limits, and what is left of each. */
  limits(call: Call): Promise<LimitsReport> {
    return reportLimits(this.#parts, call);
  }

  /** Whether an order could leave now, and what stands in its way. */
  status(call: Call): Promise<DeskStatus> {
    return deskStatus(this.#parts, call);
  }

  /** What became of an order, asked again. */
  getOrderOutcome(clientId: number, call: Call): Promise<OrderOutcome> {
    return getOrderOutcome(this.#parts, clientId, call);
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

  /** The newest rows of the journal. */
  trail(): Trail {
    return this.#parts.intents.read(trailOf);
  }

  /** Records that the client was told what became of these intents. */
  delivered(intents: readonly number[]): void {
    for (const seq of intents) this.#parts.intents.delivered(seq);
  }

  /** Stops looking in the background. */
  stop(): void {
    this.#parts.resolver.stop();
    this.#parts.watch.stop();
  }
}
