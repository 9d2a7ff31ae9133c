/**
 * Cancels whose end is not known: a lost reply, a 202, a process that was killed. They stop no
 * order, but the journal shall say what became of them.
 *
 * Settled as an order of history says; as `still_open` or `gone` when two looks agree, at least
 * 15 s apart and 5 s after the signature's end: from then on the cancel can do nothing any more.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { OrderKey } from "../exchange.ts";
import type { Intent } from "../journal/mod.ts";
import type { Order } from "../schemas/mod.ts";
import { AFTER_END_MS, BETWEEN_ROUNDS_MS } from "./absence.ts";
import { findInHistory, resultOf } from "./cancel.ts";
import { targets } from "./cancel_all.ts";
import type { Outcome } from "./intent.ts";
import type { DeskParts } from "./parts.ts";
import { isEnded } from "./traces.ts";

/** How long after the signature's end history, which lags, may still come to show how it ended. */
const HISTORY_LAG_MS = 10 * 60_000;

/** What a look showed of the orders that a cancel meant. */
interface Look {
  atMs: number;
  /** Their ids, in one text. */
  standing: string;
}

/** Finds out about cancels, a look at a time. */
export class DoubtfulCancels {
  readonly #desk: () => DeskParts;
  readonly #firstLooks = new Map<number, Look>();

  /** Asks for `desk` only when it looks. */
  constructor(desk: () => DeskParts) {
    this.#desk = desk;
  }

  /** One look for one cancel; its outcome, once it is known. Rejects when the look fails. */
  async look(intent: Intent, call: Call): Promise<Outcome | undefined> {
    const desk = this.#desk();
    const endMs = Number(intent.body.timestampMs) + Number(intent.body.windowMs);
    const atMs = await desk.exchange.time(call);
    const open = await desk.exchange.openOrders({ symbol: intent.symbol }, call);
    // What was placed after the signature's end is none of its business.
    const standing = meant(intent, open).filter((order) => order.createdAt <= endMs);
    const ended = standing.length === 0 ? await endedOrder(desk, intent, call) : undefined;
    if (ended !== undefined) {
      const { outcome } = resultOf(ended, "cancelled");
      return { state: outcome, by: "order history", order: ended };
    }
    const isLookedForInHistory = intent.tool === "cancel_order" && standing.length === 0;
    const fromMs = endMs + (isLookedForInHistory ? HISTORY_LAG_MS : AFTER_END_MS);
    if (atMs < fromMs || !this.#agrees(intent.seq, atMs, standing)) return undefined;
    if (standing.length === 0) return { state: "gone", by: "open orders" };
    return { state: "still_open", by: "open orders", stillOpen: standing.map(({ id }) => id) };
  }

  /** Forgets what was seen of a cancel that is settled. */
  forget(seq: number): void {
    this.#firstLooks.delete(seq);
  }

  #agrees(seq: number, atMs: number, orders: readonly Order[]): boolean {
    const standing = orders.map(({ id }) => id).sort().join();
    const first = this.#firstLooks.get(seq);
    if (first?.standing === standing) return atMs - first.atMs >= BETWEEN_ROUNDS_MS;
    this.#firstLooks.set(seq, { atMs, standing });
    return false;
  }
}

/** Those of `open` that the cancel was to end. */
function meant(intent: Intent, open: readonly Order[]): Order[] {
  const { request, tool } = intent;
  if (tool === "cancel_all_orders") return targets(open, request);
  return open.filter(({ id, clientId }) =>
    "orderId" in request ? id === request.orderId : clientId === request.clientId
  );
}

/** The order as it ended, if the cancel was of one order; of many, no row tells which were meant. */
async function endedOrder(
  desk: DeskParts,
  { tool, request }: Intent,
  call: Call,
): Promise<Order | undefined> {
  if (tool !== "cancel_order") return undefined;
  const order = await findInHistory(desk, request as unknown as OrderKey, call);
  return order !== undefined && isEnded(order) ? order : undefined;
}
