/**
 * Where the public reads come from, and the market that they are about.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { Markets } from "../desk/markets.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import type { Market } from "../schemas/mod.ts";

/** The exchange's reads and the cached markets; a desk is one. */
export interface MarketSource {
  readonly exchange: Exchange;
  readonly markets: Markets;
}

/**
 * The market called `symbol`; `undefined` when the list of markets can't be had just now, which
 * is no reason not to ask about one.
 *
 * @throws {DeskError} `invalid_input` with the closest symbols if there is none
 */
export async function knownMarket(
  { markets }: MarketSource,
  symbol: string,
  call: Call,
): Promise<Market | undefined> {
  try {
    return await markets.get(symbol, call);
  } catch (error) {
    if (error instanceof DeskError && error.code !== "invalid_input") return undefined;
    throw error;
  }
}
