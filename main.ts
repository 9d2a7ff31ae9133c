/**
 * backpack-mcp: an order desk on Backpack Exchange for an AI assistant, as an MCP server over
 * stdio. Wiring only: settings, desk and streams are put together here; `machine.ts` has the real ones.
 *
 * @module
 */

import denoJson from "./deno.json" with { type: "json" };
import {
  type Config,
  type Configuration,
  type EnvFile,
  ENVIRONMENT_NAMES,
  problemText,
  readConfig,
  type Sources,
} from "./lib/config.ts";
import type { World } from "./lib/cli/world.ts";
import { DATA_DIRECTORY_NAMES, dataDirectory } from "./lib/data_directory.ts";
import { fileHalt, type Halt } from "./lib/desk/halt.ts";
import { Exchange } from "./lib/exchange.ts";
import { Desk, type DeskOptions } from "./lib/desk/mod.ts";
import { GREETING } from "./lib/help.ts";
import { Http } from "./lib/http/mod.ts";
import { Journal, JournalError } from "./lib/journal/mod.ts";
import { createLog, type Log, type LogLevel } from "./lib/log.ts";
import { PaperStore } from "./lib/paper/store.ts";
import { createRedact, type Redact } from "./lib/secret.ts";
import { type ClosedDesk, DeskServer } from "./lib/server.ts";
import type { PaperPrices } from "./lib/settings.ts";
import { createSigner, fingerprint } from "./lib/signing.ts";
import { StdioTransport } from "./lib/stdio.ts";
import { DIRECTORY_NAMES, userFilePath } from "./lib/user_file.ts";
import {
  dataDirectoryAt,
  edges,
  identityOf,
  machineOf,
  openJournalIn,
  openPaperJournalIn,
  openPaperStoreIn,
  terminalOf,
  writeError,
} from "./machine.ts";

const READ_GRACE_MS = 50;
const EFFECT_GRACE_MS = 5000;

async function writeOut(bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
}

function environment(names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, Deno.env.get(name)]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The `.env` files that exist, and the paths of those that can't be read. */
function readEnvFiles(userPath: string | undefined): {
  files: { userFile?: EnvFile; workingFile?: EnvFile };
  unreadable: string[];
} {
  const files: { userFile?: EnvFile; workingFile?: EnvFile } = {};
  const unreadable: string[] = [];
  for (const [name, path] of [["userFile", userPath], ["workingFile", ".env"]] as const) {
    try {
      if (path !== undefined) files[name] = { path, text: Deno.readTextFileSync(path) };
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) unreadable.push(path ?? name);
    }
  }
  return { files, unreadable };
}

/** What a task hands on and `compile` bakes in, before what the person types. */
interface Launch {
  /** Only the tasks of a checkout say so: the `.env` there is the developer's own. */
  readonly trustWorkingFile: boolean;
  /** The data directory that was granted, where it is not the system's custom. */
  readonly dataDir?: string;
}

const DATA_DIR_ARGUMENT = "--granted-data-dir=";

function launchOf(args: readonly string[]): { launch: Launch; rest: readonly string[] } {
  const [first = "", ...rest] = args;
  const trustWorkingFile = first === "--checkout";
  if (!first.startsWith(DATA_DIR_ARGUMENT)) {
    return { launch: { trustWorkingFile }, rest: trustWorkingFile ? rest : args };
  }
  const dataDir = first.slice(DATA_DIR_ARGUMENT.length);
  return { launch: { trustWorkingFile, dataDir }, rest };
}

function sourcesOf({ trustWorkingFile }: Launch): Sources {
  const userPath = userFilePath(environment(DIRECTORY_NAMES), Deno.build.os === "windows");
  const { files, unreadable } = readEnvFiles(userPath);
  return {
    ...files,
    unreadable,
    env: environment(ENVIRONMENT_NAMES),
    userFilePath: userPath ?? "~/.config/backpack-mcp/.env",
    trustWorkingFile,
    grantedNet: (host) => Deno.permissions.querySync({ name: "net", host }).state === "granted",
  };
}

async function configure(sources: Sources, { dataDir }: Launch): Promise<Configuration> {
  const read = await readConfig(sources);
  const preset = dataDir === undefined ? {} : { dataDir };
  return read.ok ? { ...read, config: { ...preset, ...read.config } } : { ...preset, ...read };
}

/** The journal's directory: the owner's choice, or the system's custom. */
function dataDirectoryOf(config: { dataDir?: string }): string | undefined {
  return config.dataDir ?? dataDirectory(environment(DATA_DIRECTORY_NAMES), Deno.build.os);
}

/** The paper account and its journal. */
interface PaperFiles {
  readonly store: PaperStore;
  readonly journal: Journal | JournalError;
  /** Where they are kept, for the owner. */
  readonly note: string;
}

/** Where the data directory can't be written, the paper account and its journal end together. */
function openPaperFiles(config: Config, log: Log): PaperFiles {
  const directory = dataDirectoryOf(config);
  try {
    if (directory === undefined) throw new Error("nothing names a data directory: set HOME");
    const store = openPaperStoreIn(directory, config.paperPrices);
    const journal = openPaperJournalIn(directory, config.paperPrices);
    return { store, journal, note: `kept in ${directory}` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn("paper", { problem, account: "in memory" });
    const path = ":memory:";
    const journal = Journal.open({ path, identity: () => path }, edges.now);
    const note = `in memory, gone when this server ends (${problem})`;
    return { store: PaperStore.open(path), journal, note };
  }
}

/** A file named HALT in the data directory stops new orders in every process at once. */
function haltOf(config: Config, log: Log): Halt {
  const path = `${dataDirectoryOf(config)}/HALT`;
  const isLive = config.mode === "live";
  const exists = (): boolean => {
    try {
      return identityOf(path) !== undefined;
    } catch {
      // A paper desk may have no permission to look, and no journal on disk to protect.
      return isLive;
    }
  };
  const create = (reason: string): void => {
    try {
      Deno.writeTextFileSync(path, `${reason}\n`, { createNew: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  };
  return fileHalt({ exists, ...(isLive ? { create } : {}) }, log);
}

async function openDesk(configuration: Configuration, log: Log): Promise<Desk | ClosedDesk> {
  if (!configuration.ok) {
    return { problems: configuration.problems.map(problemText) };
  }
  return await openLiveOrPaper(configuration.config, log);
}

async function openLiveOrPaper(config: Config, log: Log): Promise<Desk> {
  if (config.mode === "paper") {
    const { journal, ...paper } = await openPaper(config, log);
    return new Desk({ ...commonParts(config, journal, log), ...paper, key: "paper" });
  }
  const journal = openJournalIn(dataDirectoryOf(config) ?? "");
  const { signer } = config;
  const key = signer === undefined ? "none" : await fingerprint(signer.apiKey);
  const http = liveHttp(config, log);
  return new Desk({ ...commonParts(config, journal, log), http, edges, key });
}

type CommonParts = Pick<DeskOptions, "log" | "journal" | "halt" | "limits" | "mode">;

function commonParts(config: Config, journal: Journal | JournalError, log: Log): CommonParts {
  if (journal instanceof JournalError) log.error("journal", { problem: journal.message });
  const { limits, mode } = config;
  return { log, journal, halt: haltOf(config, log), limits, mode };
}

function liveHttp({ baseUrl, timeoutMs, windowMs, signer }: Config, log: Log): Http {
  return new Http({ baseUrl, timeoutMs, windowMs, edges, log, ...(signer ? { signer } : {}) });
}

type Paper = Pick<DeskOptions, "http" | "edges" | "journal" | "paperNote">;

async function openPaper(config: Config, log: Log): Promise<Paper> {
  const { PaperExchange } = await import("./lib/paper/exchange.ts");
  const { baseUrl, timeoutMs, windowMs, paperPrices } = config;
  const { journal, note, store } = openPaperFiles(config, log);
  // Nothing outside this process ever sees this key or what it signs.
  const signer = await createSigner(crypto.getRandomValues(new Uint8Array(32)));
  const apiKey = signer.apiKey.reveal();
  const live = paperPrices === "live" ? { live: { baseUrl, timeoutMs, ...edges } } : {};
  const paper = new PaperExchange({ now: edges.now, apiKey, store, ...live });
  paper.watch(edges.after);
  const paperEdges = { ...edges, fetch: paper.fetch.bind(paper) };
  const http = new Http({ baseUrl, timeoutMs, windowMs, signer, edges: paperEdges, log });
  return { http, edges: paperEdges, journal, paperNote: `account ${note}; ${paperPrices} prices` };
}

async function openExchange(config: Config, log: Log): Promise<Exchange> {
  const http = config.mode === "paper"
    ? (await openPaper(config, log)).http
    : liveHttp(config, log);
  return new Exchange(http);
}

async function serve(launch: Launch): Promise<number> {
  const configuration = await configure(sourcesOf(launch), launch);
  const { mode, logLevel: level, secrets } = configuration.ok
    ? configuration.config
    : configuration;
  const redact = createRedact(secrets);
  const log = createLog({ level, redact, now: edges.now, write: writeError });
  const desk = await openDesk(configuration, log);
  if ("problems" in desk) {
    for (const problem of desk.problems) log.error("config", { problem });
  }
  const readOnly = configuration.ok && configuration.config.limits.readOnly;
  const server = new DeskServer({ version: denoJson.version, mode, desk, readOnly, edges, log });
  await runUntilEnd(server, redact);
  log.info("end");
  return "problems" in desk ? 2 : 0;
}

async function runUntilEnd(server: DeskServer, redact: Redact): Promise<void> {
  const transport = new StdioTransport({ input: Deno.stdin.readable, write: writeOut, redact });
  const stopped = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, stopped.resolve);
  await server.mcp.connect(transport);
  if (Deno.stdin.isTerminal()) writeError(GREETING);
  await Promise.race([transport.ended, stopped.promise]);
  await server.settle(READ_GRACE_MS, EFFECT_GRACE_MS);
  const giveUp = new Promise<void>((resolve) => edges.after(READ_GRACE_MS, resolve));
  await Promise.race([transport.flush().catch(() => {}), giveUp]);
}

/** Whose prices paper orders trade at; `undefined` where orders are real. */
function paperPricesOf(configuration: Configuration): PaperPrices | undefined {
  if (configuration.ok && configuration.config.mode === "paper") {
    return configuration.config.paperPrices;
  }
  return undefined;
}

async function worldOf(launch: Launch): Promise<World> {
  const sources = sourcesOf(launch);
  const configuration = await configure(sources, launch);
  const settings = configuration.ok ? configuration.config : configuration;
  const redact = createRedact(settings.secrets);
  // A person reads the command's own words; the log is for who asked for it.
  const level: LogLevel = settings.logLevel === "debug" ? "debug" : "error";
  const log = createLog({ level, redact, now: edges.now, write: writeError });
  return {
    version: denoJson.version,
    sources,
    configuration,
    edges,
    machine: machineOf(launch.trustWorkingFile),
    terminal: terminalOf(redact),
    data: (path = dataDirectoryOf(settings)) =>
      path === undefined ? path : dataDirectoryAt(path, paperPricesOf(configuration)),
    openDesk: (config) => openLiveOrPaper(config, log),
    openExchange: (config) => openExchange(config, log),
  };
}

async function main(args: readonly string[]): Promise<number> {
  const { launch, rest } = launchOf(args);
  if (rest.length === 0) return await serve(launch);
  const { runCommand } = await import("./lib/cli/mod.ts");
  return await runCommand(rest, await worldOf(launch));
}

Deno.exit(await main(Deno.args));
