/**
 * An order in one line, as a trader says it.
 *
 * @module
 */

import { decimal, divide } from "../decimal.ts";
import { amountOf, isWaiting } from "../desk/traces.ts";
import { word } from "../quote.ts";
import type { Order } from "../schemas/mod.ts";
import type { Mode } from "../settings.ts";
import { assetsOf } from "../symbol.ts";

/** Such as `LIVE BUY 1.5 SOL_USDC @ 140.10 GTC: New, 0/1.5 filled`. */
export function orderLine(mode: Mode, order: Order): string {
  return `${mode.toUpperCase()} ${orderWords(order)}`;
}

/** What follows an order's line where its reply was lost; nothing where it came. */
export function lostWords(resolvedBy: string | undefined): string {
  return resolvedBy === undefined ? "" : ` (its reply was lost; found by ${resolvedBy})`;
}

/** {@linkcode orderLine} without the mode. */
export function orderWords(order: Order): string {
  return `${describe(order)}: ${word(order.status)}, ${filled(order)}`;
}

function describe(order: Order): string {
  const verb = order.side === "Bid" ? "BUY" : order.side === "Ask" ? "SELL" : word(order.side);
  const words = [
    verb,
    amount(order),
    word(order.symbol),
    order.price === undefined ? "at market" : `@ ${order.price}`,
    order.timeInForce === undefined ? undefined : word(order.timeInForce),
    order.postOnly ? "post-only" : undefined,
    order.reduceOnly ? "reduce-only" : undefined,
    isWaiting(order) ? trigger(order) : undefined,
  ];
  return words.filter((word) => word !== undefined).join(" ");
}

function amount(order: Order): string | undefined {
  const size = amountOf(order);
  if (size !== undefined) return word(size);
  const quote = word(assetsOf(order.symbol).quote);
  return order.quoteQuantity === undefined ? undefined : `${order.quoteQuantity} ${quote} of`;
}

function trigger(order: Order): string {
  const by = order.triggerBy === undefined ? "the price" : word(order.triggerBy);
  return `once ${by} reaches ${order.triggerPrice}`;
}

function filled(order: Order): string {
  const executed = decimal(order.executedQuantity);
  const size = /[1-9]/.test(order.quantity ?? "") ? order.quantity : undefined;
  const reason = order.expiryReason === undefined ? "" : ` (${order.expiryReason})`;
  const ended = order.status === "Expired"
    ? `; it has expired${reason} and nothing rests on the book`
    : "";
  const share = size === undefined ? order.executedQuantity : `${order.executedQuantity}/${size}`;
  if (executed.isZero()) return `${share} filled${ended}`;
  const average = divide(decimal(order.executedQuoteQuantity), executed, 8)?.toFixed();
  const rest = size === undefined ? undefined : decimal(size).minus(executed);
  const left = rest === undefined || rest.lte(0) ? "" : `, ${rest.toFixed()} not filled`;
  return `${share} filled at ${average} on average${left}${ended}`;
}
