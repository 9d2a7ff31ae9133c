/**
 * MCP's stdio transport: one JSON-RPC message a line, in UTF-8, over injected streams.
 *
 * Beyond the SDK's own it answers a line that is no message with the error that JSON-RPC 2.0
 * (section 5.1) wants, and tells when the input has ended: a server must end with its client.
 *
 * @module
 */

import { type JSONRPCMessage, JSONRPCMessageSchema, RPC, type Transport } from "./sdk.ts";
import type { Redact } from "./secret.ts";

/** What {@linkcode StdioTransport} reads and writes. */
export interface StdioOptions {
  input: ReadableStream<Uint8Array>;
  /** Writes all bytes, in order; rejects when nobody reads any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Takes secrets out of every line that leaves. */
  redact: Redact;
}

const MAX_LINE_BYTES = 10 * 1024 * 1024;
const NEWLINE = 10;

/** A transport for the SDK's `Server`. */
export class StdioTransport implements Transport {
  onmessage?: (message: JSONRPCMessage) => void;
  onerror?: (error: Error) => void;
  onclose?: () => void;
  /** Resolves when the input has ended or the output is gone. */
  readonly ended: Promise<void>;
  readonly #options: StdioOptions;
  readonly #end: () => void;
  #written: Promise<void> = Promise.resolve();

  /** Reads nothing before {@linkcode start}. */
  constructor(options: StdioOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Starts reading. */
  start(): Promise<void> {
    this.#readAll().catch((error) => this.onerror?.(error)).finally(this.#end);
    return Promise.resolve();
  }

  /** Writes one message, after those before it. */
  send(message: JSONRPCMessage): Promise<void> {
    return this.#write(message);
  }

  /** Resolves when everything sent so far is written. */
  flush(): Promise<void> {
    return this.#written;
  }

  /** Tells the server that its client is gone. */
  close(): Promise<void> {
    this.onclose?.();
    return Promise.resolve();
  }

  async #readAll(): Promise<void> {
    let parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#options.input) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        this.#onLine([...parts, rest.subarray(0, end)], size + end);
        rest = rest.subarray(end + 1);
        parts = [];
        size = 0;
      }
      size += rest.length;
      // A line over the limit is counted to its end, so that the next one is found, but not kept.
      parts = size > MAX_LINE_BYTES ? [] : [...parts, rest];
    }
  }

  #onLine(parts: readonly Uint8Array[], size: number): void {
    if (size > MAX_LINE_BYTES) return this.#refuse(RPC.invalidRequest, "Line over 10 MB");
    const text = decode(parts).trim();
    if (text === "") return;
    const value = parseJson(text);
    if (value === undefined) return this.#refuse(RPC.parseError, "This line is not JSON");
    const message = JSONRPCMessageSchema.safeParse(value);
    if (message.success) return this.onmessage?.(message.data);
    this.#refuse(RPC.invalidRequest, "This line is no JSON-RPC 2.0 message", idOf(value));
  }

  #refuse(code: number, message: string, id: string | number | null = null): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: "2.0", id, error: { code, message } }).catch(() => {});
  }

  #write(message: unknown): Promise<void> {
    const line = this.#options.redact(JSON.stringify(message)) + "\n";
    const bytes = new TextEncoder().encode(line);
    this.#written = this.#written.then(() => this.#options.write(bytes)).catch((error) => {
      this.#end();
      throw error;
    });
    this.#written.catch(() => {});
    return this.#written;
  }
}

function decode(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | number | null {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
