/**
 * The doctor's look at the exchange: is it reached, what time is it there, does it take the key.
 * Reads only.
 *
 * @module
 */

import { attempt } from "../account/attempt.ts";
import { type Call, withDeadline } from "../clock.ts";
import type { Config } from "../config.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import { causeOf, keyCauseOf } from "./exchange_causes.ts";
import type { Finding } from "./finding.ts";
import { checkSymbols } from "./limits_check.ts";
import { durationText } from "./times.ts";
import type { World } from "./world.ts";

const CALL_MS = 20_000;
/** The desk signs by the exchange's clock; entries of the journal and limits of a day go by ours. */
const OFFSET_MS = 30_000;

/** The exchange, the clock and the key; nothing is asked while the settings have problems. */
export async function checkExchange(world: World): Promise<Finding[]> {
  const { configuration } = world;
  const check = "exchange";
  if (!configuration.ok) {
    return [{ check, state: "note", text: "not asked: the settings have problems" }];
  }
  const { config } = configuration;
  if (config.mode === "paper") return await paperFindings(config, world);
  if (world.terminal.showsNotes) world.terminal.say(`Asking ${config.baseUrl} …\n`);
  const exchange = await world.openExchange(config);
  const time = await timeFindings(exchange, config, world);
  if (time.some(({ state }) => state === "problem")) return time;
  const symbols = await symbolFindings(exchange, config, world);
  return [...time, ...symbols, ...await keyFindings(exchange, config, world)];
}

/** What is simulated needs no network, unless its prices are the exchange's own. */
async function paperFindings(config: Config, world: World): Promise<Finding[]> {
  const check = "exchange";
  const text = "simulated in this program";
  const isLive = config.paperPrices === "live";
  const simulated: Finding = { check, state: "ok", text };
  if (!isLive && config.limits.symbols === undefined) return [simulated];
  const exchange = await world.openExchange(config);
  if (!isLive) return [simulated, ...await symbolFindings(exchange, config, world)];
  const asked = await ask(world, (call) => exchange.markets(call));
  if (asked instanceof DeskError) return [unreached(asked, config)];
  const prices = { ...simulated, text: `${text}, at the prices of ${config.baseUrl}` };
  return [prices, ...await symbolFindings(exchange, config, world)];
}

function unreached(error: DeskError, { baseUrl }: Config): Finding {
  const { text, todo } = causeOf(error);
  const said = `${baseUrl} ${text}: ${error.message}`;
  return { check: "exchange", state: "problem", text: said, todo };
}

async function symbolFindings(
  exchange: Exchange,
  { limits }: Config,
  world: World,
): Promise<Finding[]> {
  if (limits.symbols === undefined) return [];
  const asked = await ask(world, (call) => exchange.markets(call));
  if (!(asked instanceof DeskError)) {
    const { markets, unreadable } = asked;
    const known = [...markets.map(({ symbol }) => symbol), ...unreadable];
    return checkSymbols(limits.symbols, known);
  }
  const text = `whether the markets of BACKPACK_SYMBOLS exist can't be told: ${asked.message}`;
  return [{ check: "symbols", state: "note", text }];
}

async function timeFindings(exchange: Exchange, config: Config, world: World): Promise<Finding[]> {
  const check = "exchange";
  const asked = await ask(world, (call) => exchange.time(call));
  if (asked instanceof DeskError) return [unreached(asked, config)];
  const offsetMs = asked - world.edges.now();
  return [{ check, state: "ok", text: `${config.baseUrl} answers` }, clockFinding(offsetMs)];
}

function clockFinding(offsetMs: number): Finding {
  const check = "clock";
  const off = durationText(Math.abs(offsetMs));
  if (Math.abs(offsetMs) < OFFSET_MS) return { check, state: "ok", text: `${off} off` };
  return {
    check,
    state: "warning",
    text: `this machine's clock is ${off} ${offsetMs > 0 ? "behind" : "ahead"}`,
    todo: "set it; signatures go by the exchange's clock, but the journal goes by this one",
  };
}

async function keyFindings(exchange: Exchange, config: Config, world: World): Promise<Finding[]> {
  const check = "account";
  if (config.signer === undefined) return [];
  const asked = await ask(world, (call) => exchange.account(call));
  if (asked instanceof DeskError) {
    const { text, todo } = keyCauseOf(asked);
    return [{
      check,
      state: "problem",
      text: `the exchange ${text}: ${asked.message}`,
      todo,
    }];
  }
  return [
    { check, state: "ok", text: "the exchange accepts the key" },
    {
      check,
      state: "note",
      text: "whether the key may trade can't be told without an order: Backpack's list of API " +
        "keys says which are Read Only",
    },
  ];
}

function ask<T>({ edges }: World, read: (call: Call) => Promise<T>): Promise<T | DeskError> {
  return attempt(withDeadline(edges, CALL_MS, read));
}
