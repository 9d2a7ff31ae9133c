/**
 * The world that a person's commands get: this machine's settings, terminal and data directory.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
import { runCommand } from "../cli/mod.ts";
import type { World } from "../cli/world.ts";
import type { Configuration } from "../config.ts";
import { createLog, type LogLevel } from "../log.ts";
import { createRedact } from "../secret.ts";
import type { PaperPrices } from "../settings.ts";
import { dataDirectoryAt } from "./data_directory.ts";
import { openExchange, openLiveOrPaper } from "./desks.ts";
import { edges, writeError } from "./edges.ts";
import type { Launch } from "./launch.ts";
import { machineOf } from "./machine.ts";
import { configure, dataDirectoryOf, everyDesksDirectoryHere, sourcesOf } from "./sources.ts";
import { terminalOf } from "./terminal.ts";

/** Does what a person typed; resolves to the exit code. */
export async function command(typed: readonly string[], launch: Launch): Promise<number> {
  return await runCommand(typed, await worldOf(launch));
}

async function worldOf(launch: Launch): Promise<World> {
  const sources = sourcesOf(launch);
  const configuration = await configure(sources, launch);
  const settings = configuration.ok ? configuration.config : configuration;
  const redact = createRedact(settings.secrets);
  // A person reads what the command says; less than an error is logged only if they asked for it.
  const level: LogLevel = settings.logLevel === "debug" ? "debug" : "error";
  const log = createLog({ level, redact, now: edges.now, write: writeError });
  return {
    version: denoJson.version,
    sources,
    configuration,
    edges,
    machine: machineOf(launch),
    terminal: terminalOf(redact),
    data: (path = dataDirectoryOf(settings)) =>
      path === undefined ? path : dataDirectoryAt(path, paperPricesOf(configuration)),
    everyDesk: () => {
      const path = everyDesksDirectoryHere();
      return path === undefined ? undefined : dataDirectoryAt(path);
    },
    openDesk: (config) => openLiveOrPaper(config, log)(),
    openExchange: (config) => openExchange(config, log),
  };
}

/** Whose prices paper orders trade at; `undefined` where orders are real. */
function paperPricesOf(configuration: Configuration): PaperPrices | undefined {
  if (configuration.ok && configuration.config.mode === "paper") {
    return configuration.config.paperPrices;
  }
  return undefined;
}
