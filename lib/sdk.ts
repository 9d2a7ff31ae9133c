/**
 * The MCP SDK, typed, in one place: nothing else imports it.
 *
 * The package's export map leads Deno to files without types, and everything would silently be
 * `any`; the `@ts-types` pragmas name the typed entries.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/server/index"
import { Server as SdkServer } from "@modelcontextprotocol/sdk/server/index.js";
// @ts-types="@modelcontextprotocol/sdk/types"
import { CancelledNotificationSchema } from "@modelcontextprotocol/sdk/types.js";

// @ts-types="@modelcontextprotocol/sdk/types"
export {
  JSONRPCMessageSchema,
  ResultSchema as AnyResult,
} from "@modelcontextprotocol/sdk/types.js";
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
  /** In 2025-11-25 and before; 2026-07-28 says `invalidParams`. */
  resourceNotFound: -32002,
  unsupportedVersion: -32022,
} as const;

/**
 * The SDK's server, which can also call off the request whose id is 0: the SDK takes that for none,
 * and since 2026-07-28 it may be a tool call.
 */
export class Server extends SdkServer {
  /** Takes what the SDK's takes. */
  constructor(...args: ConstructorParameters<typeof SdkServer>) {
    super(...args);
    const running: unknown = Reflect.get(this, "_requestHandlerAbortControllers");
    this.setNotificationHandler(CancelledNotificationSchema, ({ params }) => {
      const controller = running instanceof Map ? running.get(params.requestId) : undefined;
      controller?.abort(params.reason);
    });
  }
}

/** An error that the SDK answers as a JSON-RPC error with just this code, message and data. */
export class RpcError extends Error {
  override readonly name = "RpcError";

  /** `code` is one of {@linkcode RPC}. */
  constructor(readonly code: number, message: string, readonly data?: unknown) {
    super(message);
  }
}
