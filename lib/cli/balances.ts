/**
 * `balances`: what the account holds, what is lent included.
 *
 * @module
 */

import { type Balance, readBalances } from "../account/holdings.ts";
import { type Command, type ExitCode, type Given, JSON_OPTION } from "./command.ts";
import { readExchange } from "./exchange.ts";
import { table } from "./table.ts";
import type { World } from "./world.ts";

/** The command. */
export const balances: Command = {
  name: "balances",
  summary: "Lists what the account holds: available, locked, staked, lent, total",
  example: "backpack-mcp balances --json",
  options: [JSON_OPTION],
  run,
};

const PARTS = ["available", "locked", "staked", "lent"] as const;

async function run(given: Given, world: World): Promise<ExitCode> {
  const found = await readExchange(
    world,
    (exchange, call) => readBalances({ exchange }, call),
  );
  if (given.switches.has("json")) world.terminal.print(`${JSON.stringify({ balances: found })}\n`);
  else if (found.length === 0) world.terminal.print("Nothing is held.\n");
  else world.terminal.print(asTable(found));
  return 0;
}

function asTable(found: readonly Balance[]): string {
  const columns = [...PARTS, "total" as const];
  return table(
    [{ heading: "asset" }, ...columns.map((heading) => ({ heading, isNumber: true }))],
    found.map((balance) => [balance.asset, ...columns.map((column) => balance[column])]),
  );
}
