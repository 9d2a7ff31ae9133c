/**
 * What a person is told about this program and its surroundings.
 *
 * @module
 */

import type { Machine } from "../cli/world.ts";
import type { Launch } from "./launch.ts";

const PERMISSIONS = ["net", "read", "write", "env", "run", "ffi", "sys"] as const;

/** This program and its surroundings. */
export function machineOf({ trustWorkingFile: isCheckout, isRelease }: Launch): Machine {
  const root = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");
  const task = ["task", "--quiet", "--cwd", windowsPath(root), "start"];
  const isGranted = (name: Deno.PermissionName): boolean =>
    Deno.permissions.querySync({ name } as Deno.PermissionDescriptor).state === "granted";
  return {
    os: Deno.build.os,
    // The runtime tells its own path without a permission to read it.
    program: [Deno.execPath(), ...(isCheckout ? task : [])],
    isRelease,
    unlimited: PERMISSIONS.filter(isGranted),
    modeOf: (path) =>
      Deno.build.os === "windows" ? undefined : Deno.statSync(path).mode ?? undefined,
  };
}

function windowsPath(path: string): string {
  return Deno.build.os === "windows" ? path.replace(/^\//, "").replaceAll("/", "\\") : path;
}
