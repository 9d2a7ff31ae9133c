/**
 * The first answer of a session, to `initialize`: who serves, and how. It needs neither the SDK nor the
 * desk, which take longer to load than all that comes before; so it is given first, once settings
 * and journal are open, and the SDK then gets the same request. What the SDK answers is the same
 * word for word (`stdio.ts` compares), and is not sent again.
 *
 * Follows MCP 2025-11-25, lifecycle; whatever is unusual about a request is left to the SDK.
 *
 * @module
 */

import { instructions } from "./instructions.ts";
import { isObject, type Params } from "./rpc.ts";
import type { Mode, ToolGroup } from "./settings.ts";
import type { FirstAnswer } from "./stdio.ts";

/** Who serves. */
export interface Identity {
  /** MCP's `Implementation`. */
  serverInfo: Readonly<Record<string, unknown>>;
  /** MCP's `ServerCapabilities`. */
  capabilities: Readonly<Record<string, unknown>>;
  /** What a model is told before its first call. */
  instructions: string;
}

/** What an {@linkcode Identity} depends on. */
export interface Served {
  /** The program's, such as `1.2.3`. */
  version: string;
  mode: Mode;
  /** What is wrong with the configuration; the desk is closed unless there is nothing. */
  problems: readonly string[];
  /** Tools that act do not exist. */
  readOnly: boolean;
  /** The groups of tools and resources that exist. */
  groups: readonly ToolGroup[];
}

/** The revisions with sessions that the SDK speaks, the newest first. */
export const SESSION_REVISIONS: readonly string[] = [
  ...["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05", "2024-10-07"],
];

const MEMBERS: readonly string[] = ["jsonrpc", "id", "method", "params"];
const PARAMS: readonly string[] = ["protocolVersion", "capabilities", "clientInfo"];

/** Who serves, as both eras are told. */
export function identityOf({ version, mode, problems, readOnly, groups }: Served): Identity {
  const suffix = mode === "paper" ? " (paper)" : "";
  // Tools are loaded with the first request; whatever acts is one of the orders group.
  const acts = !readOnly && groups.includes("orders");
  return {
    serverInfo: { name: `backpack-mcp${suffix}`, title: `Backpack Exchange${suffix}`, version },
    capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
    instructions: instructions(mode, problems, acts),
  };
}

/** The answer to a plain `initialize`; `undefined` for anything else. */
export function firstAnswer(message: unknown, identity: Identity): FirstAnswer | undefined {
  if (!hasOnly(message, MEMBERS) || message.jsonrpc !== "2.0") return undefined;
  const { id, method, params } = message;
  if (method !== "initialize" || (typeof id !== "string" && !Number.isSafeInteger(id))) {
    return undefined;
  }
  if (!hasOnly(params, PARAMS) || typeof params.protocolVersion !== "string") return undefined;
  if (!isCapability(params.capabilities) || !isNamed(params.clientInfo)) return undefined;
  const [newest = ""] = SESSION_REVISIONS;
  const isSpoken = SESSION_REVISIONS.includes(params.protocolVersion);
  const protocolVersion = isSpoken ? params.protocolVersion : newest;
  const { capabilities, serverInfo, instructions } = identity;
  return {
    id: id as string | number,
    result: { protocolVersion, capabilities, serverInfo, instructions },
  };
}

function isNamed(clientInfo: unknown): boolean {
  if (!hasOnly(clientInfo, ["name", "version", "title"])) return false;
  const { name, version, title = "" } = clientInfo;
  return [name, version, title].every((text) => typeof text === "string");
}

/** Objects in objects, with nothing but switches in them. */
function isCapability(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.values(value).every((inner) => typeof inner === "boolean" || isCapability(inner));
}

function hasOnly(value: unknown, known: readonly string[]): value is Params {
  return isObject(value) && Object.keys(value).every((key) => known.includes(key));
}
