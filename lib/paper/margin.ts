/**
 * Simple cross margin: what an account is worth, and what its positions and orders need. A tenth
 * of their value at the mark price, against the net equity of everything held. No liquidation.
 *
 * @module
 */

import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Account } from "./account.ts";
import type { Collateral } from "./listings.ts";
import { INITIAL_MARGIN, type Market } from "./market.ts";
import type { Side } from "./order.ts";

/** What can be said about an account's margin. */
export interface Margin {
  /** Collateral by weight, and unrealised profit. */
  readonly equity: Decimal;
  /** Profit so far of what is open, USD; a loss is negative. */
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
  /** In the base asset. */
  readonly quantity: Decimal;
}

/** What is listed: the engine. */
export interface Listed {
  readonly markets: ReadonlyMap<string, Market>;
  readonly assets: readonly Collateral[];
}

/** The account's margin, with an order that it might place. */
export function marginOf(account: Account, listed: Listed, intent?: Intent): Margin {
  let unrealised = ZERO;
  let exposure = ZERO;
  let needed = ZERO;
  for (const market of listed.markets.values()) {
    if (!market.isPerp) continue;
    const position = account.positions.get(market.symbol);
    unrealised = unrealised.plus(position?.unrealised(market.markPrice) ?? ZERO);
    const held = position?.quantity ?? ZERO;
    exposure = exposure.plus(held.abs().times(market.markPrice));
    needed = needed.plus(worstQuantity(account, market, held, intent).times(market.markPrice));
  }
  return {
    equity: collateralOf(account, listed).plus(unrealised),
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
export function collateralOf(account: Account, listed: Listed): Decimal {
  return listed.assets.reduce((sum, { symbol, collateralWeight }) => {
    const value = account.total(symbol).times(assetPrice(symbol, listed));
    return sum.plus(value.times(collateralWeight));
  }, ZERO);
}

/** An asset's price in USDC; nothing without a market for it. */
export function assetPrice(asset: string, { markets }: Listed): Decimal {
  if (asset === "USDC") return ONE;
  return markets.get(`${asset}_USDC`)?.markPrice ?? ZERO;
}

const ONE: Decimal = decimal("1");
