/**
 * The prompt that closes a trading day.
 *
 * @module
 */

import * as z from "zod";
import { getBalances, listPositions } from "../tools/account.ts";
import { listFills, listOrderHistory } from "../tools/history.ts";
import { getLimits } from "../tools/limits.ts";
import { listOrders } from "../tools/orders.ts";
import { listDeposits, listFundingPayments, listWithdrawals } from "../tools/transfers.ts";
import { ALWAYS, definePrompt } from "./prompt.ts";

/** What was traded, paid and left open today; only reads. */
export const endOfDay = definePrompt({
  name: "end_of_day",
  title: "End of day",
  description: "Sums up the day since midnight UTC: fills, fees, funding, what moved in and out, " +
    "and what stays open. Changes nothing.",
  uses: [
    ...[listFills, listOrderHistory, listFundingPayments, listDeposits, listWithdrawals],
    ...[listPositions, listOrders, getBalances, getLimits],
  ],
  args: z.strictObject({}),
  text: (_args, nowMs) => {
    const now = new Date(nowMs).toISOString();
    const midnight = `${now.slice(0, 10)}T00:00:00Z`;
    return [
      `Sum up the owner's trading day. It began at ${midnight}, and it is ${now} now. Look first:`,
      [
        `1. list_fills with from "${midnight}": its summary adds up volumes, average prices and ` +
        "fees exactly. Use it and add up nothing yourself.",
        "2. list_order_history: orders of today that were filled, cancelled, or expired and why.",
        "3. list_funding_payments: rows of today; positive was received, negative paid.",
        `4. list_deposits and list_withdrawals, both with from "${midnight}": what moved in and ` +
        "out is neither profit nor loss.",
        '5. list_positions, list_orders with marketType "ALL", and get_balances: what stays.',
        "6. get_limits: what the day has used of the owner's limits.",
      ].join("\n"),
      "Then tell the owner: what was traded and at what average, fees, funding, each position " +
      "with its unrealized profit, what stays open overnight, and which positions have no stop. " +
      "Realized profit only where a tool gives it.",
      "This is a report: place, change and cancel nothing.",
      ALWAYS,
    ];
  },
});
