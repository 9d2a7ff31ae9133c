/**
 * The clients of both eras of MCP under one face, and a client of 2026-07-28 without any SDK, which
 * can say what no well-behaved one would.
 *
 * @module
 */

import { Client as Client2 } from "@modelcontextprotocol/client";
// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client as Client1 } from "@modelcontextprotocol/sdk/client/index.js";
// @ts-types="@modelcontextprotocol/sdk/inMemory"
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
// @ts-types="@modelcontextprotocol/sdk/types"
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { callsOf, type Connection, type ConnectOptions, serve } from "./_helpers.ts";

/** Which client speaks, and how it finds out what the server speaks. */
export const CLIENTS = ["SDK 1", "SDK 2", "SDK 2 auto", "SDK 2 pinned"] as const;
/** One of {@linkcode CLIENTS}. */
export type ClientName = typeof CLIENTS[number];

/** The newest revision. */
export const STATELESS = "2026-07-28";

type Params = Record<string, unknown>;
// deno-lint-ignore no-explicit-any
type Result = any;

/** What the clients have in common. */
export interface AnyClient {
  /** The revision that they agreed on. */
  revision(): string | undefined;
  request(method: string, params: Params, signal?: AbortSignal): Promise<Result>;
  close(): Promise<void>;
}

/** Both sides' end of a wire. */
export type Wire = InMemoryTransport;

/** What a client may be told. */
export interface EraOptions extends Omit<ConnectOptions, "prepare"> {
  /** What the person answers to a form; a client without forms where absent. */
  onForm?: (params: Params) => Promise<unknown>;
}

/** A connection whose client is of either era. */
export type EraConnection = Omit<Connection, "client"> & { client: AnyClient };

/** Connects the client of that name over a wire. */
export async function join(
  name: ClientName,
  // deno-lint-ignore no-explicit-any
  wire: any,
  { onForm, capabilities }: Pick<EraOptions, "onForm" | "capabilities"> = {},
): Promise<AnyClient> {
  const able = capabilities ?? (onForm === undefined ? {} : { elicitation: {} });
  const info = { name: "test", version: "1" };
  if (name === "SDK 1") {
    const client = new Client1(info, { capabilities: able });
    if (onForm !== undefined) {
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => onForm(params) as Result);
    }
    let revision: string | undefined;
    wire.setProtocolVersion = (agreed: string) => revision = agreed;
    await client.connect(wire);
    return {
      revision: () => revision,
      request: (method, params, signal) => methodsOf(client)[method]!(params, signal),
      close: () => client.close(),
    };
  }
  const mode = name === "SDK 2" ? "legacy" : name === "SDK 2 auto" ? "auto" : { pin: STATELESS };
  const client = new Client2(info, { capabilities: able, versionNegotiation: { mode } });
  if (onForm !== undefined) {
    client.setRequestHandler("elicitation/create", ({ params }) => onForm(params) as Result);
  }
  await client.connect(wire);
  return {
    revision: () => client.getNegotiatedProtocolVersion(),
    request: (method, params, signal) => methodsOf(client)[method]!(params, signal),
    close: () => client.close(),
  };
}

/** The clients' own methods, as their users call them. */
function methodsOf(
  client: Client1 | Client2,
): Record<string, (params: Result, signal?: AbortSignal) => Promise<Result>> {
  const with_ = (signal?: AbortSignal): { signal?: AbortSignal } => signal ? { signal } : {};
  return {
    "tools/list": (params, signal) => client.listTools(params, with_(signal)),
    "tools/call": (params, signal) =>
      client instanceof Client1
        ? client.callTool(params, undefined, with_(signal))
        : client.callTool(params, with_(signal)),
    "resources/list": (params, signal) => client.listResources(params, with_(signal)),
    "resources/templates/list": (params, signal) =>
      client.listResourceTemplates(params, with_(signal)),
    "resources/read": (params, signal) => client.readResource(params, with_(signal)),
    "prompts/list": (params, signal) => client.listPrompts(params, with_(signal)),
    "prompts/get": (params, signal) => client.getPrompt(params, with_(signal)),
    "subscriptions/listen": async ({ notifications }) => {
      const subscription = await (client as Client2).listen(notifications);
      return { honored: subscription.honoredFilter, closed: await subscription.closed };
    },
    "completion/complete": (params, signal) => client.complete(params, with_(signal)),
  };
}

/** Connects the client of that name to a server in this process. */
export async function connectClient(
  name: ClientName,
  options: EraOptions,
): Promise<EraConnection> {
  const { desk, ...served } = await serve(options);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await served.server.mcp.connect(theirs);
  const client = await join(name, ours, options);
  return {
    client,
    ...served,
    ...callsOf(served.clock, (params) => client.request("tools/call", params)),
    [Symbol.asyncDispose]: () => {
      desk.stop();
      return client.close();
    },
  };
}

/** The `_meta` that each request of 2026-07-28 carries. */
export function envelope(capabilities: Params = {}): Params {
  return {
    "io.modelcontextprotocol/protocolVersion": STATELESS,
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
}

/** An error that the server answered with. */
export class WireError extends Error {
  constructor(readonly code: number, message: string, readonly data: unknown) {
    super(message);
  }
}

/** Speaks 2026-07-28 in bare messages. */
export class BareClient {
  readonly notifications: Params[] = [];
  readonly #wire: Wire;
  readonly #capabilities: Params;
  readonly #waiting = new Map<number, (message: Result) => void>();
  #lastId = 0;

  constructor(wire: Wire, capabilities: Params = {}) {
    this.#wire = wire;
    this.#capabilities = capabilities;
    wire.onmessage = (message: Result) => {
      if (message.method !== undefined) return void this.notifications.push(message);
      this.#waiting.get(message.id)?.(message);
    };
  }

  /** Sends one request; the result as it came. Rejects with a {@linkcode WireError}. */
  async request(method: string, params: Params = {}, signal?: AbortSignal): Promise<Result> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    this.#waiting.set(id, resolve);
    signal?.addEventListener("abort", () => {
      this.#send({ method: "notifications/cancelled", params: { requestId: id } });
      reject(new Error("called off"));
    });
    this.#send({ id, method, params: { _meta: envelope(this.#capabilities), ...params } });
    const { result, error } = await promise;
    if (error !== undefined) throw new WireError(error.code, error.message, error.data);
    return result;
  }

  /** Calls a tool and, as long as that asks, what `answer` makes of the form. */
  async callTool(
    params: Params,
    answer: (asking: Result) => Promise<Params>,
    signal?: AbortSignal,
  ): Promise<Result> {
    let result = await this.request("tools/call", params, signal);
    while (result.resultType === "input_required") {
      result = await this.request("tools/call", { ...params, ...await answer(result) }, signal);
    }
    return result;
  }

  /** Closes the wire. */
  close(): Promise<void> {
    return this.#wire.close();
  }

  #send(message: Params): void {
    this.#wire.send({ jsonrpc: "2.0", ...message } as never);
  }
}

/** Connects a client of bare messages, whose person answers forms by `onForm`. */
export async function connectBare(
  options: EraOptions,
): Promise<EraConnection & { bare: BareClient }> {
  const { desk, ...served } = await serve(options);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([served.server.mcp.connect(theirs), ours.start()]);
  const { onForm } = options;
  const able = options.capabilities ?? (onForm === undefined ? {} : { elicitation: {} });
  const bare = new BareClient(ours, able);
  const answer = async ({ inputRequests, requestState }: Result): Promise<Params> => {
    const approve = await onForm?.(inputRequests.approve.params).catch(() => undefined);
    return { requestState, inputResponses: { approve } };
  };
  const client: AnyClient = {
    revision: () => STATELESS,
    request: (method, params, signal) =>
      method === "tools/call"
        ? bare.callTool(params, answer, signal)
        : bare.request(method, params, signal),
    close: () => bare.close(),
  };
  return {
    bare,
    client,
    ...served,
    ...callsOf(served.clock, (params) => client.request("tools/call", params)),
    [Symbol.asyncDispose]: () => {
      desk.stop();
      return bare.close();
    },
  };
}
