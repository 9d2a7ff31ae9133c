/**
 * Writes the lock file of the registries that can be reached.
 *
 * @module
 */

import { hasFile, ROOT } from "./checkout.ts";
import { runDeno, say } from "./child.ts";
import { allSources } from "./sources.ts";
import { type World, worldFlags } from "./world.ts";

/** Started afresh, since Deno adds to a lock file and takes nothing out; the exit code. */
export async function writeLock(world: World): Promise<number> {
  const path = world === "npm" ? `${ROOT}scripts/npm_only.lock` : `${ROOT}deno.lock`;
  if (hasFile(path)) await Deno.remove(path);
  const write = worldFlags(world, ROOT, true).map((flag) => flag.replace("--frozen", "$&=false"));
  const code = await runDeno(["cache", ...write, ...allSources()]);
  say(code === 0 ? `wrote ${path}` : `could not write ${path}`);
  return code;
}
