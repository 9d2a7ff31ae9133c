/**
 * HTTP on loopback, for a test or for whoever wants to trade there.
 *
 * @module
 */

/** Answers one request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** What a {@linkcode Served} can be told. */
export interface ServedOptions {
  readonly port?: number;
  readonly onError?: () => Response;
}

/**
 * A server on 127.0.0.1. It ends at once: a graceful end waits for each reply that hangs and, now and
 * then, for ever for a connection whose other side has gone.
 */
export class Served {
  readonly #closing = new AbortController();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  /**
   * Listens on that port, a free one unless given; `onError` answers where `answer` throws.
   *
   * @throws {Deno.errors.AddrInUse} if another program listens there
   */
  constructor(answer: Answer, { port = 0, ...given }: ServedOptions = {}) {
    const { signal } = this.#closing;
    const options = { hostname: "127.0.0.1", port, signal, onListen: () => {}, ...given };
    this.#server = Deno.serve(options, answer);
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
