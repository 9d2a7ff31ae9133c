/**
 * The executables that `deno task compile` wrote, and what they say of themselves. Tests of them run
 * only where BACKPACK_MCP_EXECUTABLE names one and the other kinds lie beside it (`.ci/run` makes
 * them), since building takes a runtime that not every machine can have.
 *
 * @module
 */

import { temporaryDirectory } from "../scripts/checkout.ts";
import { withFolder } from "./_program.ts";

/** Built for this user's directories. */
export const EXECUTABLE: string = Deno.env.get("BACKPACK_MCP_EXECUTABLE") ?? "";
/** Built for anybody's. */
export const RELEASE = `${EXECUTABLE}-${Deno.build.target}`;
/** The hidden builds of both kinds, which try to get out. */
export const PROBES: readonly string[] = [
  `${EXECUTABLE}-probe`,
  `${EXECUTABLE}-probe-${Deno.build.target}`,
];

/** The permissions that are embedded in it: Deno keeps them as JSON beside the program. */
export function embeddedPermissions(path: string): Record<string, unknown> {
  const found = /"permissions":(\{"allow_env":.*?"prompt":(?:true|false)\})/.exec(textOf(path));
  return JSON.parse(found?.[1] ?? "{}");
}

/** The arguments that are baked in, before those that a person types. */
export function bakedArguments(path: string): string[] {
  const [, baked = "[]"] = /"argv":(\[.*?\])/.exec(textOf(path)) ?? [];
  return JSON.parse(baked);
}

/** The data directory that it was granted when it was built, if it was one. */
export function bakedDataDirectory(path: string): string | undefined {
  return /^--granted-data-dir=(.*)$/.exec(bakedArguments(path)[0] ?? "")?.[1];
}

/**
 * The data directory and the home of `.env` files of an executable that was built for a trial, both
 * in the temporary directory: only there may it trade. Nothing of one that was built for a user.
 */
export function trialDirectories(): { readonly data: string; readonly config: string } | undefined {
  const temporary = `${temporaryDirectory()}/`;
  const [file = ""] = EXECUTABLE === "" ? [] : grantedFiles(EXECUTABLE);
  const data = EXECUTABLE === "" ? "" : bakedDataDirectory(EXECUTABLE) ?? "";
  if (!data.startsWith(temporary) || !file.startsWith(temporary)) return undefined;
  return { data, config: file.replace(/\/backpack-mcp\/\.env$/, "") };
}

/** Leaves nothing in that data directory: another account's journal closes a desk. */
export function emptyTrial(): void {
  const { data } = trialDirectories() ?? {};
  if (data !== undefined && hasFolder(data)) Deno.removeSync(data, { recursive: true });
}

function hasFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** The files that it may read besides the working directory's `.env`; first the user's. */
function grantedFiles(path: string): string[] {
  const files = embeddedPermissions(path).allow_read as string[] | undefined;
  return (files ?? []).filter((file) => file.endsWith("/backpack-mcp/.env"));
}

/** A test in an empty folder of its own. */
export function executableTest(name: string, work: (folder: string) => Promise<void>): void {
  Deno.test({
    name: EXECUTABLE === "" ? `${name} (needs BACKPACK_MCP_EXECUTABLE)` : name,
    ignore: EXECUTABLE === "" || Deno.build.os === "windows",
    fn: () => withFolder(work),
  });
}

function textOf(path: string): string {
  return new TextDecoder("latin1").decode(Deno.readFileSync(path));
}
