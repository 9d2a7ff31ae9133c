/**
 * The resources: the account, the open orders, the positions, the desk's own journal, and the balance
 * of one asset.
 *
 * @module
 */

import { heldAssets, readBalance } from "./account/balances.ts";
import { listPositions } from "./account/positions.ts";
import type { Call } from "./clock.ts";
import type { Desk } from "./desk/mod.ts";
import { DeskError } from "./errors.ts";
import { MARKET_TEMPLATE, MARKETS_RESOURCE, readMarketResource } from "./market_resources.ts";
import { quoted } from "./quote.ts";

/** A resource as `resources/list` shows it. */
export interface ResourceDefinition {
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: "application/json";
}

const ACCOUNT_URI = "backpack://account";
const JOURNAL_URI = "backpack://journal";
const ORDERS_URI = "backpack://orders";
const POSITIONS_URI = "backpack://positions";
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

const ORDERS: ResourceDefinition = {
  uri: ORDERS_URI,
  name: "orders",
  title: "Open orders",
  description: "Every open order, of spot and of perpetuals, as list_orders shows it",
  mimeType: "application/json",
};

const POSITIONS: ResourceDefinition = {
  uri: POSITIONS_URI,
  name: "positions",
  title: "Open positions",
  description: "Every open position, long or short, as list_positions shows it",
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

const FIXED = [ACCOUNT, ORDERS, POSITIONS, JOURNAL, MARKETS_RESOURCE];
const TEMPLATES = [BALANCE_TEMPLATE.uriTemplate, MARKET_TEMPLATE.uriTemplate];

/** The fixed resources, and a balance for each asset held. */
export async function listResources(desk: Desk, call: Call): Promise<ResourceDefinition[]> {
  const assets = await heldAssets(desk, call);
  return [...FIXED, ...assets.map(balanceDefinition)];
}

/** The resources that are there without asking the exchange. */
export function fixedResources(): ResourceDefinition[] {
  return [...FIXED];
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
  if (uri === ORDERS_URI) {
    const { orders } = await desk.listOrders({ marketType: "ALL" }, call);
    return { orders, count: orders.length };
  }
  if (uri === POSITIONS_URI) return { positions: await listPositions(desk, {}, call) };
  const market = await readMarketResource(desk, uri, call);
  if (market !== undefined) return market;
  const asset = assetOf(uri);
  if (asset !== undefined) return await readBalance(desk, asset, call);
  throw new DeskError("not_found", `There is no resource ${quoted(uri)}`, {
    hint: `Resources: ${[...FIXED.map(({ uri }) => uri), ...TEMPLATES].join(", ")}`,
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

function balanceDefinition(asset: string): ResourceDefinition {
  return {
    uri: `backpack://balance/${encodeURIComponent(asset)}`,
    name: `balance-${asset}`,
    title: `Balance of ${asset}`,
    description: `Available, locked, staked, lent and total ${asset}`,
    mimeType: "application/json",
  };
}
