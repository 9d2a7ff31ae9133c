/**
 * What the launcher reads of this machine: where the checkout lies, and the settings that the
 * permissions depend on.
 *
 * @module
 */

import { DATA_DIRECTORY_NAMES, dataDirectory, everyDesksDirectory } from "../lib/data_directory.ts";
import { DIRECTORY_NAMES, userFilePath } from "../lib/user_file.ts";
import { findSetting, type GrantSettings } from "./grants.ts";

const WINDOWS = Deno.build.os === "windows";

/** The checkout's folder, with a slash at its end. */
export const ROOT: string = pathOf(new URL("../", import.meta.url));

/** The settings of a server that runs here and trusts the `.env` here; `dataDir` overrules them. */
export function checkoutSettings(dataDir?: string): GrantSettings {
  return settings([textOf(userFile()), textOf(`${ROOT}.env`)], dataDir);
}

/** The settings of the executable: the working directory's `.env` has no say in the exchange. */
export function executableSettings(dataDir?: string): GrantSettings {
  return settings([textOf(userFile())], dataDir);
}

/** Whether there is a file of that path. */
export function hasFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Where `Deno.makeTempDir` makes its folders. */
export function temporaryDirectory(): string {
  const names = WINDOWS ? ["TMP", "TEMP"] : ["TMPDIR"];
  const set = names.map((name) => Deno.env.get(name)).find((path) => path);
  return set ?? (WINDOWS ? "C:\\Windows\\Temp" : "/tmp");
}

function settings(files: readonly (string | undefined)[], dataDir?: string): GrantSettings {
  const find = (name: string): string | undefined =>
    findSetting({ name, env: Deno.env.get(name), files });
  const own = environment(DATA_DIRECTORY_NAMES);
  return {
    userFilePath: userFile(),
    baseUrl: find("BACKPACK_BASE_URL"),
    dataDirectory: dataDir ?? find("BACKPACK_DATA_DIR") ?? dataDirectory(own, Deno.build.os),
    everyDesksDirectory: everyDesksDirectory(own, Deno.build.os),
  };
}

function environment(names: readonly string[]): Record<string, string | undefined> {
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}

function userFile(): string | undefined {
  return userFilePath(environment(DIRECTORY_NAMES), WINDOWS);
}

/** A file that can't be read is the server's to complain of. */
function textOf(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function pathOf(url: URL): string {
  const path = decodeURIComponent(url.pathname);
  return WINDOWS ? path.replace(/^\//, "") : path;
}
