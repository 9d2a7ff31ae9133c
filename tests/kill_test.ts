/**
 * A real server process, killed with SIGKILL while orders are on their way, and its successor on
 * the same journal: nothing is sent twice, and what stands is found. Times are real here, so only
 * what can be known within seconds is asked.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { linesOf } from "../scripts/json_lines.ts";
import { API_KEY, SEED } from "./_helpers.ts";

const ROOT = new URL("../", import.meta.url).pathname;

// deno-lint-ignore no-explicit-any
type Message = any;
type Order = Record<string, unknown> & { clientId: number };

/** Where the server is killed. */
const POINTS = ["received", "acted", "half answered", "answered"] as const;
type Point = typeof POINTS[number];

/** How this test itself was started decides where packages come from. */
function worldFlags(): string[] {
  const isNpmOnly = import.meta.resolve("@std/assert").includes("std_assert.ts");
  return isNpmOnly ? [`--import-map=${ROOT}scripts/npm_only.json`, "--no-lock"] : ["--no-lock"];
}

/** The simulated exchange on loopback, which tells how far each order has come. */
class Loopback {
  readonly exchange = new PaperExchange({ now: () => Date.now(), apiKey: API_KEY });
  /** The client ids of all POSTs that arrived. */
  readonly received: number[] = [];
  /** Called at each point of each order; the order waits for it. */
  onPoint: (point: Point) => Promise<void> | void = () => {};
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: failed };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
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
    await this.#server.shutdown();
  }
}

function failed(): Response {
  return new Response(null, { status: 500 });
}

/** One process of the server. */
class Server {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (result: Message) => void>();
  readonly #read: Promise<void>;
  #id = 0;

  constructor(baseUrl: string, folder: string) {
    const permissions = ["--allow-net=127.0.0.1", "--allow-env", `--allow-read=.env,${folder}`];
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-prompt", "--no-check", ...worldFlags(), ...permissions],
        ...[`--allow-write=${folder}`, `${ROOT}main.ts`],
      ],
      cwd: folder,
      env: {
        BACKPACK_BASE_URL: baseUrl,
        BACKPACK_PRIVATE_KEY: SEED,
        BACKPACK_DATA_DIR: `${folder}/data`,
        BACKPACK_LOG: "error",
        XDG_CONFIG_HOME: folder,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.#read = this.#readAll();
  }

  /** Starts a process and makes itself known to it. */
  static async start(baseUrl: string, folder: string): Promise<Server> {
    const server = new Server(baseUrl, folder);
    const clientInfo = { name: "test", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    await server.#request("initialize", params);
    return server;
  }

  /** Calls a tool; never answered once the process is killed. */
  call(name: string, args: Record<string, unknown>): Promise<Message> {
    return this.#request("tools/call", { name, arguments: args });
  }

  #request(method: string, params: unknown): Promise<Message> {
    const id = this.#id++;
    const line = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    this.#input.write(new TextEncoder().encode(`${line}\n`)).catch(() => {});
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  async #readAll(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) {
      const { id, result } = JSON.parse(line);
      this.#waiting.get(id)?.(result);
    }
  }

  /** As `kill -9` does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
    await this.#input.abort().catch(() => {});
    await this.#read.catch(() => {});
  }

  async end(): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
    await this.#read;
  }
}

async function withExchange(
  work: (loopback: Loopback, start: () => Promise<Server>) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    await using loopback = new Loopback();
    await work(loopback, () => Server.start(loopback.baseUrl, folder));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Never like another, so that nothing is taken for a repetition. */
function orderOf(clientId: number): Order {
  const price = `13${clientId % 10}.${String(10 + clientId % 90)}`;
  const quantity = `0.${String(100 + clientId).slice(-2)}`;
  return { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", price, quantity, clientId };
}

/** What the successor says of an order agrees with the exchange, and it was sent at most once. */
async function assertKnown(server: Server, loopback: Loopback, clientId: number): Promise<string> {
  const { isError, content, structuredContent } = await server.call("get_order_outcome", {
    clientId,
  });
  const value = isError ? JSON.parse(content[0].text) : structuredContent;
  const outcome: string = value.outcome ?? value.code;
  const posts = loopback.received.filter((id) => id === clientId).length;
  assert(posts <= 1, `${clientId} was sent ${posts} times`);
  if (loopback.standing(clientId) === 1) assertEquals([clientId, outcome], [clientId, "placed"]);
  else assert(["in_flight", "unknown", "not_found"].includes(outcome), `${clientId}: ${outcome}`);
  if (outcome === "not_found") assertEquals(posts, 0);
  return outcome;
}

Deno.test("a server killed while an order is on its way leaves one that knows", async () => {
  await withExchange(async (loopback, start) => {
    let server = await start();
    for (const [index, point] of POINTS.entries()) {
      const clientId = 11 + index;
      const reached = Promise.withResolvers<void>();
      const dead = Promise.withResolvers<void>();
      loopback.onPoint = async (at): Promise<void> => {
        if (at !== point) return;
        reached.resolve();
        await dead.promise;
        // It never gets further than this.
        if (at === "received") throw new Error("lost");
      };
      void server.call("create_order", orderOf(clientId));
      await reached.promise;
      await server.kill();
      dead.resolve();
      server = await start();
      const outcome = await assertKnown(server, loopback, clientId);
      assertEquals(outcome, point === "received" ? "in_flight" : "placed", point);
      assertEquals(loopback.received.length, index + 1);
    }
    const again = await server.call("create_order", orderOf(12));
    assertEquals(again.structuredContent.isEarlier, true);
    assertEquals(loopback.received.length, POINTS.length);
    await server.end();
  });
});

Deno.test("a dozen servers killed in the middle of a burst of orders", async () => {
  await withExchange(async (loopback, start) => {
    loopback.onPoint = () => pause(20 * Math.random());
    let server = await start();
    const ids: number[] = [];
    for (let kill = 0; kill < 12; kill++) {
      const burst = Array.from({ length: 5 }, (_, index) => 100 + 10 * kill + index);
      for (const clientId of burst) void server.call("create_order", orderOf(clientId));
      await pause(200 * Math.random());
      await server.kill();
      ids.push(...burst);
      server = await start();
      for (const clientId of burst) await assertKnown(server, loopback, clientId);
    }
    for (const id of ids) assert(loopback.standing(id) <= 1);
    assertEquals(new Set(loopback.received).size, loopback.received.length);
    await server.end();
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
