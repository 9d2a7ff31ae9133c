/**
 * Where the owner's own `.env` lies: `$XDG_CONFIG_HOME/backpack-mcp` or `~/.config/backpack-mcp`
 * (XDG Base Directory Specification), on Windows `%APPDATA%\backpack-mcp`. The launcher asks too,
 * since it grants the right to read that file.
 *
 * @module
 */

/** The variables that {@linkcode userFilePath} needs. */
export const DIRECTORY_NAMES: readonly string[] = ["XDG_CONFIG_HOME", "HOME", "APPDATA"];

/**
 * The file's path, which need not exist; `undefined` if the environment names no directory.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(userFilePath({ HOME: "/home/ada" }, false), "/home/ada/.config/backpack-mcp/.env");
 * ```
 */
export function userFilePath(
  env: Readonly<Record<string, string | undefined>>,
  windows: boolean,
): string | undefined {
  if (windows) return env.APPDATA ? `${env.APPDATA}\\backpack-mcp\\.env` : undefined;
  // By the specification, a relative path is to be ignored: it would follow the working directory.
  const home = absolute(env.HOME);
  const directory = absolute(env.XDG_CONFIG_HOME) ?? (home && `${home}/.config`);
  return directory && `${directory}/backpack-mcp/.env`;
}

/** `path` without slashes at its end if it is absolute, by POSIX's rules; otherwise `undefined`. */
export function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path.replace(/\/+$/, "") : undefined;
}
