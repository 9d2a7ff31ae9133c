/**
 * Serving: the settings, the desk and the streams put together, until the client has gone or a
 * signal comes.
 *
 * @module
 */

import denoJson from "../../deno.json" with { type: "json" };
// Before the server: the bundler of `deno compile` forgets that the SDK's types need zod at once.
import { openDesk } from "./desks.ts";
import { createLog } from "../log.ts";
import { createRedact, type Redact } from "../secret.ts";
import { GREETING } from "../help.ts";
import { DeskServer } from "../server.ts";
import { StdioTransport } from "../stdio.ts";
import { edges, writeError } from "./edges.ts";
import type { Launch } from "./launch.ts";
import { configure, sourcesOf } from "./sources.ts";

const READ_GRACE_MS = 50;
const EFFECT_GRACE_MS = 5000;

/** Serves MCP over stdio; resolves to the exit code, 2 for a desk that was closed. */
export async function serve(launch: Launch): Promise<number> {
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
  const offer = configuration.ok
    ? { readOnly: configuration.config.limits.readOnly, groups: configuration.config.tools }
    : {};
  const server = new DeskServer({ version: denoJson.version, mode, desk, ...offer, edges, log });
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

async function writeOut(bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await Deno.stdout.write(rest));
}
