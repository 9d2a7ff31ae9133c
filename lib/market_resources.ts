/**
 * The market resources: every market in short, and one market whole.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import { DeskError } from "./errors.ts";
import { sortedRows } from "./market/list.ts";
import type { MarketSource } from "./market/source.ts";

const MARKET_REGEXP = /^backpack:\/\/market\/([^/?#]+)$/;

/** The list of markets, as `resources/list` shows it. */
export const MARKETS_RESOURCE = {
  uri: "backpack://markets",
  name: "markets",
  title: "Markets",
  description: "Every market in any state, with its tick size, step size and minimum",
  mimeType: "application/json",
} as const;

/** The template of the markets' URIs. */
export const MARKET_TEMPLATE = {
  uriTemplate: "backpack://market/{symbol}",
  name: "market",
  title: "One market",
  description: "State and filters of one market, such as SOL_USDC_PERP; case-sensitive",
  mimeType: "application/json",
} as const;

/**
 * The content of a market resource; `undefined` for any other URI.
 *
 * @throws {DeskError} `not_found` with the closest symbols for an unknown market
 */
export async function readMarketResource(
  { markets }: MarketSource,
  uri: string,
  call: Call,
): Promise<unknown> {
  if (uri === MARKETS_RESOURCE.uri) {
    return { markets: sortedRows([...(await markets.all(call)).values()]) };
  }
  const symbol = nameIn(uri, MARKET_REGEXP);
  if (symbol === undefined) return undefined;
  return await markets.get(symbol, call).catch((error) => {
    throw error instanceof DeskError && error.code === "invalid_input"
      ? error.with({ code: "not_found" })
      : error;
  });
}

/** The symbols that begin with `prefix`, in any case, in sequence. */
export async function completeSymbol(
  { markets }: MarketSource,
  prefix: string,
  call: Call,
): Promise<string[]> {
  const symbols = [...(await markets.all(call)).keys()].sort();
  return symbols.filter((symbol) => symbol.toLowerCase().startsWith(prefix.toLowerCase()));
}

/** The name in a URI of that form, decoded; `undefined` for any other URI. */
export function nameIn(uri: string, form: RegExp): string | undefined {
  const encoded = form.exec(uri)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
