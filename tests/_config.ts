/**
 * Literal sources for the tests of the configuration.
 *
 * @module
 */

import { type Configuration, problemText, readConfig, type Sources } from "../lib/config.ts";
import type { Limits } from "../lib/limit_settings.ts";

/** A throw-away seed, its public key and somebody else's. */
export const SEED = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
export const PUBLIC = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
export const OTHER = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
/** The user file's path. */
export const USER = "/home/ada/.config/backpack-mcp/.env";

/** The settings of an owner who lifts every limit. */
export const UNLIMITED: Readonly<Record<string, string>> = {
  BACKPACK_MAX_ORDER_NOTIONAL: "none",
  BACKPACK_MAX_DAILY_NOTIONAL: "none",
  BACKPACK_MAX_POSITION_NOTIONAL: "none",
  BACKPACK_MAX_OPEN_ORDERS: "none",
  BACKPACK_MAX_ORDERS_PER_MINUTE: "none",
  BACKPACK_PRICE_COLLAR_PERCENT: "none",
};

/** What the sources hold; everything else is absent. */
export interface Given {
  env?: Record<string, string>;
  user?: string;
  working?: string;
  trust?: boolean;
  unreadable?: string[];
  granted?: (host: string) => boolean;
}

/** Reads the configuration. */
export function read(given: Given): Promise<Configuration> {
  const sources: Sources = {
    env: given.env ?? {},
    userFilePath: USER,
    trustWorkingFile: given.trust ?? false,
    ...(given.user !== undefined && { userFile: { path: USER, text: given.user } }),
    ...(given.working !== undefined && { workingFile: { path: ".env", text: given.working } }),
    ...(given.unreadable && { unreadable: given.unreadable }),
    ...(given.granted && { grantedNet: given.granted }),
  };
  return readConfig(sources);
}

/** The configuration's plain members; fails the test if the desk is closed. */
export async function open(given: Given): Promise<Record<string, unknown>> {
  const result = await read(given);
  if (!result.ok) throw new Error(result.problems.map(problemText).join("\n"));
  const { signer, secrets: _, ...rest } = result.config;
  return { ...rest, ...(signer && { apiKey: signer.apiKey.reveal() }) };
}

/** The problems, each in one line; none if the desk is open. */
export async function problems(given: Given): Promise<string[]> {
  const result = await read(given);
  return result.ok ? [] : result.problems.map(problemText);
}

/** The owner's limits where nothing is set, as `.env.example` has them. */
export const DEFAULT_LIMITS: Limits = {
  readOnly: false,
  maxOrderNotional: "1000",
  maxDailyNotional: "5000",
  maxPositionNotional: "5000",
  maxOpenOrders: "50",
  maxOrdersPerMinute: "20",
  priceCollarPercent: "5",
  allowBorrow: false,
  confirmBy: "client",
};

/** What {@linkcode open} gives for no settings at all. */
export const DEFAULTS = {
  mode: "live",
  paperPrices: "scripted",
  tools: ["market", "account", "orders"],
  baseUrl: "https://api.backpack.exchange",
  timeoutMs: 30_000,
  windowMs: 5000,
  logLevel: "info",
  limits: DEFAULT_LIMITS,
};
