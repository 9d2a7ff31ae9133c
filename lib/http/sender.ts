/**
 * One request on its way: signed, stamped, sent, read to its end. Repeats nothing and judges
 * nothing.
 *
 * Follows the API digest, sections 1 and 2.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { Edges } from "../edges.ts";
import type { Log } from "../log.ts";
import { createRedact, type Redact, Secret } from "../secret.ts";
import { type Params, type Signer, signingMessage } from "../signing.ts";
import { NotSentError } from "./failure.ts";
import { readReply, type Reply } from "./reply.ts";

/** One request of the exchange's API. */
export interface ApiRequest {
  method: "GET" | "POST" | "DELETE";
  /** Such as `/api/v1/order`. */
  path: string;
  /** The operation's name for signing; left out on public requests. */
  instruction?: string;
  /** Part of what is signed. */
  query?: Params;
  /** One object, or an array for a batch. */
  body?: Params | readonly Params[];
}

/** When an effect was signed, and for how long its signature is good. */
export interface Stamp {
  /** `X-Timestamp`: Unix ms by the exchange's clock. */
  timestampMs: number;
  /** `X-Window`, ms. */
  windowMs: number;
}

/** What {@linkcode Sender} needs. */
export interface SenderOptions {
  /** The exchange's origin, without a trailing slash. */
  baseUrl: string;
  /** `X-Window` of reads, ms. */
  windowMs: number;
  /** Absent when no key is set: requests then leave unsigned. */
  signer?: Signer;
  edges: Edges;
  log: Log;
}

/** An effect's signature lives this long, whatever the owner allows reads. */
const EFFECT_WINDOW_MS = 5000;

/** Sends requests, each stamped with `exchangeNow`, Unix ms by the exchange's clock. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #edges: Edges;
  readonly #exchangeNow: () => number;
  readonly #redactKey: Redact;

  /** Sends nothing yet. */
  constructor(options: SenderOptions, exchangeNow: () => number) {
    this.#options = options;
    this.#edges = options.edges;
    this.#exchangeNow = exchangeNow;
    this.#redactKey = createRedact(options.signer === undefined ? [] : [options.signer.apiKey]);
  }

  /**
   * Sends `request` and reads its reply. `commit` is called between signing and sending.
   *
   * @throws {NotSentError} if half of the signature's life had passed before it could leave
   */
  async send(
    request: ApiRequest,
    sending: Call,
    commit?: (stamp: Stamp) => void,
  ): Promise<Reply> {
    const startedAtMs = this.#edges.monotonic();
    const stamp = { timestampMs: this.#exchangeNow(), windowMs: this.#windowMs(request) };
    const headers = await this.#headers(request, stamp);
    commit?.(stamp);
    if (this.#edges.monotonic() - startedAtMs > stamp.windowMs / 2) {
      throw new NotSentError("Too much time passed between signing and sending");
    }
    const response = await this.#edges.fetch(this.#url(request), {
      method: request.method,
      headers,
      redirect: "manual",
      signal: sending.signal,
      ...bodyOf(request),
    });
    const elapsedMs = (): number => this.#edges.monotonic() - startedAtMs;
    const reply = await readReply(response, elapsedMs, this.#redactOf(headers));
    const { method, path } = request;
    const tookMs = Math.round(reply.tookMs);
    this.#options.log.debug("request", { method, path, status: reply.status, tookMs });
    return reply;
  }

  #windowMs(request: ApiRequest): number {
    return request.method === "GET" ? this.#options.windowMs : EFFECT_WINDOW_MS;
  }

  async #headers(request: ApiRequest, stamp: Stamp): Promise<Record<string, string>> {
    const headers: Record<string, string> = { Accept: "application/json" };
    if (request.body !== undefined) headers["Content-Type"] = "application/json; charset=utf-8";
    const { signer } = this.#options;
    if (request.instruction === undefined || signer === undefined) return headers;
    const { instruction, body, query } = request;
    const message = signingMessage({ instruction, params: body ?? query ?? {}, ...stamp });
    headers["X-API-Key"] = signer.apiKey.reveal();
    headers["X-Timestamp"] = String(stamp.timestampMs);
    headers["X-Window"] = String(stamp.windowMs);
    headers["X-Signature"] = await signer.sign(new TextEncoder().encode(message));
    return headers;
  }

  /** Takes the key and the signature of this very request out of its reply. */
  #redactOf({ "X-Signature": signature }: Record<string, string>): Redact {
    if (signature === undefined) return (text) => text;
    const redactSignature = createRedact([new Secret(signature)]);
    return (text) => redactSignature(this.#redactKey(text));
  }

  #url(request: ApiRequest): string {
    const query = new URLSearchParams(
      Object.entries(request.query ?? {}).map(([key, value]) => [key, String(value)]),
    );
    const search = query.size === 0 ? "" : `?${query}`;
    return `${this.#options.baseUrl}${request.path}${search}`;
  }
}

/**
 * A one-shot stream: Deno's `fetch` repeats a POST with a text or byte body by itself when the
 * peer closes the connection after reading it, and can't repeat a stream.
 */
function bodyOf(request: ApiRequest): { body?: ReadableStream<Uint8Array> } {
  if (request.body === undefined) return {};
  const bytes = new TextEncoder().encode(JSON.stringify(request.body));
  return { body: ReadableStream.from([bytes]) };
}
