/**
 * backpack-mcp: an order desk on Backpack Exchange for an AI assistant, as an MCP server over
 * stdio. Without a command it serves; what a person's commands need is loaded for them alone.
 *
 * @module
 */

import { launchOf } from "./lib/program/launch.ts";
import { serve } from "./lib/program/serve.ts";

async function main(args: readonly string[]): Promise<number> {
  const { launch, rest } = launchOf(args);
  if (rest.length === 0) return await serve(launch);
  const { command } = await import("./lib/program/commands.ts");
  return await command(rest, launch);
}

Deno.exit(await main(Deno.args));
