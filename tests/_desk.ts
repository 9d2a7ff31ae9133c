/**
 * A desk in front of a scripted exchange, for what becomes of orders over time.
 *
 * @module
 */

import { connect, type Connection, type ConnectOptions, json, TestClock } from "./_helpers.ts";
import { NO_ORDERS, refusal, type Route, type Routes, routes, wireOrder } from "./_routes.ts";

/** An order that the scripted exchange knows as `wireOrder()`. */
export const LIMIT = {
  symbol: "SOL_USDC",
  side: "Bid",
  orderType: "Limit",
  price: "140.10",
  quantity: "1.5",
  clientId: 7,
};
/** The exchange knows no such order. */
export const NOT_FOUND = (): Response => refusal("RESOURCE_NOT_FOUND", "Not Found", 404);

/** A desk whose exchange answers as scripted; its routes may be changed while it is open. */
export interface Desk extends Connection {
  exchange: Routes;
  scripted: Record<string, Route>;
}

/** Opens a desk on an exchange that takes orders and then shows none. */
export async function open(
  scripted: Record<string, Route> = {},
  options: Partial<ConnectOptions> = {},
): Promise<Desk> {
  const clock = options.clock ?? new TestClock();
  const all: Record<string, Route> = {
    "POST /api/v1/order": ({ body }) => json(wireOrder(body)),
    "GET /api/v1/order": NOT_FOUND,
    ...NO_ORDERS,
    ...scripted,
  };
  const exchange = routes(all, () => clock.now());
  const connection = await connect({ fetch: exchange.fetch, ...options, clock });
  return { ...connection, exchange, scripted: all };
}

/** Lets time pass, the background's rounds included. */
export async function wait(desk: Desk, durationMs: number): Promise<void> {
  await desk.clock.run(new Promise<void>((resolve) => void desk.clock.after(durationMs, resolve)));
}
