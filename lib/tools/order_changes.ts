/**
 * Tools that place several orders, or another in the place of one.
 *
 * @module
 */

import * as z from "zod";
import type { ElementResult } from "../desk/send_batch.ts";
import type { OrderRequest } from "../desk/order_request.ts";
import { DeskError } from "../errors.ts";
import {
  clientIdArgument,
  decimalArgument,
  idArgument,
  orderKey,
  parseObject,
  symbolArgument,
} from "./arguments.ts";
import { lostWords, orderLine } from "./order_line.ts";
import { createOrder } from "./orders.ts";
import { OrderOutput } from "./outputs.ts";
import { defineTool } from "./tool.ts";

const Element = createOrder.input.omit({ repeatOf: true });

/** Some clients turn a nested array into text. */
const Orders = z.preprocess(
  (value) => typeof value === "string" ? arrayOf(value) : value,
  z.array(z.record(z.string(), z.unknown()), "must be an array of orders")
    .describe("1 to 20 orders, each with create_order's arguments but repeatOf"),
);

/** Several new orders. */
export const createOrders = defineTool({
  name: "create_orders",
  title: "Place several orders",
  description: "Places several orders in one request. The owner's limits hold for all of them " +
    "together, and a bad one stops all; after that each has its own outcome: on unknown do not send " +
    "it again, ask get_order_outcome.",
  group: "orders",
  effect: "places",
  input: z.strictObject({ orders: Orders }),
  output: z.object({
    results: z.array(z.looseObject({ outcome: z.string(), clientId: z.int() })),
  }),
  run: async ({ orders }, { desk, mode, person, call }) => {
    const requests = orders.map((order, index) => parseElement(order, index));
    const results = await desk.createOrders(requests, { person }, call);
    const values = results.map(({ clientId, result }) => ({ clientId, ...valueOf(result) }));
    const placed = values.filter(({ outcome }) => outcome === "placed").length;
    const others = values.filter(({ outcome }) => outcome !== "placed")
      .map(({ clientId, outcome, code }) => `${clientId} ${outcome} (${code})`);
    const line = [`${mode.toUpperCase()} ${placed} of ${values.length} orders placed`, ...others];
    const intents = results.flatMap(({ result }) =>
      result instanceof DeskError ? [] : result.intents
    );
    return { line: line.join("; "), value: { results: values }, intents };
  },
});

/** Another order in the place of one. */
export const replaceOrder = defineTool({
  name: "replace_order",
  title: "Replace an order",
  description:
    "Cancels one open order and places another for what is left of it, with a new price, " +
    "a new quantity or both, and all else as it was. If it can't be certain how the old one ended, " +
    "no new one is sent.",
  group: "orders",
  effect: "places",
  input: z.strictObject({
    symbol: symbolArgument(),
    orderId: idArgument("The order's id; or give clientId").optional(),
    clientId: clientIdArgument("The order's clientId; or give orderId").optional(),
    price: decimalArgument("New price").optional(),
    quantity: decimalArgument("New total, what was executed already included").optional(),
  }),
  output: z.object({
    outcome: z.literal("placed"),
    order: OrderOutput,
    replaced: OrderOutput,
    resolvedBy: z.string().optional(),
  }),
  run: async ({ price, quantity, ...key }, { desk, mode, person, call }) => {
    const changes = { price, quantity, person };
    const { order, replaced, resolvedBy, intents } = await desk.replaceOrder(
      orderKey(key, "not_placed"),
      changes,
      call,
    );
    const before = `; before: ${replaced.executedQuantity} filled @ ${replaced.price ?? "market"}`;
    const lost = resolvedBy === undefined ? {} : { resolvedBy };
    const value = { outcome: "placed" as const, order, replaced, ...lost };
    return { line: orderLine(mode, order) + lostWords(resolvedBy) + before, value, intents };
  },
});

function arrayOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseElement(order: Record<string, unknown>, index: number): OrderRequest {
  return parseObject(Element, order, { what: `Cannot place orders[${index}]`, acts: true });
}

function valueOf(
  result: ElementResult,
): { outcome: string; code?: string; [name: string]: unknown } {
  if (!(result instanceof DeskError)) {
    const { order, resolvedBy, isEarlier } = result;
    const how = { ...(resolvedBy && { resolvedBy }), ...(isEarlier && { isEarlier }) };
    return { outcome: "placed", order, ...how };
  }
  const { code, message, hint, details } = result;
  const { clientId: _, ...rest } = details;
  return { outcome: result.outcome ?? "unknown", code, message, hint, ...rest };
}
