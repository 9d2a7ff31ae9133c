/**
 * Every tool there is, in the order in which clients list them.
 *
 * @module
 */

import type { ToolGroup } from "../settings.ts";
import { ACCOUNT_TOOLS } from "./account.ts";
import { BOOK_TOOLS } from "./book.ts";
import { CANCEL_TOOLS } from "./cancels.ts";
import { CANDLE_TOOLS } from "./candles.ts";
import { HISTORY_TOOLS } from "./history.ts";
import { getLimits, previewOrder } from "./limits.ts";
import { MARKET_TOOLS } from "./market.ts";
import { createOrders, replaceOrder } from "./order_changes.ts";
import { ORDER_TOOLS } from "./orders.ts";
import { getStatus } from "./status.ts";
import type { Tool } from "./tool.ts";
import { TRANSFER_TOOLS } from "./transfers.ts";

/** All tools. */
export const TOOLS: readonly Tool[] = [
  getStatus,
  ...ORDER_TOOLS,
  ...CANCEL_TOOLS,
  createOrders,
  replaceOrder,
  previewOrder,
  getLimits,
  ...HISTORY_TOOLS,
  ...TRANSFER_TOOLS,
  ...ACCOUNT_TOOLS,
  ...MARKET_TOOLS,
  ...BOOK_TOOLS,
  ...CANDLE_TOOLS,
];

/** What the owner lets a client see. */
export interface Offer {
  /** Tools that act do not exist. */
  readonly readOnly: boolean;
  /** The groups that exist; the desk's own tools always do. */
  readonly groups: readonly ToolGroup[];
}

/** The tools that exist under that offer. */
export function offered({ readOnly, groups }: Offer): readonly Tool[] {
  return TOOLS.filter(({ effect, group }) =>
    (!readOnly || effect === "none") && (group === "desk" || groups.includes(group))
  );
}
