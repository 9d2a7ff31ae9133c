/**
 * Simple cross margin: what an account is worth, and what its positions and orders need. A tenth
 * of their value at the mark price, against the net equity of everything held. No liquidation.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import { ASSETS } from "./listings.ts";
import { INITIAL_MARGIN, type Market } from "./market.ts";
import type { Side } from "./order.ts";

/** What can be said about an account's margin. */
export interface Margin {
  /** Collateral by weight, and unrealised profit. */
  readonly equity: Decimal;
  readonly unrealised: Decimal;
  /** What positions and orders need. */
  readonly required: Decimal;
  /** The part of it that only orders need. */
  readonly requiredByOrders: Decimal;
  /** Positions, at mark price. */
  readonly exposure: Decimal;
}

/** An order that is not placed yet. */
export interface Intent {
  readonly market: Market;
  readonly side: Side;
  readonly quantity: Decimal;
}

type Markets = ReadonlyMap<string, Market>;

/** The account's margin, with an order that it might place. */
export function marginOf(account: Account, markets: Markets, intent?: Intent): Margin {
  let unrealised = ZERO;
  let exposure = ZERO;
  let needed = ZERO;
  for (const market of markets.values()) {
    if (!market.isPerp) continue;
    const position = account.positions.get(market.symbol);
    unrealised = unrealised.plus(position?.unrealised(market.markPrice) ?? ZERO);
    const held = position?.quantity ?? ZERO;
    exposure = exposure.plus(held.abs().times(market.markPrice));
    needed = needed.plus(worstQuantity(account, market, held, intent).times(market.markPrice));
  }
  return {
    equity: collateralOf(account, markets).plus(unrealised),
    unrealised,
    exposure,
    required: needed.times(INITIAL_MARGIN),
    requiredByOrders: needed.minus(exposure).times(INITIAL_MARGIN),
  };
}

/** The largest position, either way, that the orders could lead to. */
function worstQuantity(account: Account, market: Market, held: Decimal, intent?: Intent): Decimal {
  const sum = { ...account.resting(market.symbol) };
  if (intent?.market === market) sum[intent.side] = sum[intent.side].plus(intent.quantity);
  const long = held.plus(sum.Bid).abs();
  const short = held.minus(sum.Ask).abs();
  const most = long.gt(short) ? long : short;
  return most.gt(held.abs()) ? most : held.abs();
}

/** What the account's assets are worth as collateral. */
export function collateralOf(account: Account, markets: Markets): Decimal {
  return ASSETS.reduce((sum, { symbol, collateralWeight }) => {
    const value = account.total(symbol).times(assetPrice(symbol, markets));
    return sum.plus(value.times(collateralWeight));
  }, ZERO);
}

/** An asset's price in USDC. */
export function assetPrice(asset: string, markets: Markets): Decimal {
  return markets.get(`${asset}_USDC`)?.markPrice ?? ONE;
}

const ONE: Decimal = decimal("1");
