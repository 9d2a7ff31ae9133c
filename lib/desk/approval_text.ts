/**
 * What a person reads before saying yes. Every word is the desk's own: nothing of it was written by
 * a model or by the exchange, but for the market's symbol and the numbers, which were checked.
 *
 * @module
 */

import { type Decimal, decimal, divide, roundUp } from "../decimal.ts";
import type { Mode } from "../settings.ts";
import type { Approvable } from "./approval.ts";
import { valueOf } from "./judge.ts";
import type { OrderRequest } from "./order_request.ts";
import { references } from "./prices.ts";

/** The order in a few lines: what, at which price and how far from the market, worth how much. */
export function questionLines(mode: Mode, order: Approvable): string[] {
  const { request, clientId, proposal, reasons } = order;
  const value = valueOf(proposal);
  const worth = value === undefined
    ? "Its value in USD is not known"
    : `Worth about ${roundUp(value.notional)} USD`;
  return [
    `${mode.toUpperCase()} ${amountText(request)} ${request.symbol} ${priceText(request)}`,
    distanceText(order),
    worth,
    ...flagTexts(request),
    `Order ${clientId}. You are asked because ${reasons.join("; and because ")}.`,
  ].filter((line) => line !== "");
}

function amountText({ side, quantity, quoteQuantity, symbol }: OrderRequest): string {
  const verb = side === "Bid" ? "BUY" : "SELL";
  if (quantity !== undefined) return `${verb} ${quantity}`;
  return `${verb} ${quoteQuantity} ${symbol.split("_")[1] ?? ""} of`;
}

function priceText({ orderType, price }: OrderRequest): string {
  return orderType === "Limit" ? `at a limit of ${price}` : "at the market's price";
}

function distanceText({ request, proposal }: Approvable): string {
  const { prices, estimated } = proposal;
  const all = references(prices, request.side);
  const reference = all.find(({ name }) => name === "mark") ?? all[0];
  if (reference === undefined) return "The market tells no price to compare it with";
  const price = request.price === undefined
    ? "missing" in estimated ? undefined : averagePrice(estimated.fill)
    : decimal(request.price);
  if (price === undefined) return `The ${reference.name} is ${reference.price.toFixed()}`;
  return `${comparison(price, reference.price)} the ${reference.name}, ` +
    `${reference.price.toFixed()}`;
}

function averagePrice(
  fill: { quantity: Decimal; cost: Decimal } | undefined,
): Decimal | undefined {
  return fill === undefined ? undefined : divide(fill.cost, fill.quantity, 8);
}

function comparison(price: Decimal, reference: Decimal): string {
  const percent = divide(price.minus(reference).times(100), reference, 4);
  if (percent === undefined || percent.isZero()) return `${price.toFixed()} is exactly at`;
  const way = percent.gt(0) ? "above" : "below";
  return `${price.toFixed()} is ${roundUp(percent.abs())} % ${way}`;
}

function flagTexts({ postOnly, reduceOnly, timeInForce }: OrderRequest): string[] {
  const words = [
    timeInForce === undefined ? "" : timeInForce,
    postOnly ? "post-only" : "",
    reduceOnly ? "reduce-only" : "",
  ].filter((word) => word !== "");
  return words.length === 0 ? [] : [words.join(", ")];
}
