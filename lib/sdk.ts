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
  Implementation,
  JSONRPCMessage,
  ReadResourceResult,
  ToolAnnotations,
} from "@modelcontextprotocol/sdk/types.js";
// @ts-types="@modelcontextprotocol/sdk/shared/transport"
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
export type { Transport };

/**
 * The SDK's server, which can also call off the request whose id is 0: the SDK takes that for none,
 * and since 2026-07-28 it may be a tool call.
 */
export class Server extends SdkServer {
  /** Called with each result that has been written: a client that is gone is told nothing. */
  onwritten?: (result: object) => void;

  /** Takes what the SDK's takes. */
  constructor(...args: ConstructorParameters<typeof SdkServer>) {
    super(...args);
    const running: unknown = Reflect.get(this, "_requestHandlerAbortControllers");
    this.setNotificationHandler(CancelledNotificationSchema, ({ params }) => {
      const controller = running instanceof Map ? running.get(params.requestId) : undefined;
      controller?.abort(params.reason);
    });
  }

  /** Connects as the SDK's does. */
  override async connect(transport: Transport): Promise<void> {
    const send = transport.send.bind(transport);
    transport.send = async (message, options) => {
      await send(message, options);
      if ("result" in message) this.onwritten?.(message.result);
    };
    await super.connect(transport);
  }
}
