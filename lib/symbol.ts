/**
 * What a market's symbol says of its assets.
 *
 * @module
 */

/**
 * Base and quote asset in a symbol; without an underscore the whole is the base.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(assetsOf("SOL_USDC_PERP"), { base: "SOL", quote: "USDC" });
 * ```
 */
export function assetsOf(symbol: string): { base: string; quote: string } {
  const [base = symbol, quote = ""] = symbol.split("_");
  return { base, quote };
}
