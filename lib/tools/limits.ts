/**
 * Tools that tell beforehand: the owner's limits, and what would become of an order.
 *
 * @module
 */

import * as z from "zod";
import type { Preview } from "../desk/preview.ts";
import { word } from "../quote.ts";
import { assetsOf } from "../symbol.ts";
import { parseObject } from "./arguments.ts";
import { sentence } from "./line.ts";
import { createOrder } from "./orders.ts";
import { defineTool } from "./tool.ts";

/** The owner's limits. */
export const getLimits = defineTool({
  name: "get_limits",
  title: "Show the owner's limits",
  description: "Shows every limit that the owner has set for this desk, what is used of it and " +
    "what is left. Amounts are USD. Nothing that a tool takes can change one.",
  group: "orders",
  effect: "none",
  input: z.strictObject({}),
  output: z.object({
    limits: z.array(z.looseObject({ variable: z.string(), limit: z.string() })),
    paper: z.string().optional(),
  }),
  run: async (_args, { desk, mode, call }) => {
    const { limits, paper } = await desk.limits(call);
    const told = limits.filter(({ left }) => left !== undefined)
      .map(({ variable, limit, left }) => `${variable}=${limit}: ${left} left`);
    return {
      line: [
        `${mode.toUpperCase()} ${told.join("; ") || "no limits"}`,
        ...(paper === undefined ? [] : [`paper ${paper}`]),
      ].join("; "),
      value: {
        limits: limits.map((limit) => ({ ...limit })),
        ...(paper === undefined ? {} : { paper }),
      },
    };
  },
});

// In read-only mode there is no create_order to look its arguments up at: the common ones stand here.
const { symbol, side, orderType, quantity, quoteQuantity, price } = createOrder.input.shape;

/** An order, judged and not sent. */
export const previewOrder = defineTool({
  name: "preview_order",
  title: "Preview an order",
  description: "Takes create_order's arguments and tells what would become of the order; never " +
    "sends it. Each check and limit with its result, value, fill, fee and balance, the largest " +
    "quantity that could be ordered and what bounds it, and whether a person would be asked.",
  group: "orders",
  effect: "none",
  input: z.looseObject({ symbol, side, orderType, quantity, quoteQuantity, price }),
  output: z.looseObject({
    wouldSend: z.boolean(),
    needsApproval: z.boolean(),
    checks: z.array(z.looseObject({ check: z.string(), ok: z.boolean(), message: z.string() })),
  }),
  run: async (args, { desk, mode, call }) => {
    const what = "Cannot call preview_order";
    const { repeatOf, ...request } = parseObject(createOrder.input, args, { what, acts: false });
    const preview = await desk.previewOrder(request, repeatOf, call);
    const { approvalReasons, suggestions, costs, largest, wouldSend, checks } = preview;
    const value = {
      wouldSend,
      checks: checks.map((check) => ({ ...check })),
      needsApproval: approvalReasons.length > 0,
      ...(approvalReasons.length > 0 ? { approvalReasons } : {}),
      ...(suggestions.length > 0 ? { suggestions } : {}),
      ...costs,
      ...(largest === undefined ? {} : { largest }),
    };
    const order = `${request.side === "Bid" ? "BUY" : "SELL"} ${request.symbol}`;
    const verdict = verdictOf(preview, word(assetsOf(request.symbol).base));
    return { line: `${mode.toUpperCase()} preview ${order}: ${verdict}`, value };
  },
});

function verdictOf(
  { wouldSend, checks, approvalReasons, costs, largest }: Preview,
  asset: string,
): string {
  const failed = checks.filter(({ ok }) => !ok).map(({ message }) => message);
  const most = mostOf(largest, asset);
  if (failed.length > 0) return sentence([`would be refused: ${failed.join("; ")}`, most]);
  const worth = costs?.notionalUsd === undefined ? "" : `, counts as ${costs.notionalUsd} USD`;
  const notes = costs?.notes ?? [];
  if (wouldSend) return sentence([`would be sent${worth}`, ...notes, most]);
  const reasons = approvalReasons.join("; ");
  return sentence([`would need a person's yes${worth}: ${reasons}`, ...notes, most]);
}

function mostOf(largest: Preview["largest"], asset: string): string {
  if (largest === undefined) return "";
  const { quantity, boundBy } = largest;
  const by = boundBy.join(", ");
  return quantity === undefined
    ? `no quantity passes ${by}`
    : `at most ${quantity} ${asset}, by ${by}`;
}
