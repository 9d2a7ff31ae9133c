/**
 * Every variable of the desk, as data: names, default, meaning, consequence, what may set it and
 * how its text is read. `config.ts` reads by this table; `.env.example` and the README's table
 * are checked against it. A new variable is a new entry here and nowhere else.
 *
 * @module
 */

import { LIMIT_SETTINGS } from "./limit_settings.ts";
import { LOG_LEVELS, type LogLevel } from "./log.ts";
import { nearest } from "./nearest.ts";

/** Real orders on the exchange, or the simulated exchange. */
export type Mode = "live" | "paper";

/** What the owner can leave out: the tools of a group, and the resources that say the same. */
export const TOOL_GROUPS = ["market", "account", "orders"] as const;
/** One of {@linkcode TOOL_GROUPS}. */
export type ToolGroup = typeof TOOL_GROUPS[number];

/** Whose prices paper orders trade at: the simulation's own, or the exchange's. */
export type PaperPrices = "live" | "scripted";

/**
 * What an untrusted `.env` (one that merely lies in the working directory) may set: anything,
 * nothing, or only what tightens the default.
 */
export type WorkingFileRule<T> = "any" | "none" | {
  /** What it may set, in a few words for the problem's text. */
  readonly only: string;
  /** Whether `value` is at least as strict as `preset`, the default. */
  tightens(value: T, preset: T | undefined): boolean;
};

/** One variable. */
export interface Setting<T> {
  /** The name, then further names for the same thing. */
  readonly names: readonly [string, ...string[]];
  /** The default as one would write it, if there is one. */
  readonly preset?: string;
  /** The default in words, where there is no text for it. */
  readonly presetText?: string;
  /** What it is, in a few words. */
  readonly meaning: string;
  /** What setting it leads to, in one line. */
  readonly consequence: string;
  /** What a value must look like, for the problem's text. */
  readonly wanted: string;
  /** Whether the value must never be shown. */
  readonly secret: boolean;
  /** What an untrusted `.env` may do. */
  readonly workingFile: WorkingFileRule<T>;
  /** The value of a text that has no blanks around it; `undefined` if it is malformed. */
  read(text: string): T | undefined;
  /** What a malformed text probably meant, for the problem's text; holds nothing of the text. */
  meant?(text: string): string | undefined;
}

/** The private key's text; `key_pair.ts` judges it. */
export const PRIVATE_KEY: Setting<string> = {
  names: ["BACKPACK_PRIVATE_KEY", "BACKPACK_SECRET_KEY"],
  presetText: "none",
  meaning: "the API key's secret: base64 of the 32-byte Ed25519 seed",
  consequence: "Whoever has it can trade on the account; without it only public data can be read.",
  wanted: "base64 of the 32-byte Ed25519 seed",
  secret: true,
  workingFile: "any",
  read: (text) => text,
};

/** The public key's text; `key_pair.ts` judges it. */
export const PUBLIC_KEY: Setting<string> = {
  names: ["BACKPACK_PUBLIC_KEY", "BACKPACK_API_KEY"],
  presetText: "derived",
  meaning: "the API key: base64 of the 32-byte public key",
  consequence: "Optional. When set, a private key that does not belong to it is refused.",
  wanted: "base64 of the 32-byte Ed25519 public key",
  secret: true,
  workingFile: "any",
  read: (text) => text,
};

/** The exchange's origin. */
export const BASE_URL: Setting<string> = {
  names: ["BACKPACK_BASE_URL"],
  preset: "https://api.backpack.exchange",
  meaning: "the exchange",
  consequence: "Signed requests go to this host; another one needs its own network permission.",
  wanted: "an origin such as https://api.backpack.exchange, with no user, path, query or " +
    "fragment; http only for localhost, 127.0.0.0/8 and [::1]",
  secret: false,
  workingFile: "none",
  read: readOrigin,
};

/**
 * The host of an origin that {@linkcode BASE_URL} has read, as a permission names it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(hostOf("https://api.backpack.exchange"), "api.backpack.exchange:443");
 * ```
 */
export function hostOf(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  return `${hostname}:${port || (protocol === "http:" ? 80 : 443)}`;
}

/** The time for one request, in ms once it is read. */
export const TIMEOUT: Setting<number> = {
  names: ["BACKPACK_TIMEOUT"],
  preset: "30",
  meaning: "seconds for one request",
  consequence: "A tool call as a whole ends within 50 seconds, because clients give up at 60.",
  wanted: "seconds above 0 and at most 50, such as 30 or 0.5 (a tool call as a whole must end " +
    "within 50, because clients give up at 60)",
  secret: false,
  workingFile: "none",
  read: readSeconds,
};

/** How long a signature is valid, ms. */
export const WINDOW: Setting<number> = {
  names: ["BACKPACK_WINDOW"],
  preset: "5000",
  meaning: "how long a signature is valid, in milliseconds",
  consequence: "A longer one forgives a slow network; a captured request can be used for longer.",
  wanted: "a whole number of milliseconds from 1 to 60000",
  secret: false,
  workingFile: "none",
  read: (text) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 60_000 ? Number(text) : undefined,
};

/** Live or paper. */
export const MODE: Setting<Mode> = {
  names: ["BACKPACK_MODE"],
  preset: "live",
  meaning: "real orders (live) or the simulated exchange (paper)",
  consequence: "live places real orders with real money; paper needs no keys and no network.",
  wanted: "live or paper, in lower case",
  secret: false,
  workingFile: { only: "paper", tightens: (value) => value === "paper" },
  read: (text) => text === "live" || text === "paper" ? text : undefined,
};

/** Whose prices paper orders trade at. */
export const PAPER_PRICES: Setting<PaperPrices> = {
  names: ["BACKPACK_PAPER_PRICES"],
  preset: "scripted",
  meaning: "the prices of paper mode: made up (scripted) or the exchange's own (live)",
  consequence: "live reads the exchange's public data and sends it nothing signed.",
  wanted: "live or scripted, in lower case",
  secret: false,
  workingFile: "none",
  read: (text) => text === "live" || text === "scripted" ? text : undefined,
};

/** Which tools there are. */
export const TOOLS: Setting<readonly ToolGroup[]> = {
  names: ["BACKPACK_TOOLS"],
  preset: TOOL_GROUPS.join(","),
  meaning: "the groups of tools that exist, with commas between",
  consequence: "The tools and resources of a group that is left out do not exist.",
  wanted: "one or more of market, account and orders, with commas between",
  secret: false,
  workingFile: { only: "groups", tightens: () => true },
  read: readGroups,
  meant: nearestGroup,
};

/** How much is logged. */
export const LOG: Setting<LogLevel> = {
  names: ["BACKPACK_LOG"],
  preset: "info",
  meaning: "how much goes to stderr: error, warn, info or debug",
  consequence: "Secrets are redacted at every level.",
  wanted: "error, warn, info or debug, in lower case",
  secret: false,
  workingFile: "any",
  read: (text) => LOG_LEVELS.find((level) => level === text),
};

/** The owner's consent to a proxy. */
export const PROXY: Setting<"allow"> = {
  names: ["BACKPACK_PROXY"],
  presetText: "none",
  meaning: "consent to HTTP_PROXY, HTTPS_PROXY or ALL_PROXY: allow",
  consequence: "Requests then go through the proxy, which the network permission does not cover.",
  wanted: "allow, or nothing",
  secret: false,
  workingFile: "none",
  read: (text) => text === "allow" ? text : undefined,
};

/** Variables that are not ours: one that is set sends `fetch` outside the network permission. */
export const PROXY_NAMES: readonly string[] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
  .flatMap((name) => [name, name.toLowerCase()]);

/** Where the journal lies. */
export const DATA_DIR: Setting<string> = {
  names: ["BACKPACK_DATA_DIR"],
  presetText: "the user's state directory",
  meaning: "the directory of the journal, which records every order before it is sent",
  consequence: "Another one needs its own permission, and starts an empty journal.",
  wanted: "an absolute path",
  secret: false,
  workingFile: "none",
  read: (text) => {
    const isPath = /^(\/|[A-Za-z]:\\)[^,]+$/.test(text);
    return isPath && !KEY_REGEXP.test(text) ? text : undefined;
  },
};

/** Base64 may begin with a slash: a key in the wrong variable must not become a path that is told. */
const KEY_REGEXP = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z\d+/=]{42,}$/;

/** All of them, in the order in which they are documented. */
export const SETTINGS: readonly Setting<unknown>[] = [
  PRIVATE_KEY,
  PUBLIC_KEY,
  BASE_URL,
  TIMEOUT,
  WINDOW,
  MODE,
  PAPER_PRICES,
  TOOLS,
  LOG,
  DATA_DIR,
  ...LIMIT_SETTINGS,
  PROXY,
];

/** Every name that a variable may be set by. */
export const KNOWN_NAMES: readonly string[] = SETTINGS.flatMap((setting) => setting.names);

/** The setting of that name. */
export function settingOf(name: string): Setting<unknown> | undefined {
  return SETTINGS.find((setting) => setting.names.includes(name));
}

// The text is judged before `URL` repairs it (backslashes, tabs, `/a/..`). The host's letters are
// limited because the launcher writes it into a permission flag, where "," and "*" have a meaning.
const ORIGIN_REGEXP = /^https?:\/\/([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?\/?$/i;
const LOOPBACK_REGEXP = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function readOrigin(text: string): string | undefined {
  if (!ORIGIN_REGEXP.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === "http:" && !LOOPBACK_REGEXP.test(url.hostname)) return undefined;
  return url.origin;
}

function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim());
}

function isGroup(name: string): boolean {
  return TOOL_GROUPS.some((group) => group === name);
}

function readGroups(text: string): readonly ToolGroup[] | undefined {
  const names = namesIn(text);
  if (!names.every(isGroup)) return undefined;
  return TOOL_GROUPS.filter((group) => names.includes(group));
}

function nearestGroup(text: string): string | undefined {
  const unknown = namesIn(text).filter((name) => !isGroup(name));
  return unknown.flatMap((name) => nearest(name, TOOL_GROUPS, 1))[0];
}

function readSeconds(text: string): number | undefined {
  if (!/^(0|[1-9]\d?)(\.\d{1,3})?$/.test(text)) return undefined;
  const timeoutMs = Math.round(Number(text) * 1000);
  return timeoutMs > 0 && timeoutMs <= 50_000 ? timeoutMs : undefined;
}
