/**
 * What an order is asked to be: which members go together, and what is sent for them. Pure; knows
 * nothing of markets.
 *
 * Follows the API digest, 6.1: `OrderExecutePayload`.
 *
 * @module
 */

import { isAmount } from "../decimal.ts";
import { quoted } from "../quote.ts";
import type { ParamValue } from "../signing.ts";

/** An order as its owner asks for it; every decimal is text and is sent byte for byte. */
export interface OrderRequest {
  symbol: string;
  side: "Bid" | "Ask";
  orderType: "Limit" | "Market";
  price?: string | undefined;
  /** In the base asset. */
  quantity?: string | undefined;
  /** In the quote asset; what a Market order may cost or shall bring. */
  quoteQuantity?: string | undefined;
  timeInForce?: "GTC" | "IOC" | "FOK" | undefined;
  postOnly?: boolean | undefined;
  reduceOnly?: boolean | undefined;
  /** uint32. */
  clientId?: number | undefined;
}

/** Why these members don't make an order, each as a sentence; empty when they do. */
export function requestProblems(request: OrderRequest): string[] {
  return [...amountProblems(request), ...combinationProblems(request)];
}

function amountProblems(request: OrderRequest): string[] {
  const problems: string[] = [];
  for (const name of ["price", "quantity", "quoteQuantity"] as const) {
    const text = request[name];
    if (text === undefined || isAmount(text)) continue;
    problems.push(
      `${name} ${quoted(text)} is not a decimal above zero in plain digits, such as "140.10"`,
    );
  }
  return problems;
}

function combinationProblems(request: OrderRequest): string[] {
  const problems = request.orderType === "Limit" ? limitProblems(request) : marketProblems(request);
  if (request.postOnly && request.timeInForce !== undefined && request.timeInForce !== "GTC") {
    problems.push(`postOnly rests on the book, and ${request.timeInForce} never does: drop one`);
  }
  return problems;
}

function limitProblems(request: OrderRequest): string[] {
  const problems: string[] = [];
  if (request.price === undefined) problems.push("a Limit order needs a price");
  if (request.quantity === undefined) problems.push("a Limit order needs a quantity");
  if (request.quoteQuantity !== undefined) {
    problems.push("quoteQuantity is for Market orders: a Limit order takes quantity");
  }
  return problems;
}

function marketProblems(request: OrderRequest): string[] {
  const problems: string[] = [];
  if (request.price !== undefined) {
    problems.push("a Market order takes no price: leave it out, or use orderType Limit");
  }
  if ((request.quantity === undefined) === (request.quoteQuantity === undefined)) {
    problems.push("a Market order needs exactly one of quantity and quoteQuantity");
  }
  if (request.postOnly) problems.push("postOnly is for Limit orders");
  return problems;
}

/** The body of `POST /api/v1/order`: what was asked, as it was asked, and the client id. */
export function orderBody(request: OrderRequest, clientId: number): Record<string, ParamValue> {
  const timeInForce = request.timeInForce ?? (request.orderType === "Limit" ? "GTC" : undefined);
  const members: Record<string, ParamValue | undefined> = { ...request, timeInForce, clientId };
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as Record<string, ParamValue>;
}
