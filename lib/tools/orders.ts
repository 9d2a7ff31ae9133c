/**
 * The tools of one order: what is open, a new one, and what became of it. What cancels is in
 * `cancels.ts`, what places several orders or replaces one in `order_changes.ts`.
 *
 * @module
 */

import * as z from "zod";
import { pageOfOpenOrders } from "../account/open_orders.ts";
import { SELF_TRADE_PREVENTIONS, TRIGGER_BY } from "../desk/order_request.ts";
import {
  clientIdArgument,
  cursorArgument,
  decimalArgument,
  flagArgument,
  newClientIdArgument,
  symbolArgument,
} from "./arguments.ts";
import { counted, sentence } from "./line.ts";
import { lostWords, orderLine, orderWords } from "./order_line.ts";
import { OrderOutput } from "./outputs.ts";
import { refuseOtherType } from "./page.ts";
import { defineTool, type Tool } from "./tool.ts";

/** Open orders. */
export const listOrders = defineTool({
  name: "list_orders",
  title: "List open orders",
  description:
    "Lists the orders that are open now: resting on the book or waiting for a trigger. " +
    "Orders that have ended are not shown. alsoOpen counts open orders of the market types that " +
    "were not asked for. Newest first, 100 at a time; count is of all.",
  group: "orders",
  effect: "none",
  input: z.strictObject({
    symbol: symbolArgument().optional(),
    marketType: z.enum(["SPOT", "PERP", "ALL"]).optional()
      .describe("SPOT unless symbol ends in _PERP; ALL for both"),
    cursor: cursorArgument().optional(),
  }),
  output: z.object({
    orders: z.array(OrderOutput),
    count: z.int(),
    alsoOpen: z.record(z.string(), z.int()),
    note: z.string().optional(),
    nextCursor: z.string().optional(),
  }),
  run: async ({ cursor, ...args }, { desk, mode, call }) => {
    refuseOtherType(args);
    const { orders: open, alsoOpen, note } = await desk.listOrders(args, call);
    const { note: cut, ...page } = pageOfOpenOrders(open, { cursor, question: args });
    const notes = [cut, note].filter((text) => text !== undefined);
    const where = args.symbol ?? args.marketType ?? "SPOT";
    const also = Object.entries(alsoOpen).map(([type, count]) => `${count} open ${type}`);
    const line = [
      `${mode.toUpperCase()} ${counted(open.length, "open order")}, ${where}`,
      ...(also.length === 0 ? [] : [`besides ${also.join(", ")}`]),
      ...notes,
    ].join("; ");
    const noted = notes.length === 0 ? {} : { note: notes.join(". ") };
    return { line, value: { ...page, count: open.length, alsoOpen, ...noted } };
  },
});

const TRIGGER = z.enum(TRIGGER_BY).optional().describe("MarkPrice unless given");
const EXIT_LIMIT = decimalArgument("Limit of that exit; at market unless given").optional();

/** One new order. */
export const createOrder = defineTool({
  name: "create_order",
  title: "Place an order",
  description: "Places one order on the exchange: it spends or sells what the account holds. " +
    "Limit takes price and quantity. Market takes exactly one of quantity and quoteQuantity, and " +
    "no price. To stop out of a position that is there, use Market with triggerPrice, " +
    "triggerQuantity and reduceOnly. Every decimal is text and is sent exactly as given; an " +
    "invalid one is refused with the nearest valid values, never rounded. If the answer has " +
    "outcome unknown, do not send the order again: ask get_order_outcome.",
  group: "orders",
  effect: "places",
  input: z.strictObject({
    symbol: symbolArgument(),
    side: z.enum(["Bid", "Ask"]).describe("Bid buys, Ask sells"),
    orderType: z.enum(["Limit", "Market"])
      .describe("Limit keeps to a price; Market takes what the book offers"),
    quantity: decimalArgument("Amount of the base asset, such as SOL in SOL_USDC").optional(),
    quoteQuantity: decimalArgument(
      "Market only: what to spend (Bid) or to bring in (Ask), in the quote asset",
    ).optional(),
    price: decimalArgument("Limit only: price of one unit, in the quote asset").optional(),
    timeInForce: z.enum(["GTC", "IOC", "FOK"]).optional().describe(
      "GTC (default) rests until cancelled; IOC fills what it can at once; FOK all or nothing",
    ),
    postOnly: flagArgument("Limit only: refuse the order if it would match at once").optional(),
    reduceOnly: flagArgument("Perpetuals only: never open or enlarge a position").optional(),
    triggerPrice: decimalArgument("Wait until this price is reached; needs triggerQuantity")
      .optional(),
    triggerQuantity: decimalArgument("Instead of quantity, with triggerPrice").optional(),
    triggerBy: TRIGGER,
    takeProfitTriggerPrice: decimalArgument("Perpetuals: exit with profit at this price")
      .optional(),
    takeProfitLimitPrice: EXIT_LIMIT,
    takeProfitTriggerBy: TRIGGER,
    stopLossTriggerPrice: decimalArgument("Perpetuals: exit with loss at this price").optional(),
    stopLossLimitPrice: EXIT_LIMIT,
    stopLossTriggerBy: TRIGGER,
    selfTradePrevention: z.enum(SELF_TRADE_PREVENTIONS).optional()
      .describe("Which of your own matching orders goes; RejectTaker unless given"),
    autoBorrow: flagArgument("Spot: borrow what is missing").optional(),
    autoBorrowRepay: flagArgument("Spot: repay debt with what is bought").optional(),
    autoLend: flagArgument("Spot: lend what is bought").optional(),
    autoLendRedeem: flagArgument("Spot: take back what is lent to sell it").optional(),
    slippageTolerance: decimalArgument("Market only: how far the price may slip").optional(),
    slippageToleranceType: z.enum(["TickSize", "Percent"]).optional()
      .describe("Unit of slippageTolerance"),
    clientId: newClientIdArgument("Your own id for the order; random unless given").optional(),
    repeatOf: clientIdArgument("The clientId of an order just like it that the owner wants twice")
      .optional(),
  }),
  output: z.object({
    outcome: z.literal("placed"),
    order: OrderOutput,
    resolvedBy: z.string().optional(),
    isEarlier: z.boolean().optional(),
  }),
  run: async ({ repeatOf, ...request }, { desk, mode, person, call }) => {
    const placed = await desk.createOrder(request, { repeatOf, person }, call);
    const { order, resolvedBy, isEarlier, intents } = placed;
    const earlier = isEarlier ? `; nothing was sent now; ${THEN}` : "";
    const value = {
      outcome: "placed" as const,
      order,
      ...(resolvedBy ? { resolvedBy } : {}),
      ...(isEarlier ? { isEarlier } : {}),
    };
    return { line: orderLine(mode, order) + lostWords(resolvedBy) + earlier, value, intents };
  },
});

/** What became of an order. */
export const getOrderOutcome = defineTool({
  name: "get_order_outcome",
  title: "Find out what became of an order",
  description: "Asks again what became of an order that create_order answered with outcome " +
    "unknown. placed is certain; not_placed is too, unless resolvedBy is inference: the desk then " +
    "looks for it for another day. On unknown never send it again.",
  group: "orders",
  effect: "none",
  input: z.strictObject({
    clientId: clientIdArgument("The clientId in create_order's answer"),
  }),
  output: z.object({
    outcome: z.enum(["placed", "not_placed", "unknown", "in_flight"]),
    clientId: z.int(),
    symbol: z.string(),
    order: OrderOutput.optional(),
    resolvedBy: z.string().optional(),
    note: z.string().optional(),
  }),
  run: async ({ clientId }, { desk, mode, call }) => {
    const { intents, isEarlier, ...found } = await desk.getOrderOutcome(clientId, call);
    const { outcome, order } = found;
    const note = isEarlier ? (order && THEN) : order === undefined ? NOTES[outcome] : undefined;
    const value = note === undefined ? found : { ...found, note };
    const what = order === undefined ? found.symbol : orderWords(order);
    const words = [`${mode.toUpperCase()} clientId ${clientId}: ${outcome}`, what, note ?? ""];
    return { line: sentence(words), value, ...(outcome === "unknown" ? {} : { intents }) };
  },
});

const THEN = "the order is shown as it was then: get_order shows it as it is now";
const LOOKING = "it may or may not stand: don't send it again; ask again in half a minute, and " +
  "tell the owner";
const NOTES: Readonly<Record<string, string>> = { unknown: LOOKING, in_flight: LOOKING };

/** The order tools, in the order in which clients list them. */
export const ORDER_TOOLS: readonly Tool[] = [
  listOrders,
  createOrder,
  getOrderOutcome,
];
