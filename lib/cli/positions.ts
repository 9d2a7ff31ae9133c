/**
 * `positions`: open perpetual positions.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import type { Position } from "../schemas/mod.ts";
import { type Command, type ExitCode, type Given, JSON_OPTION } from "./command.ts";
import { readExchange } from "./exchange.ts";
import { type Column, table } from "./table.ts";
import type { World } from "./world.ts";

/** The command. */
export const positions: Command = {
  name: "positions",
  summary: "Lists the open perpetual positions",
  example: "backpack-mcp positions",
  options: [JSON_OPTION],
  run,
};

const NUMBERS = ["quantity", "entry", "mark", "liquidation", "exposure", "unrealized", "realized"];
const COLUMNS: readonly Column[] = [
  { heading: "symbol" },
  { heading: "side" },
  ...NUMBERS.map((heading) => ({ heading, isNumber: true })),
];

async function run(given: Given, world: World): Promise<ExitCode> {
  const found = await readExchange(world, (exchange, call) => exchange.positions(call));
  if (given.switches.has("json")) world.terminal.print(`${JSON.stringify({ positions: found })}\n`);
  else if (found.length === 0) world.terminal.print("No open positions.\n");
  else world.terminal.print(table(COLUMNS, found.map(rowOf)));
  return 0;
}

function rowOf(position: Position): string[] {
  const { netQuantity, estLiquidationPrice: liquidation = "0" } = position;
  return [
    position.symbol,
    decimal(netQuantity).lt(0) ? "SHORT" : "LONG",
    netQuantity,
    position.entryPrice ?? "",
    position.markPrice ?? "",
    // 0 means that the exchange does not know one.
    decimal(liquidation).isZero() ? "" : liquidation,
    position.netExposureNotional ?? "",
    position.pnlUnrealized ?? "",
    position.pnlRealized ?? "",
  ];
}
