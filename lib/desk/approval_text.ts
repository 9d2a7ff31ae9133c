/**
 * What a person reads before saying yes. Every word is the desk's own: nothing of it was written by
 * a model or by the exchange, but for the market's symbol and the numbers, which were checked.
 *
 * @module
 */

import { type Decimal, decimal, divide, roundUp } from "../decimal.ts";
import type { Mode } from "../settings.ts";
import { assetsOf } from "../symbol.ts";
import { type Approvable, type Proposal, valueOf } from "./proposal.ts";
import type { OrderRequest } from "./order_request.ts";
import { references } from "./prices.ts";

/** The order in a few lines: what, at which price and how far from the market, worth how much. */
export function questionLines(
  mode: Mode,
  { items, proposals, reasons, replaces }: Approvable & { reasons: readonly string[] },
): string[] {
  const about = items.flatMap(({ request, clientId }, index) => {
    const proposal = proposals[index];
    return proposal === undefined ? [] : orderLines(mode, request, { clientId, proposal });
  });
  const instead = replaces === undefined ? [] : [`It takes the place of order ${replaces}`];
  return [...about, ...instead, `You are asked because ${reasons.join("; and because ")}.`];
}

function orderLines(
  mode: Mode,
  request: OrderRequest,
  { clientId, proposal }: { clientId: number; proposal: Proposal },
): string[] {
  const value = valueOf(proposal);
  const worth = value === undefined
    ? "Its value in USD is not known"
    : `Worth about ${roundUp(value.notional)} USD`;
  return [
    `${mode.toUpperCase()} ${amountText(request)} ${request.symbol} ${priceText(request)}`,
    distanceText(proposal),
    `${worth}; client id ${clientId}`,
    ...flagTexts(request),
  ];
}

function amountText(request: OrderRequest): string {
  const { side, quantity, triggerQuantity, quoteQuantity, symbol } = request;
  const verb = side === "Bid" ? "BUY" : "SELL";
  const base = quantity ?? triggerQuantity;
  if (base !== undefined) return `${verb} ${base}`;
  return `${verb} ${quoteQuantity} ${assetsOf(symbol).quote} of`;
}

function priceText({ orderType, price, triggerPrice, triggerBy }: OrderRequest): string {
  const at = orderType === "Limit" ? `at a limit of ${price}` : "at the market's price";
  if (triggerPrice === undefined) return at;
  return `${at}, once ${triggerBy ?? "MarkPrice"} reaches ${triggerPrice}`;
}

function distanceText({ request, prices, estimated }: Proposal): string {
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

function flagTexts(request: OrderRequest): string[] {
  const { postOnly, reduceOnly, timeInForce, autoBorrow } = request;
  const { takeProfitTriggerPrice, stopLossTriggerPrice } = request;
  const words = [
    timeInForce === undefined ? "" : timeInForce,
    postOnly ? "post-only" : "",
    reduceOnly ? "reduce-only" : "",
    autoBorrow ? "BORROWS if needed" : "",
    takeProfitTriggerPrice === undefined ? "" : `takes profit at ${takeProfitTriggerPrice}`,
    stopLossTriggerPrice === undefined ? "" : `stops at ${stopLossTriggerPrice}`,
  ].filter((word) => word !== "");
  return words.length === 0 ? [] : [words.join(", ")];
}
