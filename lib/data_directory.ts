/**
 * Where the journal lies unless `BACKPACK_DATA_DIR` says otherwise: `$XDG_STATE_HOME/backpack-mcp`
 * or `~/.local/state/backpack-mcp` (XDG Base Directory Specification), on macOS
 * `~/Library/Application Support/backpack-mcp`, on Windows `%LOCALAPPDATA%\backpack-mcp`. The
 * launcher asks too, since it grants the right to write there.
 *
 * @module
 */

import { absolute } from "./user_file.ts";

/** The variables that {@linkcode dataDirectory} needs. */
export const DATA_DIRECTORY_NAMES: readonly string[] = ["XDG_STATE_HOME", "HOME", "LOCALAPPDATA"];

/**
 * The directory whose HALT stops every desk of a user, as `HOME` alone names it: a client may set
 * other variables than the user's terminal, and put the journal anywhere.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const env = { HOME: "/home/ada", XDG_STATE_HOME: "/var/ada" };
 * assertEquals(everyDesksDirectory(env, "linux"), "/home/ada/.local/state/backpack-mcp");
 * ```
 */
export function everyDesksDirectory(
  env: Readonly<Record<string, string | undefined>>,
  os: string,
): string | undefined {
  return dataDirectory({ ...env, XDG_STATE_HOME: undefined }, os);
}

/**
 * The directory's path, which need not exist; `undefined` if the environment names none. `os` is
 * as Deno names it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const env = { HOME: "/home/ada" };
 * assertEquals(dataDirectory(env, "linux"), "/home/ada/.local/state/backpack-mcp");
 * ```
 */
export function dataDirectory(
  env: Readonly<Record<string, string | undefined>>,
  os: string,
): string | undefined {
  if (os === "windows") return env.LOCALAPPDATA ? `${env.LOCALAPPDATA}\\backpack-mcp` : undefined;
  const home = absolute(env.HOME);
  if (os === "darwin") return home && `${home}/Library/Application Support/backpack-mcp`;
  // By the specification, a relative path is to be ignored: it would follow the working directory.
  const state = absolute(env.XDG_STATE_HOME) ?? (home && `${home}/.local/state`);
  return state && `${state}/backpack-mcp`;
}

/** What gives a program the permission for a directory that it was not built or started for. */
export function grantAdvice(path: string): string {
  return `\`deno task compile --data-dir ${path}\` builds one that has, and in a checkout ` +
    "`deno task start` takes --data-dir";
}
