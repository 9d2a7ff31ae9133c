/**
 * The history's tools: one order, and orders, fills, funding payments, deposits and withdrawals
 * of the past. They only read.
 *
 * @module
 */

import * as z from "zod";
import type { FillSummary } from "../account/fill_summary.ts";
import * as histories from "../account/histories.ts";
import type { Listing } from "../account/listing.ts";
import { findOrder } from "../account/order.ts";
import type { Call } from "../clock.ts";
import type { Desk } from "../desk/mod.ts";
import { DeskError } from "../errors.ts";
import type { Deposit, Fill, FundingPayment, Withdrawal } from "../schemas/mod.ts";
import type { Mode } from "../settings.ts";
import { fillsLine, sentence, short } from "./account_line.ts";
import {
  clientIdArgument,
  cursorArgument,
  idArgument,
  limitArgument,
  marketTypeArgument,
  orderKey,
  symbolArgument,
  timeArgument,
} from "./arguments.ts";
import { word } from "../quote.ts";
import { orderLine, orderWords } from "./order_line.ts";
import { loose, OrderOutput } from "./outputs.ts";
import { defineTool, type Tool } from "./tool.ts";

const PAGING = { limit: limitArgument().optional(), cursor: cursorArgument().optional() };
const PERIOD = {
  from: timeArgument("2026-01-31T12:00:00Z, 2026-01-31 or Unix ms").optional(),
  to: timeArgument("Like from").optional(),
};
const PAGE_OUTPUT = { nextCursor: z.string().optional(), total: z.int().optional() };

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
    const { rows: fills, ...rest } = await histories.listFills(desk.exchange, args, call);
    const { summary, note = "", nextCursor } = rest;
    const shown = nextCursor === undefined ? "" : `${fills.length} shown, nextCursor has more`;
    const line = summary === undefined
      ? pageLine(mode, "fill", fills, rest)
      : sentence([`${mode.toUpperCase()} ${fillsLine(summary)}`, shown, note]);
    return { line, value: { fills, ...rest } };
  },
});

/** Funding payments. */
export const listFundingPayments = defineTool({
  name: "list_funding_payments",
  title: "List funding payments",
  description: "Lists funding of perpetual positions, newest first. quantity is in the quote " +
    "asset, received if positive, paid if negative; fundingRate is a fraction; times are Unix ms.",
  group: "account",
  effect: "none",
  input: z.strictObject({ symbol: symbolArgument().optional(), ...PAGING }),
  output: z.object({
    payments: z.array(loose<FundingPayment>({})),
    ...PAGE_OUTPUT,
  }),
  run: async (args, { desk, mode, call }) => {
    await refuseUnknown(desk, args.symbol, call);
    const { rows: payments, ...page } = await histories
      .listFundingPayments(desk.exchange, args, call);
    const line = pageLine(mode, "funding payment", payments, page);
    return { line, value: { payments, ...page } };
  },
});

/** Deposits. */
export const listDeposits = defineTool({
  name: "list_deposits",
  title: "List deposits",
  description: "Lists deposits to the account with asset, quantity, source and status. Times are " +
    "Unix ms.",
  group: "account",
  effect: "none",
  input: z.strictObject({ ...PERIOD, ...PAGING }),
  output: z.object({
    deposits: z.array(loose<Deposit>({})),
    ...PAGE_OUTPUT,
  }),
  run: async (args, { desk, mode, call }) => {
    refuseBackward(args);
    const { rows: deposits, ...page } = await histories.listDeposits(desk.exchange, args, call);
    const [newest] = deposits;
    const line = sentence([
      pageLine(mode, "deposit", deposits, page),
      newest === undefined
        ? ""
        : `first: ${short(newest.quantity)} ${word(newest.symbol)}, ${word(newest.status)}`,
    ]);
    return { line, value: { deposits, ...page } };
  },
});

/** Withdrawals. */
export const listWithdrawals = defineTool({
  name: "list_withdrawals",
  title: "List withdrawals",
  description: "Lists withdrawals from the account with asset, quantity, fee and status. They " +
    "were made elsewhere: nothing here can withdraw. Times are Unix ms.",
  group: "account",
  effect: "none",
  input: z.strictObject({ ...PERIOD, ...PAGING }),
  output: z.object({
    withdrawals: z.array(loose<Withdrawal>({})),
    ...PAGE_OUTPUT,
  }),
  run: async (args, { desk, mode, call }) => {
    refuseBackward(args);
    const { rows: withdrawals, ...page } = await histories
      .listWithdrawals(desk.exchange, args, call);
    const [newest] = withdrawals;
    const line = sentence([
      pageLine(mode, "withdrawal", withdrawals, page),
      newest === undefined
        ? ""
        : `first: ${short(newest.quantity)} ${word(newest.symbol)}, ${word(newest.status)}`,
    ]);
    return { line, value: { withdrawals, ...page } };
  },
});

/** Such as `LIVE 100 of 2500 orders; nextCursor has more`. */
function pageLine(
  mode: Mode,
  noun: string,
  rows: readonly unknown[],
  { total, nextCursor }: Omit<Listing<unknown>, "rows">,
): string {
  const count = total === undefined ? `${rows.length}` : `${rows.length} of ${total}`;
  const plural = (total ?? rows.length) === 1 ? noun : `${noun}s`;
  const more = nextCursor === undefined ? "" : "nextCursor has more";
  return sentence([`${mode.toUpperCase()} ${count} ${plural}`, more]);
}

function refuseBackward({ from, to }: histories.Period): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new DeskError("invalid_input", "from is after to", {
    hint: "from is the older of the two; times without a zone are UTC",
  });
}

async function refuseUnknown(desk: Desk, symbol: string | undefined, call: Call): Promise<void> {
  if (symbol !== undefined) await desk.markets.refuseUnknown(symbol, call);
}

/** The history's tools, in the order in which clients list them. */
export const HISTORY_TOOLS: readonly Tool[] = [
  getOrder,
  listOrderHistory,
  listFills,
  listFundingPayments,
  listDeposits,
  listWithdrawals,
];
