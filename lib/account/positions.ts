/**
 * Open positions, as a trader says them.
 *
 * The exchange answers 404 for a market without a position, and "0" for a liquidation price that
 * it has not worked out; it does that for a single market only (API digest, 4.3).
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Position } from "../schemas/mod.ts";
import { attempt, unlessNotFound } from "./attempt.ts";
import type { Markets } from "../desk/markets.ts";
import type { AccountReads } from "./holdings.ts";
import { given } from "./listing.ts";

/** An open position; amounts in the quote asset unless they are quantities. */
export interface OpenPosition {
  symbol: string;
  side: "long" | "short";
  /** In the base asset; never negative. */
  quantity: string;
  /** Absent when it is not known. */
  liquidationPrice?: string;
  /** In the quote asset, as text; so are all prices and profits here. */
  entryPrice?: string;
  breakEvenPrice?: string;
  markPrice?: string;
  /** What it is worth at the mark price, in the quote asset. */
  netExposureNotional?: string;
  /** Profit so far of what is open, in the quote asset; a loss is negative. */
  pnlUnrealized?: string;
  /** Profit of what was closed, in the quote asset. */
  pnlRealized?: string;
  /** Funding so far, in the quote asset. */
  cumulativeFundingPayment?: string;
  positionId?: string;
}

/**
 * The open positions; none is an empty list.
 *
 * @throws {DeskError} `invalid_input` for an unknown symbol, with the closest ones, and for a spot
 * market
 */
export async function listPositions(
  { exchange, markets }: AccountReads,
  query: { symbol?: string | undefined; marketType?: string | undefined },
  call: Call,
): Promise<OpenPosition[]> {
  if (query.symbol !== undefined) await markets.refuseUnknown(query.symbol, call);
  const rows = await unlessNotFound(exchange.positions(call, given(query))) ?? [];
  const open = rows.filter((row) => !decimal(row.netQuantity).isZero()).map(openPosition);
  // "No position" would hide the one on the perpetual that was meant.
  if (open.length === 0 && query.symbol !== undefined) {
    await refuseSpot(markets, query.symbol, call);
  }
  return open;
}

async function refuseSpot(markets: Markets, symbol: string, call: Call): Promise<void> {
  const all = await attempt(markets.all(call));
  if (all instanceof DeskError || all.get(symbol)?.marketType !== "SPOT") return;
  const perpetual = `${symbol}_PERP`;
  const instead = all.has(perpetual) ? `; ${perpetual} is the perpetual` : "";
  throw new DeskError("invalid_input", `${symbol} is a spot market: it has no positions`, {
    hint: `get_balances shows what is held${instead}`,
  });
}

function openPosition(row: Position): OpenPosition {
  const { symbol, netQuantity, estLiquidationPrice = "0", ...rest } = row;
  const isKnown = decimal(estLiquidationPrice).gt(0);
  return {
    symbol,
    side: decimal(netQuantity).isNegative() ? "short" : "long",
    quantity: netQuantity.replace(/^-/, ""),
    ...given(rest),
    ...(isKnown ? { liquidationPrice: estLiquidationPrice } : {}),
  };
}
