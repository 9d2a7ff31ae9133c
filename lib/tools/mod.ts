/**
 * Every tool there is, in the order in which clients list them.
 *
 * @module
 */

import { ACCOUNT_TOOLS } from "./account.ts";
import { BOOK_TOOLS } from "./book.ts";
import { CANDLE_TOOLS } from "./candles.ts";
import { HISTORY_TOOLS } from "./history.ts";
import { getLimits, previewOrder } from "./limits.ts";
import { MARKET_TOOLS } from "./market.ts";
import { createOrders, replaceOrder } from "./order_changes.ts";
import { ORDER_TOOLS } from "./orders.ts";
import type { Tool } from "./tool.ts";

/** All tools. */
export const TOOLS: readonly Tool[] = [
  ...ORDER_TOOLS,
  createOrders,
  replaceOrder,
  previewOrder,
  getLimits,
  ...HISTORY_TOOLS,
  ...ACCOUNT_TOOLS,
  ...MARKET_TOOLS,
  ...BOOK_TOOLS,
  ...CANDLE_TOOLS,
];
