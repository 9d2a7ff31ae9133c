/**
 * The prompt that goes through what is open.
 *
 * @module
 */

import * as z from "zod";
import { getBalances, listPositions } from "../tools/account.ts";
import { getLimits } from "../tools/limits.ts";
import { getMarkPrice, getTicker } from "../tools/market.ts";
import { listOrders } from "../tools/orders.ts";
import { ALWAYS, definePrompt } from "./prompt.ts";

/** Every open order against the market of now; only reads. */
export const reviewOpenOrders = definePrompt({
  name: "review_open_orders",
  title: "Review open orders",
  description: "Goes through every open order: how far it is from the market, what it is for, " +
    "and what stands out. Changes nothing.",
  uses: [listOrders, listPositions, getBalances, getTicker, getMarkPrice, getLimits],
  args: z.strictObject({}),
  text: () => [
    "Review the orders that are open on the owner's desk. Look first:",
    [
      '1. list_orders with marketType "ALL": spot and perpetuals, waiting triggers included.',
      "2. list_positions and get_balances: what the orders would open, close or protect.",
      "3. get_ticker for every market that has an order, and get_mark_price for every perpetual " +
      "(its symbol ends in _PERP): where the market is now.",
      "4. get_limits: what the owner's limits leave.",
    ].join("\n"),
    "Then tell the owner, a line an order: market, side, type, price or trigger, quantity, what " +
    "is filled, and how far it is from the market. Point out a position without a stop, a stop " +
    "or take-profit without its position, orders just alike, orders that together need more " +
    "than the account holds, and a price that looks like a slip.",
    "Say what you would keep, change or cancel, and why. That is advice: place, change and cancel " +
    "nothing until the owner has answered, order by order.",
    ALWAYS,
  ],
});
