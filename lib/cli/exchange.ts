/**
 * The exchange for a command that only reads.
 *
 * @module
 */

import { type Call, withDeadline } from "../clock.ts";
import { type Config, problemText } from "../config.ts";
import type { Exchange } from "../exchange.ts";
import { Refusal } from "./command.ts";
import type { World } from "./world.ts";

const CALL_MS = 50_000;

/**
 * Reads with the configured key.
 *
 * @throws {Refusal} while the settings have problems
 */
export async function readExchange<T>(
  world: World,
  read: (exchange: Exchange, call: Call) => Promise<T>,
): Promise<T> {
  const config = configOf(world);
  if (config.mode === "paper") {
    world.terminal.say(
      "BACKPACK_MODE=paper: this is the paper account, which its servers share\n",
    );
  }
  const exchange = await world.openExchange(config);
  return await withDeadline(world.edges, CALL_MS, (call) => read(exchange, call));
}

function configOf({ configuration }: World): Config {
  if (configuration.ok) return configuration.config;
  const problems = configuration.problems.map((problem) => `\n  ${problemText(problem)}`).join("");
  throw new Refusal(2, `the settings have problems:${problems}\n\`backpack-mcp doctor\` says more`);
}
