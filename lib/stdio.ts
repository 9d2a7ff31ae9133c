/**
 * MCP's stdio transport: one JSON-RPC message a line, in UTF-8, over injected streams.
 *
 * Beyond the SDK's own it answers a line that is no message with the error that JSON-RPC 2.0
 * (section 5.1) wants, and tells when the input has ended: a server must end with its client.
 *
 * @module
 */

import { parseExactJson } from "./exact_json.ts";
import { RPC } from "./rpc.ts";
import type { JSONRPCMessage, JSONRPCMessageSchema, Transport } from "./sdk.ts";
import type { Redact } from "./secret.ts";

/** A result, and the request that it is for. */
export interface FirstAnswer {
  /** Of the request that it answers. */
  readonly id: string | number;
  readonly result: object;
}

/** What {@linkcode StdioTransport} reads and writes. */
export interface StdioOptions {
  /**
   * JSON-RPC messages, a line each, in pieces of any length, which must not be changed afterwards.
   */
  input: AsyncIterable<Uint8Array>;
  /** Writes all bytes, and is not called again before that; rejects when nobody reads any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Takes secrets out of every line that leaves. */
  redact: Redact;
  /** The answer to a first message that nothing has to be loaded for; see `first_answer.ts`. */
  first?(message: unknown): FirstAnswer | undefined;
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
  readonly #connected = Promise.withResolvers<void>();
  readonly #wanted = Promise.withResolvers<boolean>();
  /** Of the SDK, which is loaded once somebody connects. */
  #schema: typeof JSONRPCMessageSchema | undefined;
  #isReading = false;
  #isFirst = true;
  /** The first message, answered and still to be handed on. */
  #held: unknown;
  /** Sent already; what comes back for the same request is not sent again. */
  #first: FirstAnswer | undefined;
  /** Lines that are written together once those before them are. */
  readonly #waiting: string[] = [];
  #written: Promise<void> = Promise.resolve();

  /** Reads nothing before {@linkcode begin} or {@linkcode start}. */
  constructor(options: StdioOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#end = resolve;
  }

  /**
   * Reads, and gives the first message its first answer if it has one. Resolves to true when a message
   * has come that waits for {@linkcode start}, to false when the input has ended without one.
   */
  begin(): Promise<boolean> {
    this.#read();
    return this.#wanted.promise;
  }

  /** Hands messages on, from the first one. */
  async start(): Promise<void> {
    const { JSONRPCMessageSchema } = await import("./sdk.ts");
    this.#schema = JSONRPCMessageSchema;
    if (this.#held !== undefined) this.#handOn(this.#held);
    this.#connected.resolve();
    this.#read();
  }

  /** Writes one message, after those before it. */
  send(message: JSONRPCMessage): Promise<void> {
    return this.#isSent(message) ? Promise.resolve() : this.#write(message);
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

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#readAll().catch((error) => this.onerror?.(error)).finally(() => {
      this.#end();
      this.#wanted.resolve(false);
    });
  }

  async #readAll(): Promise<void> {
    let parts: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.#options.input) {
      let rest = chunk;
      for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE)) {
        await this.#onLine([...parts, rest.subarray(0, end)], size + end);
        rest = rest.subarray(end + 1);
        parts = [];
        size = 0;
      }
      size += rest.length;
      // A line over the limit is counted to its end, so that the next one is found, but not kept.
      parts = size > MAX_LINE_BYTES ? [] : [...parts, rest];
    }
  }

  async #onLine(parts: readonly Uint8Array[], size: number): Promise<void> {
    if (size > MAX_LINE_BYTES) return this.#refuse(RPC.invalidRequest, "Line over 10 MB");
    const text = decode(parts).trim();
    if (text === "") return;
    const value = parseJson(text);
    if (value === undefined) return this.#refuse(RPC.parseError, "This line is not JSON");
    if (this.#isFirst && this.#answerFirst(value)) return;
    this.#wanted.resolve(true);
    if (this.#schema === undefined) await this.#connected.promise;
    this.#handOn(value);
  }

  /** Whether the first message has its answer now; it is handed on with what follows it. */
  #answerFirst(value: unknown): boolean {
    this.#isFirst = false;
    this.#first = this.#options.first?.(value);
    if (this.#first === undefined) return false;
    this.#held = value;
    this.#write({ ...this.#first, jsonrpc: "2.0" }).catch(() => {});
    if (this.#schema !== undefined) this.#handOn(value);
    return true;
  }

  #handOn(value: unknown): void {
    const message = this.#schema?.safeParse(value);
    if (message?.success) return this.onmessage?.(message.data);
    this.#refuse(RPC.invalidRequest, "This line is no JSON-RPC 2.0 message", idOf(value));
  }

  #isSent(message: JSONRPCMessage): boolean {
    const first = this.#first;
    if (first === undefined || "method" in message || message.id !== first.id) return false;
    this.#first = undefined;
    const result = "result" in message ? message.result : undefined;
    if (JSON.stringify(result) !== JSON.stringify(first.result)) {
      this.onerror?.(new Error("The SDK answers initialize otherwise than it was answered"));
    }
    return true;
  }

  #refuse(code: number, message: string, id: string | number | null = null): void {
    this.onerror?.(new Error(message));
    this.#write({ jsonrpc: "2.0", id, error: { code, message } }).catch(() => {});
  }

  #write(message: unknown): Promise<void> {
    const line = this.#options.redact(JSON.stringify(message)) + "\n";
    if (this.#waiting.push(line) > 1) return this.#written;
    this.#written = this.#written.then(() => this.#writeWaiting()).catch((error) => {
      this.#end();
      throw error;
    });
    this.#written.catch(() => {});
    return this.#written;
  }

  /**
   * Writes all lines that wait in one go, since most of what a write costs is not for the bytes.
   */
  #writeWaiting(): Promise<void> {
    return this.#options.write(new TextEncoder().encode(this.#waiting.splice(0).join("")));
  }
}

function decode(parts: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return parts.map((part) => decoder.decode(part, { stream: true })).join("") + decoder.decode();
}

function parseJson(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): string | number | null {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === "string" || typeof id === "number" ? id : null;
}
