/**
 * Real server processes in live mode, and the simulated exchange on loopback in front of them.
 *
 * @module
 */

import { PaperExchange } from "../lib/paper/exchange.ts";
import { Served } from "../scripts/serve.ts";
import { API_KEY, SEED } from "./_helpers.ts";
import { denoCommand, Program, ROOT } from "./_program.ts";

/** How far an order has come. */
export const POINTS = ["received", "acted", "half answered", "answered"] as const;
/** How far an order has come. */
export type Point = typeof POINTS[number];

/** The simulated exchange on loopback, which tells how far each order has come. */
export class Loopback {
  readonly exchange = new PaperExchange({ now: () => Date.now(), apiKey: API_KEY });
  /** The client ids of all POSTs that arrived. */
  readonly received: number[] = [];
  /** Called at each point of each order; the order waits for it. */
  onPoint: (point: Point) => Promise<void> | void = () => {};
  readonly #served = new Served((request) => this.#answer(request), { onError: failed });

  get baseUrl(): string {
    return this.#served.baseUrl;
  }

  /** How many orders stand or stood under that id. */
  standing(clientId: number): number {
    return this.exchange.ordersByClientId(clientId).length;
  }

  async #answer(request: Request): Promise<Response> {
    const { method, url, headers } = request;
    const body = method === "GET" ? null : await request.text();
    const act = (): Promise<Response> => this.exchange.fetch(url, { method, headers, body });
    if (method !== "POST") return await act();
    this.received.push(JSON.parse(body ?? "{}").clientId);
    await this.onPoint("received");
    const reply = await act();
    await this.onPoint("acted");
    return new Response(this.#inTwo(new Uint8Array(await reply.arrayBuffer())), reply);
  }

  #inTwo(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
    const halves = [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];
    const points: Point[] = ["half answered", "answered"];
    return new ReadableStream({
      pull: async (controller): Promise<void> => {
        const half = halves.shift();
        if (half === undefined) return controller.close();
        controller.enqueue(half);
        await this.onPoint(points.shift() ?? "answered");
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served[Symbol.asyncDispose]();
  }
}

function failed(): Response {
  return new Response(null, { status: 500 });
}

/** One process of the server. */
export class Server extends Program {
  constructor(baseUrl: string, folder: string, env: Record<string, string> = {}) {
    const reads = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=.env,${folder}`];
    super({
      command: denoCommand([...reads, `--allow-write=${folder}`], `${ROOT}main.ts`),
      cwd: folder,
      env: {
        BACKPACK_BASE_URL: baseUrl,
        BACKPACK_PRIVATE_KEY: SEED,
        BACKPACK_DATA_DIR: `${folder}/data`,
        BACKPACK_LOG: "error",
        XDG_CONFIG_HOME: folder,
        ...env,
      },
    });
  }

  /** Starts a process and makes itself known to it. */
  static async start(
    baseUrl: string,
    folder: string,
    env: Record<string, string> = {},
  ): Promise<Server> {
    const server = new Server(baseUrl, folder, env);
    await server.initialize();
    return server;
  }
}

/** Hands `work` an exchange, and a way to start servers that share one data directory. */
export async function withExchange(
  work: (
    loopback: Loopback,
    start: (env?: Record<string, string>) => Promise<Server>,
  ) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await using loopback = new Loopback();
    await work(loopback, (env) => Server.start(loopback.baseUrl, folder, env));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
