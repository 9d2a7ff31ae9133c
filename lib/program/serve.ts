/**
 * Serving: the settings, the desk and the streams put together, until the client has gone or a
 * signal comes.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
import { type Config, type Configuration, usesNet } from "../config.ts";
import { firstAnswer, type Identity, identityOf } from "../first_answer.ts";
import { GREETING } from "../help.ts";
import type { Log } from "../log.ts";
import type { ClosedDesk } from "../requests.ts";
import { createRedact, type Redact } from "../secret.ts";
import type { DeskServerOptions } from "../server.ts";
import { hostOf } from "../settings.ts";
import { logWithRecord } from "../starts.ts";
import { type FirstAnswer, StdioTransport } from "../stdio.ts";
import { type LateDesk, openDesk } from "./desks.ts";
import { edges, writeError } from "./edges.ts";
import { everyDesksHalt } from "./halt_file.ts";
import type { Launch } from "./launch.ts";
import { narrow, type Needs } from "./sandbox.ts";
import { openStartLog } from "./start_log.ts";
import { configure, dataDirectoryOf, sourcesOf } from "./sources.ts";

const READ_GRACE_MS = 50;
const EFFECT_GRACE_MS = 5000;
const PIECE_BYTES = 64 * 1024;
/** After this the desk is loaded even if no request has come: it looks for what was left unknown. */
const LOAD_MS = 250;

/** What is served, with the desk's code still to be loaded. */
type LateOptions = Omit<DeskServerOptions, "desk"> & { readonly desk: LateDesk | ClosedDesk };

/** A desk whose files are open and whose permissions are narrowed, before the first request. */
export interface OpenDesk {
  /** Answers requests until the client has gone; resolves to the exit code. */
  run(): Promise<number>;
}

/** Serves MCP over stdio; resolves to the exit code, 2 for a desk that was closed. */
export async function serve(launch: Launch): Promise<number> {
  const desk = await open(launch);
  return await desk.run();
}

/** Reads the settings, opens the desk's files, and gives up every permission that only this took. */
export async function open(launch: Launch): Promise<OpenDesk> {
  const sources = sourcesOf(launch);
  const configuration = await configure(sources, launch);
  const settings = configuration.ok ? configuration.config : configuration;
  const redact = createRedact(settings.secrets);
  const { log, closeRecord } = openLog(settings, redact);
  const desk = openDesk(configuration, log);
  const problems = "problems" in desk ? desk.problems : [];
  for (const problem of problems) log.error("config", { problem });
  const unlimited = narrow(needsOf(configuration), [sources.userFilePath, ".env"]);
  if (unlimited.length > 0) log.warn("sandbox", { unlimited });
  const { readOnly } = configuration.ok ? configuration.config.limits : configuration;
  const { mode, tools: groups } = settings;
  const options = { version: denoJson.version, mode, readOnly, groups, desk, edges, log };
  const transport = openTransport(identityOf({ ...options, problems }), redact);
  return {
    run: async () => {
      log.info("end", { by: await runUntilEnd(options, transport) });
      closeRecord();
      return problems.length > 0 ? 2 : 0;
    },
  };
}

/** The log, on stderr and in the record of starts; its first line tells of this start. */
function openLog(
  settings: Pick<Config, "mode" | "logLevel" | "dataDir">,
  redact: Redact,
): { log: Log; closeRecord: () => void } {
  const { mode, logLevel: level } = settings;
  const record = openStartLog(dataDirectoryOf(settings), edges.now());
  const log = logWithRecord({ level, redact, now: edges.now, write: writeError }, record.keep);
  log.info("start", { version: denoJson.version, mode, pid: Deno.pid });
  recordCrash(log);
  return { log, closeRecord: record.close };
}

function openTransport(identity: Identity, redact: Redact): StdioTransport {
  const first = (message: unknown): FirstAnswer | undefined => firstAnswer(message, identity);
  return new StdioTransport({ input: readIn(), write: writeOut, redact, first });
}

function needsOf(configuration: Configuration): Needs {
  const halt = everyDesksHalt();
  if (!configuration.ok) {
    return { directory: dataDirectoryOf(configuration), halt, host: undefined };
  }
  const { config } = configuration;
  const host = usesNet(config) ? hostOf(config.baseUrl) : undefined;
  return { directory: dataDirectoryOf(config), halt, host };
}

/** Records a crash: the runtime ends the program at once, and says why on stderr alone. */
function recordCrash(log: Log): void {
  const end = (reason: unknown): void => log.info("end", { by: String(reason) });
  globalThis.addEventListener("error", (event) => end(event.error ?? event.message));
  globalThis.addEventListener("unhandledrejection", (event) => end(event.reason));
}

/** Resolves to what ended it: `client` or a signal. */
async function runUntilEnd(options: LateOptions, transport: StdioTransport): Promise<string> {
  const stopped = Promise.withResolvers<string>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => stopped.resolve(signal));
  }
  if (Deno.stdin.isTerminal()) writeError(GREETING);
  const ended = Promise.race([transport.ended.then(() => "client"), stopped.promise]);
  const leftEarly = transport.begin().then((waits) => waits ? undefined : "client");
  const endedEarly = await Promise.race([stopped.promise, leftEarly, later(LOAD_MS)]);
  const by = endedEarly ?? await serveUntil(ended, options, transport);
  await Promise.race([transport.flush().catch(() => {}), later(READ_GRACE_MS)]);
  return by;
}

/** Serves until `ended`. To load the desk takes longest, but the client has its first answer by now. */
async function serveUntil(
  ended: Promise<string>,
  options: LateOptions,
  transport: StdioTransport,
): Promise<string> {
  const late = options.desk;
  const [{ DeskServer }, desk] = await Promise.all([
    import("../server.ts"),
    "problems" in late ? late : late(),
  ]);
  const server = new DeskServer({ ...options, desk });
  await server.mcp.connect(transport);
  const by = await ended;
  await server.settle(READ_GRACE_MS, EFFECT_GRACE_MS);
  return by;
}

function later(delayMs: number): Promise<undefined> {
  return new Promise((resolve) => edges.after(delayMs, () => resolve(undefined)));
}

/** What arrives on stdin: the platform's own stream takes three times as long for a piece. */
async function* readIn(): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(PIECE_BYTES);
  for (;;) {
    const size = await Deno.stdin.read(buffer);
    if (size === null) return;
    yield buffer.slice(0, size);
  }
}

async function writeOut(bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
}
