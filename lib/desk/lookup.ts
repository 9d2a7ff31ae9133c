/**
 * Asking again what became of an order, by its client id.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Intent } from "../journal/mod.ts";
import { Order } from "../schemas/mod.ts";
import { isUnresolved } from "./intent.ts";
import type { DeskParts } from "./parts.ts";

/** What is known of an order that this desk was asked to place. */
export interface OrderOutcome {
  /** `in_flight`: it is being sent just now. */
  outcome: "placed" | "not_placed" | "unknown" | "in_flight";
  clientId: number;
  symbol: string;
  /** As the exchange last told of it; absent of one that was not placed. */
  order?: Order;
  /** How it is known: `reply`, a look-up, `inference` or `owner`; absent while it is not. */
  resolvedBy?: string;
  /** It was known before this call: the order is as it was told of then. */
  isEarlier?: true;
  /** The journal's rows that it answers for. */
  intents: number[];
}

/**
 * What became of the newest order under `clientId`; looks once more if that is not known
 * or was only inferred.
 *
 * @throws {DeskError} `not_found` if this desk never meant to place one
 */
export async function getOrderOutcome(
  desk: DeskParts,
  clientId: number,
  call: Call,
): Promise<OrderOutcome> {
  const intent = desk.intents.under(clientId);
  if (intent === undefined || intent.tool !== "create_order") {
    throw new DeskError(
      "not_found",
      `This desk has no record of an order with clientId ${clientId}`,
      {
        hint: "list_orders shows what is open, whoever placed it",
      },
    );
  }
  const found = await desk.watch.look(intent, call);
  if (found !== undefined) {
    const { order, by } = found;
    const { seq, symbol } = intent;
    return { outcome: "placed", clientId, symbol, order, resolvedBy: by, intents: [seq] };
  }
  if (!isUnresolved(intent)) return { ...outcomeOf(intent, clientId), isEarlier: true };
  // Whoever was sending it may have died meanwhile: a look shows whether it stands.
  return outcomeOf(await desk.resolver.resolve(intent, call), clientId);
}

function outcomeOf(intent: Intent, clientId: number): OrderOutcome {
  const { by, order } = intent.outcome?.body ?? {};
  const parsed = Order.safeParse(order);
  return {
    outcome: intent.state as OrderOutcome["outcome"],
    clientId,
    symbol: intent.symbol,
    ...(parsed.success ? { order: parsed.data } : {}),
    ...(typeof by === "string" && !isUnresolved(intent) ? { resolvedBy: by } : {}),
    intents: [intent.seq],
  };
}
