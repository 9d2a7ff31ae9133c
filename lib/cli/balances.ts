/**
 * `balances`: what the account holds, what is lent included.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import type { Capital, Collateral } from "../schemas/mod.ts";
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

type Balance = Record<"asset" | "total" | typeof PARTS[number], string>;

async function run(given: Given, world: World): Promise<ExitCode> {
  // Both or none: with auto-lend on, capital alone reads zero (API digest, 4.3).
  const found = await readExchange(world, async (exchange, call) => {
    const [capital, { collateral }] = await Promise.all([
      exchange.capital(call),
      exchange.collateral(call),
    ]);
    return balancesOf(capital, collateral);
  });
  if (given.switches.has("json")) world.terminal.print(`${JSON.stringify({ balances: found })}\n`);
  else if (found.length === 0) world.terminal.print("Nothing is held.\n");
  else world.terminal.print(asTable(found));
  return 0;
}

function balancesOf(capital: Capital, collateral: Collateral["collateral"]): Balance[] {
  const lent = new Map(collateral.map((row) => [row.symbol, row.lendQuantity]));
  const assets = [...new Set([...Object.keys(capital), ...lent.keys()])].sort();
  return assets.map((asset) => balanceOf(asset, capital[asset], lent.get(asset)))
    .filter(({ total }) => !decimal(total).isZero());
}

function balanceOf(
  asset: string,
  { available, locked, staked }: Capital[string] = { available: "0", locked: "0", staked: "0" },
  lent = "0",
): Balance {
  const parts = { available, locked, staked, lent };
  const total = PARTS.reduce((sum, part) => sum.plus(decimal(parts[part])), decimal("0"));
  return { asset, ...parts, total: total.toFixed() };
}

function asTable(found: readonly Balance[]): string {
  const columns = [...PARTS, "total" as const];
  return table(
    [{ heading: "asset" }, ...columns.map((heading) => ({ heading, isNumber: true }))],
    found.map((balance) => [balance.asset, ...columns.map((column) => balance[column])]),
  );
}
