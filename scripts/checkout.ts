/**
 * What the launcher reads of this machine: where the checkout lies, and the settings that the
 * permissions depend on.
 *
 * @module
 */

import { userFilePath } from "../lib/user_file.ts";
import { findBaseUrl, type GrantSettings } from "./grants.ts";

const WINDOWS = Deno.build.os === "windows";

/** The checkout's folder, with a slash at its end. */
export const ROOT: string = pathOf(new URL("../", import.meta.url));

/** The settings of a server that runs here and trusts the `.env` here. */
export function checkoutSettings(): GrantSettings {
  return settings([textOf(userFile()), textOf(`${ROOT}.env`)]);
}

/** The settings of the executable: the working directory's `.env` has no say in the exchange. */
export function executableSettings(): GrantSettings {
  return settings([textOf(userFile())]);
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

function settings(files: readonly (string | undefined)[]): GrantSettings {
  const baseUrl = findBaseUrl({ env: Deno.env.get("BACKPACK_BASE_URL"), files });
  return { userFilePath: userFile(), baseUrl };
}

function userFile(): string | undefined {
  const names = ["XDG_CONFIG_HOME", "HOME", "APPDATA"];
  return userFilePath(
    Object.fromEntries(names.map((name) => [name, Deno.env.get(name)])),
    WINDOWS,
  );
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
