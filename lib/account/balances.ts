/**
 * What the account holds of each asset.
 *
 * With auto-lend on, what is lent is not in `capital`, which then reads zero; `collateral` knows
 * it (API digest, 4.3). A part that could not be read is named and never shown as zero.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, ZERO } from "../decimal.ts";
import type { Markets } from "../desk/markets.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import { nearest } from "../nearest.ts";
import { isName, plainText, quoted } from "../quote.ts";
import type { Capital, Collateral } from "../schemas/mod.ts";
import { attempt } from "./attempt.ts";

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

/** A balance of which parts may be unknown, with what it is worth where there is a price. */
export interface PricedBalance extends Partial<Balance> {
  asset: string;
  /** By the exchange's own mark price. */
  priceUsd?: string;
  /** What all of it is worth, USD as text; absent where the exchange has no price. */
  valueUsd?: string;
}

/** Every balance. */
export interface Balances {
  balances: PricedBalance[];
  /** The sum of all that have a price. */
  totalUsd?: string;
  /** The assets without a price; `totalUsd` does without them. */
  unvalued: string[];
  /** What the account has borrowed; not subtracted from `totalUsd`. */
  borrowedUsd?: string;
  /** The parts that could not be read. */
  notes: string[];
}

const NO_DEBT = "What is borrowed could not be read";

type Row = Collateral["collateral"][number];

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

/** Every asset's balance; those of zero only if asked for. */
export async function listBalances(
  account: AccountReads,
  includeZero: boolean,
  call: Call,
): Promise<Balances> {
  const [capital, collateral] = await Promise.all([
    attempt(account.exchange.capital(call)),
    attempt(account.exchange.collateral(call)),
  ]);
  if (capital instanceof DeskError) {
    if (collateral instanceof DeskError) throw capital;
    return withoutCapital(capital, collateral);
  }
  if (collateral instanceof DeskError) return withoutCollateral(capital, collateral);
  const rows = new Map(collateral.collateral.map((row) => [row.symbol, row]));
  const assets = [...new Set([...Object.keys(capital), ...rows.keys()])].sort();
  const held = assets.filter((asset) =>
    includeZero || !totalOf(asset, capital, rows.get(asset)).isZero()
  );
  const prices = await pricesOf(account, held, rows, call);
  const balances = held.map((asset) => {
    const total = totalOf(asset, capital, rows.get(asset));
    const parts = partsOf(asset, capital, rows.get(asset));
    return {
      asset: plainText(asset),
      ...parts,
      total: total.toFixed(),
      ...priced(total, prices.of(asset)),
    };
  });
  const notes = collateral.borrowLiability === undefined
    ? [...prices.notes, NO_DEBT]
    : prices.notes;
  return { ...totalsOf(balances, collateral), notes };
}

/** Both parts or none. */
async function holdings(
  { exchange }: Pick<AccountReads, "exchange">,
  call: Call,
): Promise<{ capital: Capital; rows: Row[] }> {
  const [capital, { collateral: rows }] = await Promise.all([
    exchange.capital(call),
    exchange.collateral(call),
  ]);
  return { capital, rows };
}

function balanceOf(asset: string, capital: Capital, row: Row | undefined): Balance {
  const total = totalOf(asset, capital, row).toFixed();
  return { asset, ...partsOf(asset, capital, row), total };
}

function partsOf(
  asset: string,
  capital: Capital,
  row: Row | undefined,
): Omit<Balance, "asset" | "total"> {
  const held = Object.hasOwn(capital, asset) ? capital[asset] : undefined;
  const { available = "0", locked = "0", staked = "0" } = held ?? {};
  return { available, locked, staked, lent: row?.lendQuantity ?? "0" };
}

function totalOf(asset: string, capital: Capital, row: Row | undefined): Decimal {
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

function withoutCollateral(capital: Capital, error: DeskError): Balances {
  const balances = Object.entries(capital)
    .map(([asset, parts]) => ({ asset: plainText(asset), ...parts }));
  const note = `What is lent, totals and values could not be read: ${error.message}`;
  return { balances, unvalued: [], notes: [note] };
}

function withoutCapital(error: DeskError, { collateral }: Collateral): Balances {
  const balances = collateral.map(({ symbol, lendQuantity }) => ({
    asset: symbol,
    lent: lendQuantity,
  }));
  const note = `What is available, locked and staked could not be read: ${error.message}`;
  return { balances, unvalued: [], notes: [note] };
}

/** Prices from the collateral; for assets that are none, the mark price of their spot market. */
async function pricesOf(
  { exchange }: AccountReads,
  assets: readonly string[],
  rows: ReadonlyMap<string, Row>,
  call: Call,
): Promise<{ of(asset: string): string | undefined; notes: string[] }> {
  const collateralPrice = (asset: string): string | undefined => rows.get(asset)?.assetMarkPrice;
  if (assets.every((asset) => collateralPrice(asset) !== undefined)) {
    return { of: collateralPrice, notes: [] };
  }
  const marks = await attempt(exchange.markPrices({ marketType: "SPOT" }, call));
  if (marks instanceof DeskError) {
    const note = `Prices of assets that are no collateral could not be read: ${marks.message}`;
    return { of: collateralPrice, notes: [note] };
  }
  const bySymbol = new Map(marks.map(({ symbol, markPrice }) => [symbol, markPrice]));
  return { of: (asset) => collateralPrice(asset) ?? bySymbol.get(`${asset}_USDC`), notes: [] };
}

function priced(
  total: Decimal,
  priceUsd: string | undefined,
): { priceUsd?: string; valueUsd?: string } {
  // A price of zero is one that the exchange does not have.
  if (priceUsd === undefined || decimal(priceUsd).isZero()) return {};
  return { priceUsd, valueUsd: total.times(decimal(priceUsd)).toFixed() };
}

function totalsOf(
  balances: PricedBalance[],
  { borrowLiability = "0" }: Collateral,
): Omit<Balances, "notes"> {
  const values = balances.flatMap(({ valueUsd }) => valueUsd === undefined ? [] : [valueUsd]);
  const total = values.reduce((sum, value) => sum.plus(decimal(value)), ZERO);
  const hasPrices = values.length > 0 || balances.length === 0;
  return {
    balances,
    ...(hasPrices ? { totalUsd: total.toFixed() } : {}),
    unvalued: balances.filter(({ valueUsd }) => valueUsd === undefined).map(({ asset }) => asset),
    ...(decimal(borrowLiability).isZero() ? {} : { borrowedUsd: borrowLiability }),
  };
}
