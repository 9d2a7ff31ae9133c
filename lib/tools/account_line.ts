/**
 * What an account holds and has done, in one line, as a trader says it. Amounts in a line are cut
 * to 8 decimals; the answer beside it has them whole.
 *
 * @module
 */

import type { Balances } from "../account/balances.ts";
import type { FillSummary, Traded } from "../account/fill_summary.ts";
import type { Overview } from "../account/overview.ts";
import type { OpenPosition } from "../account/positions.ts";
import { word } from "../quote.ts";
import { assetsOf } from "../symbol.ts";
import { counted, sentence, short } from "./line.ts";

/** How many things a line names before it only counts. */
const MAX_NAMED = 6;

/** Such as `2 assets, 390.5 USD in all: 100.5 USDC, 2 SOL (290 USD)`. */
export function balancesLine({ balances, totalUsd, unvalued, borrowedUsd }: Balances): string {
  const count = counted(balances.length, "asset");
  const worth = totalUsd === undefined ? count : `${count}, ${short(totalUsd, 2)} USD in all`;
  const named = balances.map(({ asset, total, valueUsd }) => {
    const value = valueUsd === undefined || asset === "USDC" ? "" : ` (${short(valueUsd, 2)} USD)`;
    return total === undefined ? word(asset) : `${short(total)} ${word(asset)}${value}`;
  });
  return sentence([
    [worth, list(named)].filter((part) => part !== "").join(": "),
    unvalued.length === 0 ? "" : `no price for ${list(unvalued.map(word))}`,
    borrowedUsd === undefined ? "" : `${short(borrowedUsd, 2)} USD borrowed, not subtracted`,
  ]);
}

/** Such as `1 position: long 0.5 SOL_USDC_PERP from 140, mark 141, unrealized 0.5 USDC`. */
export function positionsLine(positions: readonly OpenPosition[]): string {
  const count = counted(positions.length, "position");
  return [count, list(positions.map(positionWords), "; ")].filter((part) => part !== "").join(": ");
}

function positionWords(position: OpenPosition): string {
  const { symbol, side, quantity, entryPrice, markPrice } = position;
  const quote = word(assetsOf(symbol).quote);
  return [
    `${side} ${short(quantity)} ${word(symbol)}`,
    entryPrice === undefined ? "" : ` from ${short(entryPrice)}`,
    markPrice === undefined ? "" : `, mark ${short(markPrice)}`,
    position.pnlUnrealized === undefined
      ? ""
      : `, unrealized ${short(position.pnlUnrealized)} ${quote}`,
    `, liquidation ${position.liquidationPrice ? `at ${position.liquidationPrice}` : "not known"}`,
  ].join("");
}

/** Such as `3 fills, 1 maker: bought 3 SOL_USDC at 140.1 for 420.3 USDC; fees 0.4203 USDC`. */
export function fillsLine(summary: FillSummary): string {
  const { count, makerCount, systemCount, traded, fees } = summary;
  const paid = fees.map(({ asset, amount }) => `${short(amount)} ${word(asset)}`);
  return sentence([
    `${counted(count, "fill")}, ${makerCount} maker` +
    (traded.length === 0 ? "" : `: ${list(traded.map(tradedWords))}`),
    paid.length === 0 ? "" : `fees ${list(paid)}`,
    systemCount === 0 ? "" : `${systemCount} made by the exchange (liquidation or its like)`,
  ]);
}

function tradedWords(traded: Traded): string {
  const { side, symbol, quantity, quoteQuantity, quoteAsset, averagePrice } = traded;
  const verb = side === "Bid" ? "bought" : side === "Ask" ? "sold" : word(side);
  const quote = `${short(quoteQuantity)} ${word(quoteAsset)}`;
  return `${verb} ${short(quantity)} ${word(symbol)} at ${short(averagePrice)} for ${quote}`;
}

/** Such as `spot 0.08 % maker, 0.1 % taker; leverage up to 20; auto-lend on; equity 20.28 USD`. */
export function overviewLine(overview: Overview): string {
  const { fees, leverageLimit, switches, margin, isLiquidating } = overview;
  const percent = (name: string): string => `${fees[name]?.percent ?? "?"} %`;
  return sentence([
    isLiquidating ? "BEING LIQUIDATED" : "",
    `spot fees ${percent("spotMaker")} maker, ${percent("spotTaker")} taker`,
    `perpetuals ${percent("futuresMaker")} maker, ${percent("futuresTaker")} taker`,
    leverageLimit === undefined ? "" : `leverage up to ${leverageLimit}`,
    switches.autoLend === undefined ? "" : `auto-lend ${switches.autoLend ? "on" : "off"}`,
    margin?.netEquity === undefined ? "" : `equity ${short(margin.netEquity, 2)} USD`,
    margin?.netEquityAvailable === undefined
      ? ""
      : `${short(margin.netEquityAvailable, 2)} USD of it free`,
  ]);
}

function list(names: readonly string[], separator = ", "): string {
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).join(separator);
  return more > 0 ? `${named} and ${more} more` : named;
}
