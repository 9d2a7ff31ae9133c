/**
 * The tools of what came to the account and left it but by trades: funding payments, deposits and
 * withdrawals. They only read.
 *
 * @module
 */

import * as z from "zod";
import * as histories from "../account/histories.ts";
import { word } from "../quote.ts";
import type { Deposit, FundingPayment, Withdrawal } from "../schemas/mod.ts";
import { symbolArgument } from "./arguments.ts";
import { sentence, short } from "./line.ts";
import { loose } from "./outputs.ts";
import { PAGE_OUTPUT, pageLine, PAGING, PERIOD, refuseBackward, refuseUnknown } from "./page.ts";
import { defineTool, type Tool } from "./tool.ts";

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
    const line = sentence([pageLine(mode, "deposit", deposits, page), firstOf(deposits)]);
    return { line, value: { deposits, ...page } };
  },
});

/** Withdrawals. */
export const listWithdrawals = defineTool({
  name: "list_withdrawals",
  title: "List withdrawals",
  description: "Lists withdrawals with asset, quantity, fee and status. They " +
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
    const line = sentence([pageLine(mode, "withdrawal", withdrawals, page), firstOf(withdrawals)]);
    return { line, value: { withdrawals, ...page } };
  },
});

/** Such as `first: 100 USDC, confirmed`; empty for an empty page. */
function firstOf([first]: readonly (Deposit | Withdrawal)[]): string {
  if (first === undefined) return "";
  return `first: ${short(first.quantity)} ${word(first.symbol)}, ${word(first.status)}`;
}

/** These tools, in the order in which clients list them. */
export const TRANSFER_TOOLS: readonly Tool[] = [listFundingPayments, listDeposits, listWithdrawals];
