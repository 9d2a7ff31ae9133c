/**
 * What the account holds, with what it is worth in USD. A part that could not be read is named and
 * never shown as zero.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, ownDecimal, ZERO } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import { plainText } from "../quote.ts";
import type { Capital, Collateral } from "../schemas/mod.ts";
import { attempt } from "./attempt.ts";
import {
  type AccountReads,
  type Balance,
  type CollateralRow,
  partsOf,
  totalOf,
} from "./holdings.ts";

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
  return await wholeBalances(account, { capital, collateral, includeZero }, call);
}

async function wholeBalances(
  account: AccountReads,
  { capital, collateral, includeZero }: {
    capital: Capital;
    collateral: Collateral;
    includeZero: boolean;
  },
  call: Call,
): Promise<Balances> {
  const rows = new Map(collateral.collateral.map((row) => [row.symbol, row]));
  const assets = [...new Set([...Object.keys(capital), ...rows.keys()])].sort();
  const held = assets.filter((asset) =>
    includeZero || !totalOf(asset, capital, rows.get(asset)).isZero()
  );
  const prices = await pricesOf(account, held, rows, call);
  const balances = held.map((asset) => {
    const total = totalOf(asset, capital, rows.get(asset));
    const parts = { ...partsOf(asset, capital, rows.get(asset)), total: total.toFixed() };
    return { asset: plainText(asset), ...parts, ...priced(total, prices.of(asset)) };
  });
  const debt = collateral.borrowLiability === undefined ? [NO_DEBT] : [];
  return { ...totalsOf(balances, collateral), notes: [...prices.notes, ...debt] };
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
  rows: ReadonlyMap<string, CollateralRow>,
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
  const total = values.reduce((sum, value) => sum.plus(ownDecimal(value)), ZERO);
  const hasPrices = values.length > 0 || balances.length === 0;
  return {
    balances,
    ...(hasPrices ? { totalUsd: total.toFixed() } : {}),
    unvalued: balances.filter(({ valueUsd }) => valueUsd === undefined).map(({ asset }) => asset),
    ...(decimal(borrowLiability).isZero() ? {} : { borrowedUsd: borrowLiability }),
  };
}
