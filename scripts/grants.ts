/**
 * The permissions of the server, computed from the settings and no wider than they need: one
 * exchange and loopback, the variables it reads, two `.env` files, the journal's directory. Pure:
 * what the environment and the files say is handed in.
 *
 * @module
 */

import { DATA_DIRECTORY_NAMES } from "../lib/data_directory.ts";
import { fileRoots } from "../lib/file_roots.ts";
import { BASE_URL, DATA_DIR, hostOf, PROXY_NAMES } from "../lib/settings.ts";
import { DIRECTORY_NAMES } from "../lib/user_file.ts";

/** What the permissions depend on. */
export interface GrantSettings {
  /** `.env` in the user's configuration directory, if the environment names one. */
  readonly userFilePath: string | undefined;
  /** The exchange; see {@linkcode findSetting}. */
  readonly baseUrl: string | undefined;
  /** The journal's directory. */
  readonly dataDirectory: string | undefined;
  /** The directory whose HALT stops every desk of this user, if the environment names one. */
  readonly everyDesksDirectory?: string | undefined;
}

/** Where {@linkcode findSetting} looks, the strongest first. */
export interface SettingSources {
  /** The variable's name. */
  readonly name: string;
  /** The variable in the environment. */
  readonly env: string | undefined;
  /** The texts of the `.env` files that count. */
  readonly files: readonly (string | undefined)[];
}

/** What the environment is asked for. */
const VARIABLES = [
  "BACKPACK_*",
  ...new Set([...DIRECTORY_NAMES, ...DATA_DIRECTORY_NAMES]),
  ...PROXY_NAMES,
];
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * The flags for `deno run` and `deno compile`. The working directory's `.env` is relative: it is
 * looked for where the program is started.
 */
export function serverGrants(settings: GrantSettings): string[] {
  const files = [".env", ...(settings.userFilePath === undefined ? [] : [settings.userFilePath])];
  const data = settings.dataDirectory === undefined ? [] : [settings.dataDirectory];
  return [
    "--no-prompt",
    `--allow-net=${[...hostsOf(settings.baseUrl), ...LOOPBACK].join(",")}`,
    `--allow-env=${VARIABLES.join(",")}`,
    `--allow-read=${[...files, ...data, ...haltOf(settings)].map(escapeComma).join(",")}`,
    ...data.map((path) => `--allow-write=${escapeComma(path)}`),
  ];
}

/** The HALT outside the data directory, which a server may look for. */
function haltOf({ dataDirectory, everyDesksDirectory }: GrantSettings): string[] {
  const isElsewhere = everyDesksDirectory !== undefined && everyDesksDirectory !== dataDirectory;
  return isElsewhere && dataDirectory !== undefined ? [`${everyDesksDirectory}/HALT`] : [];
}

/**
 * The flags for an executable that is built for nobody's directories: every file, of which the
 * serving program gives up all but its data directory before it answers anybody, and the exchange.
 */
export function releaseGrants(isWindows: boolean): string[] {
  const roots = fileRoots(isWindows).join(",");
  return [
    "--no-prompt",
    `--allow-net=${hostsOf(undefined).join(",")}`,
    `--allow-env=${VARIABLES.join(",")}`,
    `--allow-read=${roots}`,
    `--allow-write=${roots}`,
  ];
}

/**
 * The value that is set, as the server will find it. The real parser can't be had here, since it
 * is a package that may not be there yet; should the two ever disagree, the server lacks the
 * permission for its host or its journal, says so and sends nothing.
 */
export function findSetting(sources: SettingSources): string | undefined {
  const inFile = (text: string | undefined): string | undefined => valueIn(sources.name, text);
  const values = [sources.env?.trim(), ...sources.files.map(inFile)];
  return values.find((value) => value !== undefined && value !== "");
}

/**
 * The directory that `--data-dir DIR` names among a task's arguments; throws a `RangeError` with
 * what is wanted where it is no absolute path.
 */
export function namedDataDirectory(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => arg === "--data-dir" || arg.startsWith("--data-dir="));
  if (at < 0) return undefined;
  const path = args[at]?.split("=").slice(1).join("=") || args[at + 1];
  const directory = path === undefined ? undefined : DATA_DIR.read(path);
  if (directory !== undefined) return directory;
  throw new RangeError(`--data-dir: wanted ${DATA_DIR.wanted}`);
}

function valueIn(name: string, text: string | undefined): string | undefined {
  const assignment = new RegExp(`^${name}[ \\t]*=(.*)$`);
  const lines = (text ?? "").replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  const values = lines.map((line) => assignment.exec(line)?.[1])
    .filter((value) => value !== undefined)
    .map(unquote);
  return values.at(-1);
}

function unquote(text: string): string {
  const quoted = /^\s*(["'])(.*?)\1/.exec(text)?.[2];
  return (quoted ?? text.replace(/[ \t]#.*$/, "")).trim();
}

/** A malformed exchange gets nothing: the server then names the problem. */
function hostsOf(baseUrl: string | undefined): string[] {
  const origin = BASE_URL.read(baseUrl ?? BASE_URL.preset ?? "");
  if (origin === undefined) return [];
  return [hostOf(origin)];
}

/** In a list of paths a comma separates; two stand for one. */
function escapeComma(path: string): string {
  return path.replaceAll(",", ",,");
}
