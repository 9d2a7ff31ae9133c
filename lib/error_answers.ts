/**
 * How an error is told to a client: as a tool's answer, or as a protocol error for a resource. The
 * one place where that happens; what the answer may say of the inside is decided here.
 *
 * @module
 */

import { DeskError } from "./errors.ts";
import { isUnknown } from "./http/failure.ts";
import type { Log } from "./log.ts";
import { RPC, RpcError } from "./rpc.ts";
import type { CallToolResult } from "./sdk.ts";
import type { DeskState, Tool } from "./tools/tool.ts";

/**
 * Whatever is no `DeskError` is a fault of ours: its text goes to the log and nowhere else. Of a
 * `tool` that acts nobody knows then what it did.
 */
export function knownError(error: unknown, log: Log, tool?: Tool): DeskError {
  const acts = tool !== undefined && tool.effect !== "none";
  const known = error instanceof DeskError ? error : internalError(error, acts, log);
  if (tool !== undefined && isUnknown(known)) log.warn("unknown", { tool: tool.name });
  return known;
}

function internalError(error: unknown, acts: boolean, log: Log): DeskError {
  const stack = error instanceof Error ? error.stack : String(error);
  log.error("internal", { stack });
  return new DeskError("internal", "The desk failed; its log on stderr says how", {
    ...(acts && {
      outcome: "unknown",
      hint: "Whether anything was done is not known: look with list_orders before you go on",
    }),
  });
}

/** A tool's failed answer. MCP wants it without `structuredContent`: the schema is the success's. */
export function toolErrorOf(tool: Tool, error: DeskError, desk: DeskState): CallToolResult {
  const { code, message, hint, details } = error;
  const outcome = tool.effect === "none" ? undefined : error.outcome;
  // Named twice: they come first, and no detail can take their place.
  const known = { code, message, hint, outcome };
  const body = { ...known, ...details, ...known, desk };
  return { isError: true, content: [{ type: "text", text: JSON.stringify(body) }] };
}

/** The protocol error of a resource that could not be read. */
export function resourceErrorOf(uri: string, error: DeskError, desk: DeskState): RpcError {
  const { code, message, hint, details } = error;
  const rpcCode = code === "not_found" ? RPC.resourceNotFound : RPC.internalError;
  return new RpcError(rpcCode, `${message}. ${hint}`, {
    ...{ uri, code, message, hint },
    ...details,
    desk,
  });
}

/** The protocol error of any other request: its parameters are wrong, or the fault is ours. */
export function requestErrorOf({ code, message, hint }: DeskError): RpcError {
  const rpcCode = code === "internal" ? RPC.internalError : RPC.invalidParams;
  return new RpcError(rpcCode, `${message}. ${hint}`);
}
