/**
 * What the account holds of each asset, in units of the asset: all of it or none.
 *
 * With auto-lend on, what is lent is not in `capital`, which then reads zero; `collateral` knows
 * it (API digest, 4.3).
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Markets } from "../desk/markets.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import { nearest } from "../nearest.ts";
import { isName, quoted } from "../quote.ts";
import type { Capital, Collateral } from "../schemas/mod.ts";

/** What an account is read through; a desk is one. */
export interface AccountReads {
  readonly exchange: Exchange;
  readonly markets: Markets;
}

/** What an account holds of one asset; decimals as text. */
export interface Balance {
  asset: string;
  /** Free to trade, in units of the asset, as text; so are all amounts here. */
  available: string;
  /** Held by open orders. */
  locked: string;
  /** Cannot be traded before it is unstaked. */
  staked: string;
  /** Lent to others; with auto-lend on, that is where most of it is. */
  lent: string;
  total: string;
}

/** What `collateral` says of one asset. */
export type CollateralRow = Collateral["collateral"][number];

/**
 * The balance of one asset, whole.
 *
 * @throws {DeskError} `not_found` for an asset that no market knows
 */
export async function readBalance(
  account: AccountReads,
  asset: string,
  call: Call,
): Promise<Balance> {
  const { capital, rows } = await holdings(account, call);
  const row = rows.find((row) => row.symbol === asset);
  if (!Object.hasOwn(capital, asset) && row === undefined) {
    await refuseUnknownAsset(account, asset, call);
  }
  return balanceOf(asset, capital, row);
}

/** What is held of each asset, by name; all of it or none. */
export async function readBalances(
  account: Pick<AccountReads, "exchange">,
  call: Call,
): Promise<Balance[]> {
  const { capital, rows } = await holdings(account, call);
  const bySymbol = new Map(rows.map((row) => [row.symbol, row]));
  const assets = [...new Set([...Object.keys(capital), ...bySymbol.keys()])].sort();
  return assets.map((asset) => balanceOf(asset, capital, bySymbol.get(asset)))
    .filter(({ total }) => !decimal(total).isZero());
}

/** The assets held, by name. */
export async function heldAssets(account: AccountReads, call: Call): Promise<string[]> {
  const { capital, rows } = await holdings(account, call);
  const lent = rows.filter((row) => !decimal(row.lendQuantity).isZero());
  const assets = [...Object.keys(capital), ...lent.map((row) => row.symbol)];
  return [...new Set(assets)].filter(isName).sort();
}

/** Both parts or none. */
async function holdings(
  { exchange }: Pick<AccountReads, "exchange">,
  call: Call,
): Promise<{ capital: Capital; rows: CollateralRow[] }> {
  const [capital, { collateral: rows }] = await Promise.all([
    exchange.capital(call),
    exchange.collateral(call),
  ]);
  return { capital, rows };
}

function balanceOf(asset: string, capital: Capital, row: CollateralRow | undefined): Balance {
  const total = totalOf(asset, capital, row).toFixed();
  return { asset, ...partsOf(asset, capital, row), total };
}

/** The parts of a balance; zero where `capital` and `row` say nothing. */
export function partsOf(
  asset: string,
  capital: Capital,
  row: CollateralRow | undefined,
): Omit<Balance, "asset" | "total"> {
  const held = Object.hasOwn(capital, asset) ? capital[asset] : undefined;
  const { available = "0", locked = "0", staked = "0" } = held ?? {};
  return { available, locked, staked, lent: row?.lendQuantity ?? "0" };
}

/** All parts together. */
export function totalOf(asset: string, capital: Capital, row: CollateralRow | undefined): Decimal {
  const parts = Object.values(partsOf(asset, capital, row));
  return parts.reduce((sum, part) => sum.plus(decimal(part)), ZERO);
}

/** An asset that no market knows is a mistake; one that is not held has a balance of zero. */
async function refuseUnknownAsset(
  { markets }: AccountReads,
  asset: string,
  call: Call,
): Promise<void> {
  const all = [...(await markets.all(call)).values()];
  const known = new Set(all.flatMap((market) => [market.baseSymbol, market.quoteSymbol]));
  if (known.has(asset)) return;
  const closest = nearest(asset, [...known].filter(isName));
  throw new DeskError("not_found", `There is no asset ${quoted(asset)}`, {
    ...(closest.length === 0 ? {} : { hint: `The closest known assets: ${closest.join(", ")}` }),
    details: { closest },
  });
}
