/**
 * The answer when nobody knows whether an order stands.
 *
 * @module
 */

import type { DeskError } from "../errors.ts";
import { AFTER_END_MS, BETWEEN_ROUNDS_MS } from "./absence.ts";
import type { SentOrder } from "./outcome.ts";

/** How long after its signature's end an order can be called absent at the earliest. */
const EARLIEST_ANSWER_MS = AFTER_END_MS + BETWEEN_ROUNDS_MS;

/** `outcome_unknown`, with what to do: not to send it again, and which tool looks. */
export function outcomeUnknown(error: DeskError, sent: SentOrder): DeskError {
  const { clientId, timestampMs, windowMs } = sent;
  const checkAgainAt = new Date(timestampMs + windowMs + EARLIEST_ANSWER_MS).toISOString();
  return error.with({
    code: "outcome_unknown",
    message: `The order may or may not stand, so do not send it again: ${error.message}`,
    hint: `The desk goes on looking. Ask get_order_outcome { "clientId": ${clientId} } after ` +
      `${checkAgainAt}; list_orders shows what is open now`,
    details: {
      clientId,
      checkAgainAt,
      tried: ["order", "open orders", "order history", "fills"],
    },
  });
}
