/**
 * One execution of one account's order, and its form in the history (API digest, section 5,
 * `OrderFill`): the client id is text there, and the time has no zone.
 *
 * @module
 */

import type { Decimal } from "../decimal.ts";
import type { PaperOrder } from "./order.ts";
import { naiveIso } from "./reply.ts";

/** An execution. */
export interface Fill {
  readonly order: PaperOrder;
  readonly tradeId: number;
  /** In the quote asset. */
  readonly price: Decimal;
  /** In the base asset. */
  readonly quantity: Decimal;
  /** Negative for a rebate. */
  readonly fee: Decimal;
  /** The asset that the fee was taken in. */
  readonly feeSymbol: string;
  readonly isMaker: boolean;
  /** Unix ms. */
  readonly timestamp: number;
}

/** `OrderFill` on the wire. */
export function fillToWire(fill: Fill): Record<string, unknown> {
  const { clientId, side, symbol } = fill.order.terms;
  return {
    orderId: fill.order.id,
    clientId: clientId === null ? null : String(clientId),
    symbol,
    side,
    price: fill.price.toFixed(),
    quantity: fill.quantity.toFixed(),
    fee: fill.fee.toFixed(),
    feeSymbol: fill.feeSymbol,
    isMaker: fill.isMaker,
    timestamp: naiveIso(fill.timestamp),
    tradeId: fill.tradeId,
    systemOrderType: null,
  };
}
