/**
 * What the serving process gives up before it answers its first request: whatever it was granted
 * for its start alone. Afterwards it reads and writes its data directory, connects to its exchange,
 * and nothing else. What was opened before stays open.
 *
 * @module
 */

import { fileRoots } from "../file_roots.ts";

/** What serving goes on to need. */
export interface Needs {
  /** The directory of journal, HALT and log; `undefined`: nothing is kept on disk. */
  readonly directory: string | undefined;
  /** The HALT that stops every desk of this user, to be looked for. */
  readonly halt: string | undefined;
  /** The exchange as `name:port`; `undefined`: nobody is asked anything. */
  readonly host: string | undefined;
}

const ROOTS = fileRoots(Deno.build.os === "windows");
const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Gives up everything but `needs`, for good. `envFiles` are the paths of the `.env` files, which have
 * been read. A permission without any limit, which only `--allow-all` and its like give, can't be
 * narrowed; what is left of those is returned, by name.
 */
export function narrow({ directory, halt, host }: Needs, envFiles: readonly string[]): string[] {
  if (halt !== undefined) keep({ name: "read", path: halt });
  for (const name of ["read", "write"] as const) {
    if (directory !== undefined) keep({ name, path: directory });
    for (const path of ROOTS) Deno.permissions.revokeSync({ name, path });
  }
  for (const path of envFiles) {
    // Inside the data directory there is nothing to give up, and revoking would take all of that.
    if (isGranted({ name: "write", path })) continue;
    Deno.permissions.revokeSync({ name: "read", path });
  }
  narrowNet(host);
  for (const name of ["env", "run", "ffi", "sys", "import"]) {
    Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
  }
  return (["read", "write", "net"] as const).filter((name) => isGranted({ name }));
}

function narrowNet(host: string | undefined): void {
  if (host === undefined) {
    Deno.permissions.revokeSync({ name: "net" });
    return;
  }
  keep({ name: "net", host });
  for (const other of LOOPBACK) Deno.permissions.revokeSync({ name: "net", host: other });
}

/**
 * Has a part of a wider grant granted by itself, so that it stays when the wider one is revoked.
 * What is not granted is not asked for.
 */
function keep(permission: Deno.PermissionDescriptor): void {
  if (isGranted(permission)) Deno.permissions.requestSync(permission);
}

function isGranted(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state === "granted";
}
