/**
 * Attached take-profit and stop-loss: on the right side of where the order would be filled. One on
 * the wrong side would close the position at once, at a price that nobody meant.
 *
 * @module
 */

import { type Decimal, decimal, largest, smallest } from "../decimal.ts";
import type { Problem } from "./checks.ts";
import type { OrderRequest } from "./order_request.ts";
import { type Prices, references } from "./prices.ts";

/** Every exit on the wrong side; `prices` may be left out for an order that has none. */
export function exitProblems(request: OrderRequest, prices: Prices | undefined): Problem[] {
  const entry = entryPrice(request, prices);
  return (["takeProfit", "stopLoss"] as const).flatMap((exit) => {
    const name = `${exit}TriggerPrice` as const;
    const text = request[name];
    if (text === undefined) return [];
    if (entry === undefined) return [{ message: `${name} can't be compared: no price is known` }];
    const isAbove = (request.side === "Bid") === (exit === "takeProfit");
    const trigger = decimal(text);
    if (isAbove ? trigger.gt(entry.price) : trigger.lt(entry.price)) return [];
    const way = isAbove ? "above" : "below";
    const whose = `${request.side === "Bid" ? "a buyer" : "a seller"}'s`;
    return [{
      message: `${name} ${text} is on the wrong side: ${whose} lies ${way} ${entry.name}, ` +
        entry.price.toFixed(),
    }];
  });
}

/** Where the order would be filled at best: its own price, or the market's if that is better. */
function entryPrice(
  request: OrderRequest,
  prices: Prices | undefined,
): { price: Decimal; name: string } | undefined {
  const own = request.price ?? request.triggerPrice;
  const market = prices === undefined ? undefined : marketPrice(request, prices);
  if (own === undefined) return market;
  const price = decimal(own);
  const name = request.price === undefined ? "the trigger" : "its own price";
  if (market === undefined || request.triggerPrice !== undefined) return { price, name };
  const best = (request.side === "Bid" ? smallest : largest)([price, market.price]);
  return best?.eq(price) ? { price, name } : market;
}

function marketPrice(
  { side }: OrderRequest,
  prices: Prices,
): { price: Decimal; name: string } | undefined {
  const all = references(prices, side);
  const found = all.find(({ name }) => name === "mark") ?? all[0];
  return found && { price: found.price, name: `the ${found.name}` };
}
