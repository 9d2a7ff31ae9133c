/**
 * Other people's command-line tools, from the npm registry, each pinned with all it depends on in
 * `tools.lock`. They may read, write what they are told to, and reach nothing.
 *
 * @module
 */

import { ROOT } from "../checkout.ts";

/** The tool of the bundles' format. */
export const MCPB = "npm:@anthropic-ai/mcpb@2.1.2";
const LOCK = `${ROOT}scripts/release/tools.lock`;

/** Runs the `mcpb` tool; throws with what it said where it refuses. */
export async function mcpb(args: readonly string[], writes: readonly string[]): Promise<string> {
  const flags = ["run", "--quiet", "--no-config", `--lock=${LOCK}`, "--frozen", "--no-prompt"];
  const grants = [
    "--allow-read",
    "--allow-env",
    ...writes.map((path) => `--allow-write=${path}`),
  ];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, ...grants, MCPB, ...args],
  }).output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  if (!success) throw new Error(`mcpb ${args[0]}: ${said}`);
  return said;
}
