/**
 * Take-profit and stop-loss attached to an order: conditional orders of the other side that come
 * with its first fill, cover what it has filled, and end each other. On perpetuals they may only
 * reduce. The digest names the members and leaves open how they behave (section 6.1).
 *
 * @module
 */

import { type Decimal, decimal } from "../decimal.ts";
import type { Market } from "./market.ts";
import { NO_EXITS, type PaperOrder, type Terms } from "./order.ts";

/** The two kinds, by the prefix of their members. */
const KINDS = ["takeProfit", "stopLoss"] as const;

/** Conditional orders that are attached to that order, and wait. */
export function attachedTo(parentId: string | null, market: Market): PaperOrder[] {
  if (parentId === null) return [];
  return [...market.waiting].filter((order) => order.parentId === parentId);
}

/** Covers `quantity` more of what `order` has filled; `wait` lets a new conditional order wait. */
export function protect(
  order: PaperOrder,
  quantity: Decimal,
  market: Market,
  wait: (terms: Terms) => PaperOrder,
): void {
  if (order.terms.exits === NO_EXITS) return;
  const standing = attachedTo(order.id, market);
  for (const exit of standing) {
    exit.covered = exit.covered?.plus(quantity) ?? quantity;
    exit.account.note(exit);
  }
  if (standing.length > 0) return;
  for (const kind of KINDS) {
    const terms = exitTerms(kind, order, market);
    if (terms === undefined) continue;
    // A profit lies above what was bought and below what was sold.
    const rising = (order.terms.side === "Bid") === (kind === "takeProfit");
    Object.assign(wait(terms), { parentId: order.id, covered: quantity, rising });
  }
}

function exitTerms(
  kind: typeof KINDS[number],
  { terms }: PaperOrder,
  market: Market,
): Terms | undefined {
  const { exits } = terms;
  const triggerPrice = exits[`${kind}TriggerPrice`];
  const limitPrice = exits[`${kind}LimitPrice`];
  if (triggerPrice === null) return undefined;
  return {
    symbol: terms.symbol,
    side: terms.side === "Bid" ? "Ask" : "Bid",
    orderType: limitPrice === null ? "Market" : "Limit",
    price: limitPrice === null ? null : decimal(limitPrice),
    quantity: null,
    quoteQuantity: null,
    timeInForce: "GTC",
    selfTradePrevention: terms.selfTradePrevention,
    postOnly: false,
    reduceOnly: market.isPerp ? true : null,
    clientId: null,
    triggerPrice: decimal(triggerPrice),
    triggerQuantity: "0",
    triggerBy: exits[`${kind}TriggerBy`],
    slippageTolerance: null,
    slippageToleranceType: null,
    exits: NO_EXITS,
  };
}
