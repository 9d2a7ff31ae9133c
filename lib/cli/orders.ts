/**
 * `orders`: what is open, for a person without an assistant.
 *
 * @module
 */

import { MARKET_TYPES, openOrdersOf } from "../account/open_orders.ts";
import { amountOf } from "../desk/traces.ts";
import type { Order } from "../schemas/mod.ts";
import { type Command, type ExitCode, type Given, JSON_OPTION } from "./command.ts";
import { readExchange } from "./exchange.ts";
import { type Column, table } from "./table.ts";
import { timeText } from "./times.ts";
import type { World } from "./world.ts";

/** The command. */
export const orders: Command = {
  name: "orders",
  summary: "Lists the open orders of spot and perpetuals",
  example: "backpack-mcp orders",
  options: [JSON_OPTION],
  run,
};

const COLUMNS: readonly Column[] = [
  ...[{ heading: "symbol" }, { heading: "side" }, { heading: "type" }],
  ...["quantity", "price", "filled", "trigger"].map((heading) => ({ heading, isNumber: true })),
  ...[{ heading: "status" }, { heading: "flags" }, { heading: "order id" }],
  ...[{ heading: "client id", isNumber: true }, { heading: "created" }],
];

async function run(given: Given, world: World): Promise<ExitCode> {
  const found = await readExchange(
    world,
    (exchange, call) => openOrdersOf(exchange, { marketTypes: MARKET_TYPES }, call),
  );
  if (given.switches.has("json")) world.terminal.print(`${JSON.stringify({ orders: found })}\n`);
  else if (found.length === 0) world.terminal.print("No open orders.\n");
  else world.terminal.print(table(COLUMNS, found.map(rowOf)));
  return 0;
}

function rowOf(order: Order): string[] {
  const size = amountOf(order) ??
    (order.quoteQuantity && `${order.quoteQuantity} quote`);
  const flags = [
    order.timeInForce,
    order.postOnly && "post-only",
    order.reduceOnly && "reduce-only",
  ];
  return [
    order.symbol,
    order.side === "Bid" ? "BUY" : order.side === "Ask" ? "SELL" : order.side,
    order.orderType,
    size ?? "",
    order.price ?? "market",
    order.executedQuantity,
    order.triggerPrice ?? "",
    order.status,
    flags.filter(Boolean).join(" "),
    order.id,
    String(order.clientId ?? ""),
    timeText(order.createdAt),
  ];
}
