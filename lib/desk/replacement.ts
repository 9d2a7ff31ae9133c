/**
 * What a replacement asks for: the old order with something changed, for what is left of it.
 *
 * @module
 */

import { decimal, isAmount } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { OrderKey } from "../exchange.ts";
import { quoted } from "../quote.ts";
import type { Order } from "../schemas/mod.ts";
import type { OrderRequest } from "./order_request.ts";
import { amountOf, isWaiting } from "./traces.ts";

/** What is to be different. */
export interface Changes {
  /** The new limit, in the quote asset; the old one unless given. */
  price?: string | undefined;
  /** The new total, what was executed already included. */
  quantity?: string | undefined;
}

/**
 * Refuses what would leave the order as it is: it would lose its place in the queue for nothing.
 *
 * @throws {DeskError} `invalid_input`
 */
export function refuseNoChange(old: Order, { price, quantity }: Changes): void {
  if (price === undefined && quantity === undefined) {
    throw refused("Cannot replace: give a new price, a new quantity, or both");
  }
  if (isSame(price, old.price) && isSame(quantity, amountOf(old))) {
    throw refused("Cannot replace: the order has this price and quantity already");
  }
}

function isSame(text: string | undefined, was: string | undefined): boolean {
  if (text === undefined) return true;
  return was !== undefined && isAmount(text) && isAmount(was) && decimal(text).eq(decimal(was));
}

/**
 * The same order for what is left, with every flag and leg that the exchange shows of it.
 *
 * @throws {DeskError} `invalid_input`, when the new total is no amount, nothing is left of it, or the
 * old order is an exit of another that the exchange would not tie the new one to
 */
export function requestOf(old: Order, { price, quantity }: Changes): OrderRequest {
  const { symbol, side, orderType, executedQuantity, triggerPrice } = old;
  const total = quantity ?? amountOf(old) ?? "0";
  if (old.relatedOrderId !== undefined && !old.reduceOnly) throw belongsTo(old.relatedOrderId);
  if (quantity === undefined && total.includes("%")) throw shareOfPosition();
  if (!isAmount(total)) throw noAmount(total);
  const left = decimal(total).minus(decimal(executedQuantity));
  if (left.lte(0)) throw nothingLeft(total, executedQuantity);
  // What nothing was executed of is sent as it was written.
  const amount = decimal(executedQuantity).isZero() ? total : left.toFixed();
  const members: Record<string, unknown> = {
    ...{ symbol, side, orderType, price: price ?? old.price },
    ...Object.fromEntries(CARRIED.map((name) => [name, old[name] || undefined])),
    ...(isWaiting(old)
      ? { triggerPrice, triggerQuantity: amount }
      : { quantity: amount, triggerBy: undefined }),
  };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as unknown as OrderRequest;
}

/**
 * The refusal of a new order, with suggestions that replace the old one under the same `key`: an order
 * to create would stand beside it. `refusal` was thrown before the old one was touched.
 */
export function suggestChanges(refusal: DeskError, old: Order, key: OrderKey): DeskError {
  const orders = refusal.details.suggestions as OrderRequest[] | undefined;
  if (orders === undefined) return refusal;
  const suggestions = orders.map((order) => changesOf(order, old))
    .filter((changes) => Object.keys(changes).length > 0)
    .map((changes) => ({ ...key, ...changes }));
  const instead = suggestions.length === 0
    ? ""
    : "; each of suggestions replaces the order instead";
  return refusal.with({ hint: `Nothing was changed${instead}`, details: { suggestions } });
}

function changesOf({ price, quantity, triggerQuantity }: OrderRequest, old: Order): Changes {
  const left = quantity ?? triggerQuantity ?? "0";
  const executed = decimal(old.executedQuantity);
  const total = executed.isZero() ? left : decimal(left).plus(executed).toFixed();
  return {
    ...(isSame(price, old.price) ? {} : { price }),
    ...(isSame(total, amountOf(old)) ? {} : { quantity: total }),
  };
}

const CARRIED = [
  ...["timeInForce", "postOnly", "reduceOnly", "selfTradePrevention", "triggerBy"],
  ...["takeProfitTriggerPrice", "takeProfitLimitPrice", "takeProfitTriggerBy"],
  ...["stopLossTriggerPrice", "stopLossLimitPrice", "stopLossTriggerBy"],
  ...["slippageTolerance", "slippageToleranceType"],
] as (keyof Order & keyof OrderRequest)[];

/** A new order can't be tied to another: it would stand when that, or its other exit, is done. */
function belongsTo(id: string): DeskError {
  return refused(
    `Cannot replace: the order is an exit of order ${id}, and a new one would not end with it`,
    ". To move the exit, cancel it and place a new one; cancel that yourself when the position is closed",
  );
}

function shareOfPosition(): DeskError {
  return refused(
    "Cannot replace: the order is for a share of the position",
    ". Cancel it, and place another with an amount",
  );
}

function noAmount(total: string): DeskError {
  const problem = `quantity ${quoted(total)} is not a decimal above zero in plain digits`;
  return refused(`Cannot replace: ${problem}`, '. Give plain digits, such as "1.50"');
}

function nothingLeft(total: string, executed: string): DeskError {
  return new DeskError("invalid_input", `Of ${total}, ${executed} is executed: nothing is left`, {
    outcome: "not_placed",
    hint: "quantity is the new total, what was executed already included",
  });
}

function refused(message: string, whatToDo = ""): DeskError {
  const hint = `Nothing was changed${whatToDo}`;
  return new DeskError("invalid_input", message, { outcome: "not_placed", hint });
}
