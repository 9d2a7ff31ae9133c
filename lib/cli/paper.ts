/**
 * `paper reset`: starts the paper account afresh.
 *
 * @module
 */

import { decimal } from "../decimal.ts";
import { quoted } from "../quote.ts";
import { PAPER_PRICES, type PaperPrices } from "../settings.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { dataDirectoryOf } from "./data.ts";
import type { World } from "./world.ts";

/** The command. */
export const paper: Command = {
  name: "paper",
  operands: ["reset"],
  summary: "Starts the paper account afresh; nothing real is touched",
  details:
    "Forgets its balances, orders, fills and positions, and its journal. Live and scripted\n" +
    "prices have an account each: --prices says which, or else BACKPACK_PAPER_PRICES.",
  example: "backpack-mcp paper reset --usdc 5000",
  options: [
    { name: "usdc", value: "N", meaning: "start with that much USDC and nothing else" },
    { name: "prices", value: "WHOSE", meaning: "which account: live or scripted" },
    { name: "yes", meaning: "do not ask" },
    DATA_DIR_OPTION,
  ],
  run,
};

function run(given: Given, world: World): ExitCode {
  const { terminal } = world;
  const [action = ""] = given.operands;
  if (action !== "reset") throw new Refusal(2, `paper can reset, and nothing ${quoted(action)}`);
  const usdc = given.values.get("usdc");
  if (usdc !== undefined && !/^(0|[1-9]\d{0,11})(\.\d{1,6})?$/.test(usdc)) {
    throw new Refusal(2, "--usdc: wanted an amount in plain digits, such as 5000");
  }
  const prices = pricesOf(given, world);
  const data = dataDirectoryOf(given, world);
  if (!given.switches.has("yes") && !isConfirmed(`at ${prices} prices in ${data.path}`, world)) {
    terminal.say("Nothing was changed.\n");
    return 1;
  }
  data.resetPaper(prices, usdc);
  const holds = usdc === undefined ? "" : ` with ${decimal(usdc).toFixed()} USDC`;
  terminal.print(`The paper account at ${prices} prices in ${data.path} starts afresh${holds}.\n`);
  terminal.say("Start servers that run in paper mode again: their journal is gone.\n");
  return 0;
}

function pricesOf(given: Given, { configuration }: World): PaperPrices {
  const text = given.values.get("prices");
  if (text === undefined) return configuration.ok ? configuration.config.paperPrices : "scripted";
  const prices = PAPER_PRICES.read(text);
  if (prices !== undefined) return prices;
  throw new Refusal(2, `--prices: wanted ${PAPER_PRICES.wanted}`);
}

function isConfirmed(which: string, { terminal }: World): boolean {
  if (!terminal.hasKeyboard) {
    throw new Refusal(2, "this asks on a terminal, and there is none: add --yes");
  }
  return terminal.ask(`Forget the paper account ${which}? Type yes: `)?.trim() === "yes";
}
