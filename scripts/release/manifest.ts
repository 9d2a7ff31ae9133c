/**
 * The manifest of an MCP bundle (`.mcpb`, manifest version 0.3): how a client starts the executable
 * that lies in it, and what it asks its user for. Read-only and on paper until the user decides
 * otherwise, and never without a cap.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
import { MAX_DAILY_NOTIONAL, MAX_ORDER_NOTIONAL, READ_ONLY } from "../../lib/limit_settings.ts";
import { MODE, PRIVATE_KEY, type Setting } from "../../lib/settings.ts";
import type { Target } from "./targets.ts";

/** What the client asks its user for. */
export interface Field {
  readonly type: "boolean" | "number" | "string";
  readonly title: string;
  readonly description: string;
  readonly required: boolean;
  readonly default?: boolean | number | string;
  readonly sensitive?: boolean;
  readonly min?: number;
}

/** The manifest, as far as we use the format. */
export interface Manifest {
  readonly manifest_version: "0.3";
  readonly name: string;
  readonly version: string;
  readonly server: {
    readonly type: "binary";
    readonly entry_point: string;
    readonly mcp_config: {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };
  };
  readonly user_config: Readonly<Record<string, Field>>;
  readonly [other: string]: unknown;
}

/** A tool, as far as a manifest shows it. */
export interface ToolText {
  readonly name: string;
  readonly description: string;
}

/** Each field fills one variable; a field left empty leaves the variable unset. */
const FIELDS: readonly { readonly id: string; readonly variable: string; readonly field: Field }[] =
  [
    {
      id: "mode",
      variable: MODE.names[0],
      field: {
        type: "string",
        title: "Mode",
        description: "paper: the simulated exchange, no key needed. live: real orders, real money.",
        required: true,
        default: "paper",
      },
    },
    {
      id: "private_key",
      variable: PRIVATE_KEY.names[0],
      field: {
        type: "string",
        title: "API secret",
        description: "For live: base64 of the API key's 32-byte Ed25519 seed. Leave it empty for " +
          "paper, or if it is in your own .env.",
        required: false,
        sensitive: true,
      },
    },
    {
      id: "read_only",
      variable: READ_ONLY.names[0],
      field: {
        type: "boolean",
        title: "Read-only",
        description: "The tools that place or cancel orders do not exist while this is on.",
        required: true,
        default: true,
      },
    },
    {
      id: "max_order_notional",
      variable: MAX_ORDER_NOTIONAL.names[0],
      field: {
        ...amount(MAX_ORDER_NOTIONAL),
        title: "Largest order, USD",
        description: "An order of more is refused, whatever the assistant says.",
      },
    },
    {
      id: "max_daily_notional",
      variable: MAX_DAILY_NOTIONAL.names[0],
      field: {
        ...amount(MAX_DAILY_NOTIONAL),
        title: "Largest sum of a day, USD",
        description: "The last 24 hours' fills and whatever may still fill.",
      },
    },
  ];

/** The manifest for that system. */
export function manifestOf(target: Target, tools: readonly ToolText[]): Manifest {
  const entry = `server/backpack-mcp${target.suffix}`;
  return {
    manifest_version: "0.3",
    name: "backpack-mcp",
    display_name: "Backpack Exchange",
    version: denoJson.version,
    description: "An order desk on Backpack Exchange for an AI assistant, on your own machine.",
    author: { name: "the backpack-mcp authors" },
    license: denoJson.license,
    keywords: ["backpack", "exchange", "trading", "orders", "crypto"],
    server: {
      type: "binary",
      entry_point: entry,
      mcp_config: { command: `\${__dirname}/${entry}`, args: [], env: environment() },
    },
    compatibility: { platforms: [target.platform] },
    tools: tools.map(({ name, description }) => ({
      name,
      description: firstSentence(description),
    })),
    user_config: Object.fromEntries(FIELDS.map(({ id, field }) => [id, field])),
  };
}

function environment(): Record<string, string> {
  return Object.fromEntries(
    FIELDS.map(({ id, variable }) => [variable, `\${user_config.${id}}`]),
  );
}

/** A number can't be `none`: no click lifts the cap. */
function amount({ preset }: Setting<string>): Pick<Field, "type" | "required" | "default" | "min"> {
  return { type: "number", required: true, default: Number(preset), min: 0 };
}

function firstSentence(text: string): string {
  return /^.*?[.:](?=\s|$)/.exec(text)?.[0].replace(/:$/, ".") ?? text;
}
