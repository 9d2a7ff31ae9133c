/**
 * The configuration: what the environment and the `.env` files say, put together by the table of
 * `settings.ts`. Either everything is in order, or the result is the list of all problems and the
 * desk stays closed. Pure: `lib/program/sources.ts` reads the environment and the files and hands them in.
 *
 * @module
 */

import { gather, type Layer, proxyProblems, type Sources } from "./config_sources.ts";
import { type EnvEntry, tokensOf } from "./env_file.ts";
import { readKeyPair } from "./key_pair.ts";
import * as limits from "./limit_settings.ts";
import type { Limits } from "./limit_settings.ts";
import type { LogLevel } from "./log.ts";
import type { Problem } from "./problem.ts";
import { Secret } from "./secret.ts";
import * as settings from "./settings.ts";
import type { Mode, PaperPrices, Setting, ToolGroup } from "./settings.ts";
import type { Signer } from "./signing.ts";

export { type EnvFile, ENVIRONMENT_NAMES, type Sources } from "./config_sources.ts";
export { type Problem, problemText } from "./problem.ts";

/** A configuration without fault. */
export interface Config {
  /** Real orders, or the simulated exchange. */
  readonly mode: Mode;
  /** Whose prices paper mode trades at. */
  readonly paperPrices: PaperPrices;
  /** The groups of tools that exist. */
  readonly tools: readonly ToolGroup[];
  /** The exchange's origin, with no slash at its end. */
  readonly baseUrl: string;
  /** For one request. */
  readonly timeoutMs: number;
  /** How long a signature is valid. */
  readonly windowMs: number;
  /** How much is logged. */
  readonly logLevel: LogLevel;
  /** What every order is held against. */
  readonly limits: Limits;
  /** The journal's directory, where it is not the default. */
  readonly dataDir?: string;
  /** Absent without a key, and in paper mode: there the owner's key signs nothing. */
  readonly signer?: Signer;
  /** What must be redacted everywhere. */
  readonly secrets: readonly Secret[];
}

/** The configuration, or why there is none. */
export type Configuration =
  | { readonly ok: true; readonly config: Config }
  | {
    readonly ok: false;
    /** At least one. */
    readonly problems: readonly Problem[];
    /** What the desk would be; `live` if that can't be read. */
    readonly mode: Mode;
    /** Whether tools that act would exist; they don't if that can't be read. */
    readonly readOnly: boolean;
    /** The groups of tools that would exist; all if that can't be read. */
    readonly tools: readonly ToolGroup[];
    /** For the log that tells of the problems. */
    readonly logLevel: LogLevel;
    /** As in {@linkcode Config}, where it can be read: a halt does without the rest. */
    readonly dataDir?: string;
    /** What must be redacted everywhere. */
    readonly secrets: readonly Secret[];
  };

/** Whether the exchange is asked for anything at all. */
export function usesNet({ mode, paperPrices }: Pick<Config, "mode" | "paperPrices">): boolean {
  return mode === "live" || paperPrices === "live";
}

/** Puts the sources together; never throws for what is in them. */
export async function readConfig(sources: Sources): Promise<Configuration> {
  const gathered = gather(sources);
  const draft: Draft = {
    layers: gathered.layers,
    problems: [...gathered.problems],
    secrets: gathered.suspects.map((text) => new Secret(text)),
  };
  const mode = settle(draft, settings.MODE) ?? "live";
  const paperPrices = settle(draft, settings.PAPER_PRICES) ?? "scripted";
  const tools = settle(draft, settings.TOOLS) ?? settings.TOOL_GROUPS;
  const logLevel = settle(draft, settings.LOG) ?? "info";
  const wire = {
    baseUrl: settle(draft, settings.BASE_URL),
    timeoutMs: settle(draft, settings.TIMEOUT),
    windowMs: settle(draft, settings.WINDOW),
  };
  const dataDir = settle(draft, settings.DATA_DIR);
  const readOnly = settle(draft, limits.READ_ONLY);
  const owners = settleLimits(draft, readOnly);
  const signer = await settleKeys(draft, mode);
  const proxyAllowed = settle(draft, settings.PROXY) !== undefined;
  if (!proxyAllowed) draft.problems.push(...proxyProblems(sources.env));
  if (usesNet({ mode, paperPrices }) && wire.baseUrl !== undefined) {
    checkNet(draft, sources, wire.baseUrl);
  }

  const { problems, secrets } = draft;
  const common = { mode, tools, logLevel, ...(dataDir === undefined ? {} : { dataDir }), secrets };
  const wholeWire = whole(wire);
  if (wholeWire === undefined || owners === undefined || problems.length > 0) {
    return { ok: false, problems, ...common, readOnly: readOnly ?? true };
  }
  const config = {
    ...common,
    paperPrices,
    ...wholeWire,
    limits: owners,
    ...(signer && { signer }),
  };
  return { ok: true, config };
}

/** What was read if nothing is missing. Only what is malformed is, and then a problem is noted. */
function whole<T extends object>(
  read: T,
): { [Name in keyof T]: NonNullable<T[Name]> } | undefined {
  if (Object.values(read).includes(undefined)) return undefined;
  return read as { [Name in keyof T]: NonNullable<T[Name]> };
}

function settleLimits(draft: Draft, readOnly: boolean | undefined): Limits | undefined {
  const symbols = settle(draft, limits.SYMBOLS);
  const confirmAbove = settle(draft, limits.CONFIRM_ABOVE);
  const read = whole({
    readOnly,
    maxOrderNotional: settle(draft, limits.MAX_ORDER_NOTIONAL),
    maxDailyNotional: settle(draft, limits.MAX_DAILY_NOTIONAL),
    maxPositionNotional: settle(draft, limits.MAX_POSITION_NOTIONAL),
    maxOpenOrders: settle(draft, limits.MAX_OPEN_ORDERS),
    maxOrdersPerMinute: settle(draft, limits.MAX_ORDERS_PER_MINUTE),
    priceCollarPercent: settle(draft, limits.PRICE_COLLAR_PERCENT),
    allowBorrow: settle(draft, limits.ALLOW_BORROW),
    confirmBy: settle(draft, limits.CONFIRM_BY),
  });
  if (read === undefined) return undefined;
  return {
    ...read,
    ...(symbols && { symbols }),
    ...(confirmAbove && { confirmAbove }),
  };
}

/** What is known so far. */
interface Draft {
  readonly layers: readonly Layer[];
  readonly problems: Problem[];
  readonly secrets: Secret[];
}

/** The setting's value or its default; `undefined`, with a problem noted, if it is malformed. */
function settle<T>(draft: Draft, setting: Setting<T>): T | undefined {
  const found = find(draft, setting);
  if (found === "clash") return undefined;
  if (found === undefined) {
    return setting.preset === undefined ? undefined : setting.read(setting.preset);
  }
  const value = setting.read(found.value);
  if (value !== undefined) return value;
  // What the advice itself says is no secret, and would be missing from it.
  const tokens = tokensOf(found.value).filter((token) => !setting.wanted.includes(token));
  draft.secrets.push(...tokens.map((token) => new Secret(token)));
  const meant = setting.meant?.(found.value);
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  draft.problems.push({
    variable: found.name,
    message: `wanted ${setting.wanted}${advice} (${found.where})`,
  });
  return undefined;
}

/** What the strongest source says under each of the names; a clash if the names disagree. */
function find<T>(draft: Draft, setting: Setting<T>): EnvEntry | "clash" | undefined {
  const [first, ...others] = setting.names
    .map((name) => draft.layers.map((layer) => layer.get(name)).find((entry) => entry?.value))
    .filter((entry) => entry !== undefined);
  const other = others.find((entry) => entry.value !== first?.value);
  if (first === undefined || other === undefined) return first;
  const message = `and ${other.name} are two names for one thing and hold different values: ` +
    `keep one (${first.where}; ${other.where})`;
  draft.problems.push({ variable: first.name, message });
  return "clash";
}

async function settleKeys(draft: Draft, mode: Mode): Promise<Signer | undefined> {
  const found = [find(draft, settings.PRIVATE_KEY), find(draft, settings.PUBLIC_KEY)];
  const [privateKey, publicKey] = found.map((entry) => entry === "clash" ? undefined : entry);
  const { signer, privateFault, publicFault, secrets } = await readKeyPair({
    ...(privateKey && { privateKey: privateKey.value }),
    ...(publicKey && { publicKey: publicKey.value }),
  });
  draft.secrets.push(...secrets);
  note(draft, privateKey, privateFault);
  note(draft, publicKey, publicFault);
  if (publicKey && found[0] === undefined && mode === "live") noteLonely(draft, publicKey);
  return mode === "live" ? signer : undefined;
}

function note(draft: Draft, entry: EnvEntry | undefined, fault: string | undefined): void {
  if (entry === undefined || fault === undefined) return;
  draft.problems.push({ variable: entry.name, message: `${fault} (${entry.where})` });
}

/** A public key alone signs nothing, and whoever set it believes that the desk has a key. */
function noteLonely(draft: Draft, publicKey: EnvEntry): void {
  // A private key that is there and was refused has its own problem already.
  const names: readonly string[] = settings.PRIVATE_KEY.names;
  if (draft.problems.some((problem) => names.includes(problem.variable))) return;
  note(draft, publicKey, `is set without its private key: set ${names[0]} too, or remove it`);
}

function checkNet(draft: Draft, sources: Sources, baseUrl: string): void {
  if (sources.grantedNet === undefined || sources.grantedNet(settings.hostOf(baseUrl))) return;
  const found = find(draft, settings.BASE_URL);
  const where = found === undefined || found === "clash" ? "the default" : found.where;
  const way = sources.trustWorkingFile
    ? "set it in the environment or in .env and start with `deno task start`, which grants its host"
    : "run `deno task compile` with BACKPACK_BASE_URL set to build an executable for its host";
  const message = `there is no network permission for this host: ${way} (${where})`;
  draft.problems.push({ variable: settings.BASE_URL.names[0], message });
}
