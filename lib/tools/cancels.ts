/**
 * The tools that cancel: one order, or all of a market. They say what really became of each.
 *
 * @module
 */

import * as z from "zod";
import { newestOf } from "../account/open_orders.ts";
import { CANCEL_OUTCOMES } from "../desk/cancel.ts";
import type { Order } from "../schemas/mod.ts";
import type { Mode } from "../settings.ts";
import { clientIdArgument, idArgument, orderKey, symbolArgument } from "./arguments.ts";
import { orderLine } from "./order_line.ts";
import { OrderOutput } from "./outputs.ts";
import { defineTool, type Tool } from "./tool.ts";

/** One cancel. */
export const cancelOrder = defineTool({
  name: "cancel_order",
  title: "Cancel an order",
  description:
    "Cancels one open order, named by orderId or by clientId (exactly one). Tells what " +
    "really became of it: cancelled, pending (look again), or that it had been filled, cancelled " +
    "or expired before.",
  group: "orders",
  effect: "cancels",
  input: z.strictObject({
    symbol: symbolArgument(),
    orderId: idArgument("The order's id, as list_orders shows it").optional(),
    clientId: clientIdArgument("The clientId that the order was placed with").optional(),
  }),
  output: z.object({
    outcome: z.enum(CANCEL_OUTCOMES),
    order: OrderOutput.optional(),
    note: z.string().optional(),
  }),
  run: async (args, { desk, mode, call }) => {
    const result = await desk.cancelOrder(orderKey(args, "not_placed"), call);
    return { line: cancelLine(mode, result), value: result };
  },
});

/** A cancel of everything in one market. */
export const cancelAllOrders = defineTool({
  name: "cancel_all_orders",
  title: "Cancel all orders of a market",
  description:
    "Cancels every open order of one market, or only those of one kind, and lists what " +
    "a look afterwards still shows. Cancelling ConditionalOrder takes stops away from a position.",
  group: "orders",
  effect: "cancels",
  input: z.strictObject({
    symbol: symbolArgument(),
    orderType: z.enum(["RestingLimitOrder", "ConditionalOrder"]).optional()
      .describe("Only orders on the book, or only those waiting for a trigger; both unless given"),
  }),
  output: z.object({
    cancelled: z.array(OrderOutput),
    count: z.int(),
    stillOpen: z.array(OrderOutput).optional(),
    notes: z.array(z.string()).optional(),
  }),
  run: async ({ symbol, orderType }, { desk, mode, call }) => {
    const request = { symbol, ...(orderType === undefined ? {} : { orderType }) };
    const { cancelled, stillOpen, notes: found } = await desk.cancelAllOrders(request, call);
    const open = stillOpen === undefined ? "" : `, ${stillOpen.length} still open`;
    const line = `${mode.toUpperCase()} ${symbol}: ${cancelled.length} cancelled${open}`;
    const gone = newestOf(cancelled, "cancelled", "list_order_history has the others");
    const left = newestOf(stillOpen ?? [], "open", "list_orders pages through all");
    const notes = [...gone.notes, ...left.notes, ...found];
    const value = {
      cancelled: gone.shown,
      count: cancelled.length,
      ...(stillOpen === undefined ? {} : { stillOpen: left.shown }),
      ...(notes.length === 0 ? {} : { notes }),
    };
    return { line: [line, ...notes].join(". "), value };
  },
});

const CANCEL_WORDS: Readonly<Record<typeof CANCEL_OUTCOMES[number], string>> = {
  cancelled: "cancelled",
  pending: "not confirmed yet",
  already_cancelled: "nothing to cancel: it had been cancelled before",
  filled: "nothing was cancelled: it had been filled",
  expired: "nothing to cancel: it had expired",
};

function cancelLine(
  mode: Mode,
  result: { outcome: typeof CANCEL_OUTCOMES[number]; order?: Order; note?: string },
): string {
  const words = CANCEL_WORDS[result.outcome];
  const what = result.order === undefined ? mode.toUpperCase() : orderLine(mode, result.order);
  return [`${what}; ${words}`, ...(result.note === undefined ? [] : [result.note])].join(". ");
}

/** The tools that cancel, in the order in which clients list them. */
export const CANCEL_TOOLS: readonly Tool[] = [cancelOrder, cancelAllOrders];
