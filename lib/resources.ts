/**
 * The resources: the account, the open orders, the positions, the owner's limits, the desk's own
 * journal, the markets, and the balance of one asset. Each belongs to a group of tools.
 *
 * @module
 */

import { heldAssets, readBalance } from "./account/holdings.ts";
import { pageOfOpenOrders } from "./account/open_orders.ts";
import { listPositions } from "./account/positions.ts";
import type { Call } from "./clock.ts";
import type { Desk } from "./desk/mod.ts";
import { DeskError } from "./errors.ts";
import {
  completeSymbol,
  MARKET_TEMPLATE,
  MARKETS_RESOURCE,
  nameIn,
  readMarketResource,
} from "./market_resources.ts";
import { quoted } from "./quote.ts";
import { TOOL_GROUPS, type ToolGroup } from "./settings.ts";

/** A resource as `resources/list` shows it. */
export interface ResourceDefinition {
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: "application/json";
}

/** A resource that is there without asking the exchange. */
interface FixedResource {
  readonly group: ToolGroup;
  readonly definition: ResourceDefinition;
  read(desk: Desk, call: Call): Promise<unknown>;
}

/** What completes a text, by the name of the argument that it is for; best first. */
export type Completers = Readonly<
  Record<string, (desk: Desk, prefix: string, call: Call) => Promise<string[]>>
>;

/** Resources that are named by a template. */
interface Template {
  readonly group: ToolGroup;
  readonly definition: Omit<ResourceDefinition, "uri"> & { readonly uriTemplate: string };
  /** What completes the template's variable, by its name. */
  readonly completers: Completers;
  /** The content; `undefined` where the URI is not of this template. */
  read(desk: Desk, uri: string, call: Call): Promise<unknown>;
}

const BALANCE_REGEXP = /^backpack:\/\/balance\/([^/?#]+)$/;

function fixed(
  name: string,
  title: string,
  description: string,
): ResourceDefinition {
  return { uri: `backpack://${name}`, name, title, description, mimeType: "application/json" };
}

const FIXED: readonly FixedResource[] = [
  {
    group: "account",
    definition: fixed(
      "account",
      "Account settings and fees",
      "The account's settings, leverage limit, open-order counts, and fees in basis points",
    ),
    read: (desk, call) => desk.exchange.account(call),
  },
  {
    group: "orders",
    definition: fixed(
      "orders",
      "Open orders",
      "The open orders of spot and of perpetuals, the newest first, as list_orders shows them",
    ),
    read: async (desk, call) => {
      // What list_orders is asked, so that its cursor goes on where this ends.
      const question = { marketType: "ALL" } as const;
      const { orders } = await desk.listOrders(question, call);
      return { ...pageOfOpenOrders(orders, { question }), count: orders.length };
    },
  },
  {
    group: "account",
    definition: fixed(
      "positions",
      "Open positions",
      "Every open position, long or short, as list_positions shows it",
    ),
    read: async (desk, call) => ({ positions: await listPositions(desk, {}, call) }),
  },
  {
    group: "orders",
    definition: fixed(
      "limits",
      "The owner's limits",
      "Every limit of the owner's, what is used of it and what is left, as get_limits shows it",
    ),
    read: (desk, call) => desk.limits(call),
  },
  {
    group: "orders",
    definition: fixed(
      "journal",
      "Journal of effects",
      "The newest rows of the desk's own record: what was asked, what became of it and " +
        "how that is known, with the hash of the newest row",
    ),
    read: (desk) => Promise.resolve(desk.trail()),
  },
  {
    group: "market",
    definition: MARKETS_RESOURCE,
    read: (desk, call) => readMarketResource(desk, MARKETS_RESOURCE.uri, call),
  },
];

const TEMPLATES: readonly Template[] = [
  {
    group: "account",
    definition: {
      uriTemplate: "backpack://balance/{asset}",
      ...{ name: "balance", title: "Balance of one asset", mimeType: "application/json" },
      description: "Available, locked, staked, lent and total of one asset, such as USDC",
    },
    completers: { asset: completeAsset },
    read: async (desk, uri, call) => {
      const asset = nameIn(uri, BALANCE_REGEXP);
      return asset === undefined ? undefined : await readBalance(desk, asset, call);
    },
  },
  {
    group: "market",
    definition: MARKET_TEMPLATE,
    completers: { symbol: completeSymbol },
    read: readMarketResource,
  },
];

/** The resources of the groups that the owner left in. */
export class Resources {
  readonly #groups: readonly ToolGroup[];
  readonly #fixed: readonly FixedResource[];
  readonly #templates: readonly Template[];

  /** Those of `groups`. */
  constructor(groups: readonly ToolGroup[] = TOOL_GROUPS) {
    this.#groups = groups;
    this.#fixed = FIXED.filter(({ group }) => groups.includes(group));
    this.#templates = TEMPLATES.filter(({ group }) => groups.includes(group));
  }

  /** Those that are there without asking the exchange. */
  fixed(): ResourceDefinition[] {
    return this.#fixed.map(({ definition }) => definition);
  }

  /** The templates, as `resources/templates/list` shows them. */
  templates(): object[] {
    return this.#templates.map(({ definition }) => definition);
  }

  /** The fixed ones, and a balance for each asset held. */
  async list(desk: Desk, call: Call): Promise<ResourceDefinition[]> {
    const assets = this.#groups.includes("account") ? await heldAssets(desk, call) : [];
    return [...this.fixed(), ...assets.map(balanceDefinition)];
  }

  /** What completes a template's variables; `undefined` if there is no such template. */
  completersOf(uriTemplate: unknown): Completers | undefined {
    return this.#templates.find(({ definition }) => definition.uriTemplate === uriTemplate)
      ?.completers;
  }

  /**
   * The content of a resource, a JSON value.
   *
   * @throws {DeskError} `not_found` for an unknown URI or asset
   */
  async read(desk: Desk, uri: string, call: Call): Promise<unknown> {
    const known = this.#fixed.find(({ definition }) => definition.uri === uri);
    if (known !== undefined) return await known.read(desk, call);
    for (const template of this.#templates) {
      const content = await template.read(desk, uri, call);
      if (content !== undefined) return content;
    }
    const names = [
      ...this.#fixed.map(({ definition }) => definition.uri),
      ...this.#templates.map(({ definition }) => definition.uriTemplate),
    ];
    throw new DeskError("not_found", `There is no resource ${quoted(uri)}`, {
      hint: `Resources: ${names.join(", ")}`,
    });
  }
}

/** The assets held whose names begin with `prefix`, in any case. */
async function completeAsset(desk: Desk, prefix: string, call: Call): Promise<string[]> {
  const assets = await heldAssets(desk, call);
  return assets.filter((asset) => asset.toLowerCase().startsWith(prefix.toLowerCase()));
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
