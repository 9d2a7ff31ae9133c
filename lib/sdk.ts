/**
 * The MCP SDK, typed, in one place: nothing else imports it.
 *
 * The package's export map leads Deno to files without types, and everything would silently be
 * `any`; the `@ts-types` pragmas name the typed entries.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/server/index"
export { Server } from "@modelcontextprotocol/sdk/server/index.js";
// @ts-types="@modelcontextprotocol/sdk/types"
export { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
// @ts-types="@modelcontextprotocol/sdk/types"
export type {
  CallToolResult,
  JSONRPCMessage,
  ReadResourceResult,
  ToolAnnotations,
} from "@modelcontextprotocol/sdk/types.js";
// @ts-types="@modelcontextprotocol/sdk/shared/transport"
export type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** JSON-RPC's and MCP's error codes. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  resourceNotFound: -32002,
} as const;

/** An error that the SDK answers as a JSON-RPC error with just this code, message and data. */
export class RpcError extends Error {
  override readonly name = "RpcError";

  /** `code` is one of {@linkcode RPC}. */
  constructor(readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }
}
