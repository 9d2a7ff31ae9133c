/**
 * One effect as the journal tells of it: what is about to leave, and what became of it.
 *
 * @module
 */

import type { ApprovedBy } from "../journal/approvals.ts";
import type { Intent } from "../journal/mod.ts";
import type { Limits } from "../limit_settings.ts";
import type { Order } from "../schemas/mod.ts";

/** An effect about to leave. */
export interface NewIntent {
  /** The tool that asked for it. */
  tool: string;
  symbol: string;
  /** Of an order; a cancel has none. */
  clientId?: number;
  /** What was asked for, as the tool took it. */
  request: Record<string, unknown>;
  /** What will be sent, without secrets. */
  body: Record<string, unknown>;
  /** What an order counts against the owner's limits. */
  spends?: Spends;
  /** The limits that it was held against. */
  limits?: Limits;
  /** The position in its market as it was listed then: base asset, and Unix ms by the exchange's clock. */
  position?: { netQuantity: string; atMs: number };
  /** A person's yes. */
  approval?: Approval | undefined;
  /** The exchange's id of the order that made way for this one. */
  replaces?: string | undefined;
}

/** USD, as text: what an order may spend, one unit of the base asset, its exits. */
export interface Spends {
  /** All that it may spend. */
  notional: string;
  /** One unit of the base asset, at the price that was held against the limits. */
  unit: string;
  /** What its take-profit and stop-loss may trade, if it has any. */
  exits?: string;
  /** What it would fill, base asset, where it names no such amount itself. */
  quantity?: string;
}

/** A person's yes: the question's row in the journal, and who gave it. */
export interface Approval {
  /** The question's row in the journal. */
  asked: number;
  /** Who gave it: the client's form, or the terminal. */
  by: ApprovedBy;
}

/** What became of an effect, and how that is known. */
export interface Outcome {
  /**
   * `placed`, `not_placed` or `unknown`; of a cancel what it answers, or, found out afterwards,
   * `still_open` (it did not work) or `gone` (off the book; history never said how).
   */
  state: string;
  /** Such as `reply`, `open order`, `order history`, `fills`, `inference`, `owner`. */
  by: string;
  /** The order as the exchange told of it. */
  order?: Order;
  /** The ids of the orders that a cancel ended. */
  cancelled?: string[];
  /** The ids of the orders that a look afterwards still showed. */
  stillOpen?: string[];
  /** The failure's code and message. */
  code?: string;
  message?: string;
}

/** States in which an effect may stand although nobody knows. */
const UNRESOLVED: ReadonlySet<string> = new Set(["in_flight", "unknown"]);

/** Whether nobody knows what became of it. */
export function isUnresolved({ state }: Pick<Intent, "state">): boolean {
  return UNRESOLVED.has(state);
}
