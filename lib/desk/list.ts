/**
 * Open orders, with a look at what lies outside the question: "nothing open" is never said beside
 * open perpetual orders.
 *
 * @module
 */

import { MARKET_TYPES, openOrdersOf } from "../account/open_orders.ts";
import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Order } from "../schemas/mod.ts";
import type { DeskParts } from "./parts.ts";

/** Which open orders to list. */
export interface ListQuery {
  /** Only this market. */
  symbol?: string | undefined;
  /** `SPOT` unless the symbol is a perpetual's; `ALL` for both. */
  marketType?: "SPOT" | "PERP" | "ALL" | undefined;
}

/** Open orders, and how many there are of the kinds that were not asked for. */
export interface OpenOrders {
  /** As the exchange lists them, spot before perpetuals. */
  orders: Order[];
  /** Such as `{ PERP: 2 }`; empty when there is nothing else. */
  alsoOpen: Record<string, number>;
  /** Says so when the second look failed. */
  note?: string;
}

/** Lists open orders. */
export async function listOrders(
  desk: DeskParts,
  query: ListQuery,
  call: Call,
): Promise<OpenOrders> {
  const { symbol } = query;
  if (symbol !== undefined) await desk.markets.refuseUnknown(symbol, call);
  const asked = query.marketType ?? (symbol?.endsWith("_PERP") ? "PERP" : "SPOT");
  const wanted = MARKET_TYPES.filter((type) => asked === "ALL" || asked === type);
  const others = MARKET_TYPES.filter((type) => !wanted.includes(type));
  const filter = symbol === undefined ? {} : { symbol };
  const [orders, also] = await Promise.all([
    openOrdersOf(desk.exchange, { marketTypes: wanted, ...filter }, call),
    countOthers(desk, others, call),
  ]);
  return { orders, ...also };
}

async function countOthers(
  desk: DeskParts,
  types: readonly string[],
  call: Call,
): Promise<{ alsoOpen: Record<string, number>; note?: string }> {
  const alsoOpen: Record<string, number> = {};
  try {
    for (const marketType of types) {
      const { length } = await desk.exchange.openOrders({ marketType }, call);
      if (length > 0) alsoOpen[marketType] = length;
    }
    return { alsoOpen };
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    return {
      alsoOpen,
      note: `Open ${types.join(", ")} orders could not be counted: ${error.message}`,
    };
  }
}
