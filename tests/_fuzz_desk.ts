/**
 * A real client and a real server with JSON lines between them, in front of the simulated exchange;
 * everything that either of them writes is kept.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
// @ts-types="@modelcontextprotocol/sdk/validation/ajv"
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
// @ts-types="@modelcontextprotocol/sdk/types"
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { StdioTransport } from "../lib/stdio.ts";
import type { Published } from "./_fuzz_arguments.ts";
import { API_KEY, serve, type Served, START_MS, type ToolAnswer } from "./_helpers.ts";
import { QuickClock } from "./_sequences_world.ts";

/** A request as the exchange got it. */
export interface Seen {
  method: string;
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  // deno-lint-ignore no-explicit-any
  body: any;
  /** The reply's status. */
  status: number;
}

/** How a call ended: with a result, or as a protocol error. */
export type Ended =
  | { readonly result: ToolAnswer }
  | { readonly protocolError: { readonly code: number; readonly message: string } };

type JsonSchemaValidator<T> = ReturnType<typeof AjvJsonSchemaValidator.prototype.getValidator<T>>;
type Answering = (url: string, init: RequestInit) => Promise<Response>;

/** Orders that are there from the start. */
const STANDING = [
  { symbol: "SOL_USDC", side: "Bid", price: "120", quantity: "1.5", clientId: 7 },
  { symbol: "SOL_USDC", side: "Ask", price: "160.00", quantity: "2", clientId: 8 },
  { symbol: "SOL_USDC_PERP", side: "Bid", price: "121", quantity: "1", clientId: 9 },
].map((order) => ({ ...order, orderType: "Limit" }));

/** The SDK's own, each made once: a schema takes longer to compile than a call. */
class Validators extends AjvJsonSchemaValidator {
  readonly #made = new Map<string, unknown>();

  override getValidator<T>(schema: Record<string, unknown>): JsonSchemaValidator<T> {
    const key = JSON.stringify(schema);
    const made = this.#made.get(key) ?? super.getValidator<T>(schema);
    this.#made.set(key, made);
    return made as JsonSchemaValidator<T>;
  }
}

const VALIDATORS = new Validators();

/** The whole. */
export class FuzzDesk {
  /** Every line that the server wrote, unredacted. */
  readonly lines: string[] = [];
  readonly client = new Client({ name: "fuzz", version: "1" }, { jsonSchemaValidator: VALIDATORS });
  tools: Published[] = [];

  private constructor(
    readonly served: Served,
    readonly exchange: PaperExchange,
    /** Every request that reached the exchange. */
    readonly seen: readonly Seen[],
  ) {}

  /** Opens it with orders standing; `between` may answer in the exchange's stead. */
  static async open(
    between: (exchange: Answering) => Answering = (exchange) => exchange,
  ): Promise<FuzzDesk> {
    const clock = new QuickClock();
    const exchange = new PaperExchange({
      now: () => START_MS + clock.monotonic(),
      apiKey: API_KEY,
    });
    const answer = between((url, init) => exchange.fetch(url, init));
    const seen: Seen[] = [];
    const fetch: Answering = (url, init) => recorded(answer, seen, url, init);
    const served = await serve({ fetch, clock });
    const desk = new FuzzDesk(served, exchange, seen);
    await desk.#connect();
    for (const order of STANDING) await desk.call("create_order", order);
    return desk;
  }

  /** Calls a tool with whatever these arguments are. */
  async call(name: string, args: unknown): Promise<Ended> {
    const params = { name, arguments: args } as never;
    const asked = this.client.callTool(params, undefined, { timeout: 2 ** 30 });
    return await this.served.clock.run(asked.then(
      (result) => ({ result: result as unknown as ToolAnswer }),
      ({ code, message }) => ({ protocolError: { code, message } }),
    ));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.served.desk.stop();
    await this.client.close();
  }

  async #connect(): Promise<void> {
    const input = new TransformStream<Uint8Array, Uint8Array>();
    const writer = input.writable.getWriter();
    const wire = {
      onmessage: (_message: JSONRPCMessage): void => {},
      onclose: (): void => {},
      start: (): Promise<void> => Promise.resolve(),
      send: (message: JSONRPCMessage): Promise<void> =>
        writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`)),
      close: async (): Promise<void> => {
        await writer.close();
        wire.onclose();
      },
    };
    const write = (bytes: Uint8Array): Promise<void> => {
      const line = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      this.lines.push(line);
      wire.onmessage(JSON.parse(line));
      return Promise.resolve();
    };
    const redact = (text: string): string => text;
    const server = new StdioTransport({ input: input.readable, write, redact });
    await Promise.all([this.served.server.mcp.connect(server), this.client.connect(wire)]);
    this.tools = (await this.client.listTools()).tools as Published[];
  }
}

async function recorded(
  answer: Answering,
  seen: Seen[],
  url: string,
  init: RequestInit,
): Promise<Response> {
  const { pathname, searchParams } = new URL(url);
  const text = init.body === undefined ? "" : await new Response(init.body).text();
  const request = {
    method: init.method ?? "GET",
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...init.headers as Record<string, string> },
    body: text === "" ? undefined : JSON.parse(text),
    status: 0,
  };
  seen.push(request);
  const response = await answer(url, { ...init, ...(text === "" ? {} : { body: text }) });
  request.status = response.status;
  return response;
}
