/**
 * The answer when nobody knows whether an order stands.
 *
 * @module
 */

import type { DeskError } from "../errors.ts";
import type { SentOrder } from "./outcome.ts";

/** A row created after D makes absence provable this long after it at the earliest. */
const EARLIEST_ANSWER_MS = 20_000;

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
