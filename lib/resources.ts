/**
 * The resources: the account, the balance of one asset, and the desk's own journal.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import { decimal } from "./decimal.ts";
import type { Desk } from "./desk/mod.ts";
import { DeskError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { isName, quoted } from "./quote.ts";
import type { Capital, Collateral } from "./schemas/mod.ts";

/** A resource as `resources/list` shows it. */
export interface ResourceDefinition {
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: "application/json";
}

/** What an account holds of one asset; decimals as text. */
export interface Balance {
  asset: string;
  available: string;
  locked: string;
  staked: string;
  lent: string;
  total: string;
}

const ACCOUNT_URI = "backpack://account";
const JOURNAL_URI = "backpack://journal";
const BALANCE_REGEXP = /^backpack:\/\/balance\/([^/?#]+)$/;

/** The template of the balances' URIs. */
export const BALANCE_TEMPLATE = {
  uriTemplate: "backpack://balance/{asset}",
  name: "balance",
  title: "Balance of one asset",
  description: "Available, locked, staked, lent and total of one asset, such as USDC",
  mimeType: "application/json",
} as const;

const ACCOUNT: ResourceDefinition = {
  uri: ACCOUNT_URI,
  name: "account",
  title: "Account settings and fees",
  description:
    "The account's settings, leverage limit, open-order counts, and fees in basis points",
  mimeType: "application/json",
};

const JOURNAL: ResourceDefinition = {
  uri: JOURNAL_URI,
  name: "journal",
  title: "Journal of effects",
  description: "The newest rows of the desk's own record: what was asked, what became of it and " +
    "how that is known, with the hash of the newest row",
  mimeType: "application/json",
};

/** The account, the journal, and a balance for each asset held. */
export async function listResources(desk: Desk, call: Call): Promise<ResourceDefinition[]> {
  const assets = await heldAssets(desk, call);
  return [ACCOUNT, JOURNAL, ...assets.map(balanceDefinition)];
}

/** The resources that are there without asking the exchange. */
export function fixedResources(): ResourceDefinition[] {
  return [ACCOUNT, JOURNAL];
}

/** The assets held whose names begin with `prefix`, in any case. */
export async function completeAsset(desk: Desk, prefix: string, call: Call): Promise<string[]> {
  const assets = await heldAssets(desk, call);
  return assets.filter((asset) => asset.toLowerCase().startsWith(prefix.toLowerCase()));
}

/**
 * The content of a resource, a JSON value.
 *
 * @throws {DeskError} `not_found` for an unknown URI or asset
 */
export async function readResource(desk: Desk, uri: string, call: Call): Promise<unknown> {
  if (uri === ACCOUNT_URI) return await desk.exchange.account(call);
  if (uri === JOURNAL_URI) return desk.trail();
  const asset = assetOf(uri);
  if (asset !== undefined) return await readBalance(desk, asset, call);
  throw new DeskError("not_found", `There is no resource ${quoted(uri)}`, {
    hint: `Resources: ${ACCOUNT_URI}, ${JOURNAL_URI}, ${BALANCE_TEMPLATE.uriTemplate}`,
  });
}

function assetOf(uri: string): string | undefined {
  const encoded = BALANCE_REGEXP.exec(uri)?.[1];
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function readBalance(desk: Desk, asset: string, call: Call): Promise<Balance> {
  const { capital, lent: lentRows } = await holdings(desk, call);
  const held = Object.hasOwn(capital, asset) ? capital[asset] : undefined;
  const lent = lentRows.find((row) => row.symbol === asset)?.lendQuantity;
  if (held === undefined && lent === undefined) await refuseUnknownAsset(desk, asset, call);
  const parts = {
    available: held?.available ?? "0",
    locked: held?.locked ?? "0",
    staked: held?.staked ?? "0",
    lent: lent ?? "0",
  };
  const total = Object.values(parts).reduce((sum, part) => sum.plus(decimal(part)), decimal("0"));
  return { asset, ...parts, total: total.toFixed() };
}

/** An asset that no market knows is a mistake; one that is not held has a balance of zero. */
async function refuseUnknownAsset(desk: Desk, asset: string, call: Call): Promise<void> {
  const markets = [...(await desk.markets.all(call)).values()];
  const known = new Set(markets.flatMap((market) => [market.baseSymbol, market.quoteSymbol]));
  if (known.has(asset)) return;
  const closest = nearest(asset, [...known].filter(isName));
  throw new DeskError("not_found", `There is no asset ${quoted(asset)}`, {
    ...(closest.length === 0 ? {} : { hint: `The closest known assets: ${closest.join(", ")}` }),
    details: { closest },
  });
}

/** Both parts or none: with auto-lend on, `capital` alone reads zero (API digest, 4.3). */
async function holdings(
  desk: Desk,
  call: Call,
): Promise<{ capital: Capital; lent: Collateral["collateral"] }> {
  const [capital, { collateral: lent }] = await Promise.all([
    desk.exchange.capital(call),
    desk.exchange.collateral(call),
  ]);
  return { capital, lent };
}

async function heldAssets(desk: Desk, call: Call): Promise<string[]> {
  const { capital, lent: lentRows } = await holdings(desk, call);
  const lent = lentRows.filter((row) => !decimal(row.lendQuantity).isZero());
  const assets = [...Object.keys(capital), ...lent.map((row) => row.symbol)];
  return [...new Set(assets)].filter(isName).sort();
}

function balanceDefinition(asset: string): ResourceDefinition {
  return {
    uri: `backpack://balance/${encodeURIComponent(asset)}`,
    name: `balance-${asset}`,
    title: `Balance of ${asset}`,
    description: `Available, locked, staked, lent and total ${asset}`,
    mimeType: "application/json",
  };
}
