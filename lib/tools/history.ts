/**
 * The tools of past trading: one order, orders and fills. They only read.
 *
 * @module
 */

import * as z from "zod";
import type { FillSummary } from "../account/fill_summary.ts";
import * as histories from "../account/histories.ts";
import { findOrder } from "../account/order.ts";
import type { Fill } from "../schemas/mod.ts";
import { fillsLine } from "./account_line.ts";
import {
  clientIdArgument,
  idArgument,
  marketTypeArgument,
  orderKey,
  symbolArgument,
} from "./arguments.ts";
import { sentence } from "./line.ts";
import { orderLine, orderWords } from "./order_line.ts";
import { loose, OrderOutput } from "./outputs.ts";
import {
  PAGE_OUTPUT,
  pageLine,
  PAGING,
  PERIOD,
  refuseBackward,
  refuseOtherType,
  refuseUnknown,
} from "./page.ts";
import { defineTool, type Tool } from "./tool.ts";

/** One order. */
export const getOrder = defineTool({
  name: "get_order",
  title: "Look at one order",
  description: "Shows one order, open or ended, named by orderId or by clientId (exactly one). " +
    "expiryReason says why one expired. Times are Unix ms. For an order whose reply was lost ask " +
    "get_order_outcome.",
  group: "orders",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument(),
    orderId: idArgument("The exchange's id of the order").optional(),
    clientId: clientIdArgument("The clientId that it was placed with").optional(),
  }),
  output: z.object({ order: OrderOutput, note: z.string().optional() }),
  run: async (args, { desk, mode, call }) => {
    const found = await findOrder(desk, orderKey(args), call);
    return { line: sentence([orderLine(mode, found.order), found.note ?? ""]), value: found };
  },
});

/** Orders of the past. */
export const listOrderHistory = defineTool({
  name: "list_order_history",
  title: "List past orders",
  description: "Lists orders, open ones and ended ones, newest first. An order may appear here " +
    "with a delay; for open ones ask list_orders.",
  group: "orders",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument().optional(),
    orderId: idArgument("Only this order").optional(),
    marketType: marketTypeArgument().optional(),
    ...PAGING,
  }),
  output: z.object({ orders: z.array(OrderOutput), ...PAGE_OUTPUT }),
  run: async (args, { desk, mode, call }) => {
    await refuseUnknown(desk, args.symbol, call);
    refuseOtherType(args);
    const { rows: orders, ...page } = await histories.listOrderHistory(desk.exchange, args, call);
    const newest = orders[0] === undefined ? "" : `newest: ${orderWords(orders[0])}`;
    const line = sentence([pageLine(mode, "order", orders, page), newest]);
    return { line, value: { orders, ...page } };
  },
});

/** Executions. */
export const listFills = defineTool({
  name: "list_fills",
  title: "List fills",
  description: "Lists executions, newest first, with fee and maker or taker. The first page has " +
    "a summary of all that were asked for, not of the page: volumes and average price (cut at 18 " +
    "decimals) by market and side, fees by asset. note says when there were too many to add up.",
  group: "orders",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument().optional(),
    orderId: idArgument("Only the fills of this order").optional(),
    ...PERIOD,
    marketType: marketTypeArgument().optional(),
    ...PAGING,
  }),
  output: z.object({
    fills: z.array(loose<Fill>({ orderId: z.string() })),
    summary: loose<FillSummary>({}).optional(),
    note: z.string().optional(),
    ...PAGE_OUTPUT,
  }),
  run: async (args, { desk, mode, call }) => {
    refuseBackward(args);
    await refuseUnknown(desk, args.symbol, call);
    refuseOtherType(args);
    const { rows: fills, ...rest } = await histories.listFills(desk.exchange, args, call);
    const { summary, note = "", nextCursor } = rest;
    const shown = nextCursor === undefined ? "" : `${fills.length} shown, nextCursor has more`;
    const line = summary === undefined
      ? pageLine(mode, "fill", fills, rest)
      : sentence([`${mode.toUpperCase()} ${fillsLine(summary)}`, shown, note]);
    return { line, value: { fills, ...rest } };
  },
});

/** The history's tools, in the order in which clients list them. */
export const HISTORY_TOOLS: readonly Tool[] = [
  getOrder,
  listOrderHistory,
  listFills,
];
