/**
 * Which members make an order, whatever the market: refuses what the exchange would refuse, or
 * might take for something else. Pure.
 *
 * Follows the API digest, 6.1.
 *
 * @module
 */

import { isAmount } from "../decimal.ts";
import { escapedText, quoted } from "../quote.ts";
import { isTrigger, type OrderRequest, PRICE_MEMBERS, QUANTITY_MEMBERS } from "./order_request.ts";

const DECIMALS = [
  ...PRICE_MEMBERS,
  ...QUANTITY_MEMBERS,
  "quoteQuantity",
  "slippageTolerance",
] as const;
/** Longer ones are cut. */
const MAX_SHOWN = 40;

/** Why these members don't make an order, each as a sentence; empty when they do. */
export function requestProblems(request: OrderRequest): string[] {
  return [
    ...decimalProblems(request),
    ...(request.orderType === "Limit" ? limitProblems(request) : marketProblems(request)),
    ...triggerProblems(request),
    ...exitProblems(request),
    ...(request.postOnly ? postOnlyProblems(request) : []),
  ];
}

function decimalProblems(request: OrderRequest): string[] {
  return DECIMALS.flatMap((name) => {
    const text = request[name];
    if (text === undefined || isAmount(text)) return [];
    if (name === "triggerQuantity" && text.includes("%")) {
      return ['triggerQuantity is an amount here, such as "1.5", and no share of the position'];
    }
    return [
      `${name} ${shown(text)} is not a decimal above zero in plain digits, such as "140.10"`,
    ];
  });
}

/** A space or a mark that can't be seen may be all that is wrong. */
function shown(text: string): string {
  return text.length <= MAX_SHOWN ? escapedText(text) : quoted(text);
}

function limitProblems(request: OrderRequest): string[] {
  const problems: string[] = [];
  if (request.price === undefined) problems.push("a Limit order needs a price");
  if (request.quantity === undefined && !isTrigger(request)) {
    problems.push("a Limit order needs a quantity");
  }
  if (request.quoteQuantity !== undefined) {
    problems.push("quoteQuantity is for Market orders: a Limit order takes quantity");
  }
  if (request.slippageTolerance !== undefined) {
    problems.push("slippageTolerance is for Market orders: a Limit order keeps to its price");
  }
  return problems;
}

function marketProblems(request: OrderRequest): string[] {
  const problems: string[] = [];
  if (request.price !== undefined) {
    problems.push("a Market order takes no price: leave it out, or use orderType Limit");
  }
  if (
    (request.quantity === undefined) === (request.quoteQuantity === undefined) &&
    !isTrigger(request)
  ) {
    problems.push("a Market order needs exactly one of quantity and quoteQuantity");
  }
  if ((request.slippageTolerance === undefined) !== (request.slippageToleranceType === undefined)) {
    problems.push("slippageTolerance and slippageToleranceType go together");
  }
  return problems;
}

function triggerProblems(request: OrderRequest): string[] {
  const { triggerPrice, triggerQuantity, triggerBy, quantity, quoteQuantity } = request;
  const problems: string[] = [];
  if ((triggerPrice === undefined) !== (triggerQuantity === undefined)) {
    problems.push("triggerPrice and triggerQuantity go together");
  }
  if (triggerBy !== undefined && triggerPrice === undefined) {
    problems.push("triggerBy needs a triggerPrice");
  }
  if (triggerPrice !== undefined && (quantity !== undefined || quoteQuantity !== undefined)) {
    problems.push("a trigger order takes triggerQuantity: leave quantity and quoteQuantity out");
  }
  return problems;
}

function exitProblems(request: OrderRequest): string[] {
  return (["takeProfit", "stopLoss"] as const).flatMap((exit) => {
    if (request[`${exit}TriggerPrice`] !== undefined) return [];
    const others = [`${exit}LimitPrice`, `${exit}TriggerBy`] as const;
    return others.filter((name) => request[name] !== undefined)
      .map((name) => `${name} needs a ${exit}TriggerPrice`);
  });
}

function postOnlyProblems({ orderType, timeInForce }: OrderRequest): string[] {
  if (orderType === "Market") return ["postOnly is for Limit orders"];
  if (timeInForce === undefined || timeInForce === "GTC") return [];
  return [`postOnly rests on the book, and ${timeInForce} never does: drop one`];
}
