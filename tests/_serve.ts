/**
 * HTTP on loopback for as long as a test lasts.
 *
 * @module
 */

/** Answers one request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/**
 * A server on 127.0.0.1. It ends at once: a graceful end waits for each reply that hangs and, now and
 * then, for ever for a connection whose other side has gone.
 */
export class Served {
  readonly #closing = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /** Listens on a free port; `onError` answers where `answer` throws. */
  constructor(answer: Answer, onError?: () => Response) {
    const { signal } = this.#closing;
    const options = { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} };
    this.#server = Deno.serve({ ...options, ...(onError && { onError }) }, answer);
  }

  /** Where it listens. */
  get port(): number {
    return this.#server.addr.port;
  }

  /** Its origin. */
  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends it; what is under way is broken off. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#server.finished;
  }
}
