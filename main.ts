/**
 * backpack-mcp: an order desk on Backpack Exchange for an AI assistant, as an MCP server over
 * stdio. Wiring only: the real clock, network, environment and streams are handed in here.
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
} from "./lib/config.ts";
import { DATA_DIRECTORY_NAMES, dataDirectory } from "./lib/data_directory.ts";
import { fileHalt, type Halt } from "./lib/desk/halt.ts";
import { Desk } from "./lib/desk/mod.ts";
import type { Edges } from "./lib/edges.ts";
import { GREETING, HELP } from "./lib/help.ts";
import { Http } from "./lib/http/mod.ts";
import { Journal, JournalError } from "./lib/journal/mod.ts";
import { createLog, type Log } from "./lib/log.ts";
import { createRedact, type Redact } from "./lib/secret.ts";
import { type ClosedDesk, DeskServer } from "./lib/server.ts";
import { createSigner, fingerprint } from "./lib/signing.ts";
import { StdioTransport } from "./lib/stdio.ts";
import { DIRECTORY_NAMES, userFilePath } from "./lib/user_file.ts";

const READ_GRACE_MS = 50;
const EFFECT_GRACE_MS = 5000;

const edges: Edges = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  randomId: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
};

function writeError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

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

async function configure(trustWorkingFile: boolean): Promise<Configuration> {
  const userPath = userFilePath(environment(DIRECTORY_NAMES), Deno.build.os === "windows");
  const { files, unreadable } = readEnvFiles(userPath);
  return await readConfig({
    ...files,
    unreadable,
    env: environment(ENVIRONMENT_NAMES),
    userFilePath: userPath ?? "~/.config/backpack-mcp/.env",
    trustWorkingFile,
    grantedNet: (host) => Deno.permissions.querySync({ name: "net", host }).state === "granted",
  });
}

/** The journal's directory: the owner's choice, or the system's custom. */
function dataDirectoryOf(config: Config): string | undefined {
  return config.dataDir ?? dataDirectory(environment(DATA_DIRECTORY_NAMES), Deno.build.os);
}

/** Device and inode, by which a journal that was replaced shows. */
function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Paper orders end with the process, and so does their journal. */
function openJournal(config: Config): Journal | JournalError {
  const directory = dataDirectoryOf(config) ?? "";
  const path = config.mode === "paper" ? ":memory:" : `${directory}/journal.sqlite`;
  try {
    if (config.mode === "paper") return Journal.open({ path, identity: () => path }, edges.now);
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    // SQLite gives its files the mode that this leaves them: theirs alone.
    if (Deno.build.os !== "windows") Deno.umask(0o077);
    return Journal.open({ path, identity: () => identityOf(path) }, edges.now);
  } catch (error) {
    if (error instanceof JournalError) return error;
    return new JournalError("unwritable", path, String(error), error);
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
  const { config } = configuration;
  const { baseUrl, timeoutMs, windowMs } = config;
  const journal = openJournal(config);
  if (journal instanceof JournalError) log.error("journal", { problem: journal.message });
  const { limits, mode } = config;
  const common = { log, journal, halt: haltOf(config, log), limits, mode };
  if (config.mode === "live") {
    const { signer } = config;
    const options = { baseUrl, timeoutMs, windowMs, edges, log, ...(signer ? { signer } : {}) };
    const key = signer === undefined ? "none" : await fingerprint(signer.apiKey);
    return new Desk({ ...common, http: new Http(options), edges, key });
  }
  const { PaperExchange } = await import("./lib/paper/exchange.ts");
  const signer = await createSigner(crypto.getRandomValues(new Uint8Array(32)));
  const paper = new PaperExchange({ now: edges.now, apiKey: signer.apiKey.reveal() });
  const paperEdges = { ...edges, fetch: paper.fetch.bind(paper) };
  const http = new Http({ baseUrl, timeoutMs, windowMs, signer, edges: paperEdges, log });
  return new Desk({ ...common, http, edges: paperEdges, key: "paper" });
}

async function serve(trustWorkingFile: boolean): Promise<number> {
  const configuration = await configure(trustWorkingFile);
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

async function main(args: readonly string[]): Promise<number> {
  // Only the tasks of a checkout pass this: the `.env` there is the developer's own.
  const trustWorkingFile = args[0] === "--checkout";
  const [argument, ...more] = trustWorkingFile ? args.slice(1) : args;
  if (argument === undefined) return await serve(trustWorkingFile);
  if (argument === "--help" && more.length === 0) {
    await writeOut(new TextEncoder().encode(HELP));
    return 0;
  }
  if (argument === "--version" && more.length === 0) {
    await writeOut(new TextEncoder().encode(`backpack-mcp ${denoJson.version}\n`));
    return 0;
  }
  writeError(`backpack-mcp: unknown argument ${JSON.stringify(argument)}; see --help\n`);
  return 2;
}

Deno.exit(await main(Deno.args));
