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
import type { OrderRequest, TriggerBy } from "./order_request.ts";
import { references } from "./prices.ts";

/** Each order in a few lines: what, at which price and how far from the market, worth how much. */
export function questionLines(
  mode: Mode,
  { items, proposals, reasons, replaces }: Approvable & { reasons: readonly string[] },
): string[] {
  const about = items.flatMap(({ request, clientId }, index) => {
    const proposal = proposals[index];
    return proposal === undefined ? [] : orderLines(mode, request, { clientId, proposal });
  });
  const many = items.length === 1
    ? []
    : [`${mode.toUpperCase()} ${items.length} orders at once: one yes is for all of them`];
  const instead = replaces === undefined ? [] : [`It takes the place of order ${replaces}`];
  return [
    ...many,
    ...about,
    ...instead,
    `You are asked because ${reasons.join("; and because ")}.`,
  ];
}

function orderLines(
  mode: Mode,
  request: OrderRequest,
  { clientId, proposal }: { clientId: number; proposal: Proposal },
): string[] {
  const value = valueOf(proposal);
  const worth = value === undefined
    ? "Its value in USD is not known"
    : `Counts as ${roundUp(value.notional)} USD`;
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
  const percent = divide(price.minus(reference).times(100), reference);
  if (percent === undefined || percent.isZero()) return `${price.toFixed()} is exactly at`;
  const way = percent.gt(0) ? "above" : "below";
  return `${price.toFixed()} is ${roundUp(percent.abs())} % ${way}`;
}

function flagTexts(request: OrderRequest): string[] {
  const { takeProfitTriggerPrice, takeProfitLimitPrice, takeProfitTriggerBy } = request;
  const { stopLossTriggerPrice, stopLossLimitPrice, stopLossTriggerBy } = request;
  const words = [
    request.timeInForce,
    request.postOnly ? "post-only" : undefined,
    request.reduceOnly ? "reduce-only" : undefined,
    request.autoBorrow ? "BORROWS if needed" : undefined,
    request.autoBorrowRepay ? "repays debt" : undefined,
    request.autoLend ? "lends what is bought" : undefined,
    request.autoLendRedeem ? "takes back what is lent" : undefined,
    exitText("takes profit", takeProfitTriggerPrice, takeProfitLimitPrice, takeProfitTriggerBy),
    exitText("stops", stopLossTriggerPrice, stopLossLimitPrice, stopLossTriggerBy),
    slippageText(request),
    OWN_ORDERS[request.selfTradePrevention ?? "RejectTaker"],
  ].filter((text) => text !== undefined);
  return words.length === 0 ? [] : [words.join(", ")];
}

/** What becomes of the owner's own orders that this one meets; nothing is said of the default. */
const OWN_ORDERS = {
  RejectTaker: undefined,
  RejectMaker: "cancels own orders that it meets",
  RejectBoth: "is cancelled with own orders that it meets",
} as const;

function exitText(
  what: string,
  at: string | undefined,
  limit: string | undefined,
  by: TriggerBy = "MarkPrice",
): string | undefined {
  if (at === undefined) return undefined;
  return `${what} at ${at} (${by}; ${limit === undefined ? "at market" : `limit ${limit}`})`;
}

function slippageText(request: OrderRequest): string | undefined {
  const { slippageTolerance, slippageToleranceType } = request;
  if (slippageTolerance === undefined) return undefined;
  return `slips at most ${slippageTolerance} ${
    slippageToleranceType === "Percent" ? "%" : "ticks"
  }`;
}
