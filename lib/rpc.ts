/**
 * The parameters of a request and the errors that answer one, as JSON-RPC and MCP have them.
 *
 * @module
 */

/** The members of a JSON object that a client sent, such as a request's `params`: not checked. */
export type Params = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, not a list. */
export function isObject(value: unknown): value is Params {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON-RPC's and MCP's error codes. */
export const RPC = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** In 2025-11-25 and before; 2026-07-28 says `invalidParams`. */
  resourceNotFound: -32002,
  unsupportedVersion: -32022,
} as const;

/** An error that the SDK answers as a JSON-RPC error with just this code, message and data. */
export class RpcError extends Error {
  override readonly name = "RpcError";

  /** `code` is one of {@linkcode RPC}. */
  constructor(readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }
}
