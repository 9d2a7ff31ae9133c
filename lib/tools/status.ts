/**
 * The tool that tells how the desk is. It is there whatever groups the owner leaves out.
 *
 * @module
 */

import * as z from "zod";
import type { DeskStatus, ExchangeStatus } from "../desk/status.ts";
import { word } from "../quote.ts";
import { sentence } from "./line.ts";
import { loose } from "./outputs.ts";
import { defineTool } from "./tool.ts";

/** The desk at a glance. */
export const getStatus = defineTool({
  name: "get_status",
  title: "How the desk is",
  description: "Tells whether a new order could leave now, and what stands in its way " +
    "(obstacles). Also the exchange's status, round trip and clock offset in ms, halt, orders of " +
    "unknown outcome, journal, API key's fingerprint, limits and version. notes names what could " +
    "not be told.",
  group: "desk",
  effect: "none",
  input: z.strictObject({}),
  output: z.looseObject({
    obstacles: z.array(z.string()),
    exchange: loose<ExchangeStatus>({ status: z.string().optional() }),
    halted: z.boolean(),
    notes: z.array(z.string()),
  }),
  run: async (_args, { desk, mode, version, call }) => {
    const status = await desk.status(call);
    const line = `${mode.toUpperCase()} ${statusLine(status)}; backpack-mcp ${version}`;
    return { line, value: { mode, version, ...status } };
  },
});

function statusLine(status: DeskStatus): string {
  const { obstacles, exchange, unresolved, key, notes } = status;
  return sentence([
    obstacles.length === 0
      ? "new orders may leave"
      : `no new order leaves: ${obstacles.join("; ")}`,
    exchangeWords(exchange),
    unresolvedWords(unresolved),
    `key ${key}`,
    status.paper ?? "",
    ...notes,
  ]);
}

function exchangeWords({ status, roundTripMs, clockOffsetMs }: ExchangeStatus): string {
  return sentence([
    status === undefined ? "" : `exchange ${word(status)}, round trip ${roundTripMs} ms`,
    clockOffsetMs === undefined ? "" : clockWords(clockOffsetMs),
  ]);
}

function clockWords(offsetMs: number): string {
  return `its clock ${Math.abs(offsetMs)} ms ${offsetMs < 0 ? "behind" : "ahead"}`;
}

function unresolvedWords(unresolved: DeskStatus["unresolved"]): string {
  if (unresolved === undefined) return "";
  const { count, oldest } = unresolved;
  if (oldest === undefined) return "no order of unknown outcome";
  const { tool, clientId, symbol, time } = oldest;
  const id = clientId === undefined ? "" : ` clientId ${clientId}`;
  return `${count} of unknown outcome, the oldest ${tool}${id} on ${word(symbol)} at ${time}`;
}
