/**
 * Effects over real sockets, against peers that break off: exactly one POST leaves for each.
 *
 * A simulator shaped like `fetch` can't show this: it is the runtime's own `fetch` that repeats a
 * POST with a text body when the peer closes the connection after reading it.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { withDeadline } from "../lib/clock.ts";
import type { Edges } from "../lib/edges.ts";
import { DeskError } from "../lib/errors.ts";
import { type ApiRequest, Http } from "../lib/http/mod.ts";
import { createSigner } from "../lib/signing.ts";
import { collectingLog, SEED } from "./_helpers.ts";

const EFFECTS: ApiRequest[] = [
  {
    method: "POST",
    path: "/api/v1/order",
    instruction: "orderExecute",
    body: { symbol: "SOL_USDC", side: "Bid", price: "140.10", quantity: "1.5", clientId: 7 },
  },
  {
    method: "DELETE",
    path: "/api/v1/order",
    instruction: "orderCancel",
    body: { symbol: "SOL_USDC", orderId: "28" },
  },
];

const REAL_EDGES: Edges = {
  fetch: (url, init) => fetch(url, init),
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  randomId: () => 7,
};

/** A way to be reached: what a peer listens on, and how the desk gets there. */
interface Transport {
  readonly scheme: "http" | "https";
  listen(): Deno.Listener;
  readonly edges: Edges;
}

const LOCAL = { hostname: "127.0.0.1", port: 0 };

/** TLS, but not HTTP/2: whatever speaks that repeats nothing by itself. */
function overTls(client: Deno.HttpClient): Transport {
  const [cert, key] = [pem("tls_certificate"), pem("tls_key")];
  return {
    scheme: "https",
    listen: () => Deno.listenTls({ ...LOCAL, cert, key }),
    edges: { ...REAL_EDGES, fetch: (url, init) => fetch(url, { ...init, client }) },
  };
}

const PLAIN: Transport = { scheme: "http", listen: () => Deno.listen(LOCAL), edges: REAL_EDGES };

function pem(name: string): string {
  return Deno.readTextFileSync(new URL(`testdata/${name}.pem`, import.meta.url));
}

type Behaviour = (connection: Deno.Conn, head: string) => Promise<void>;

/** A peer that tells the time over HTTP and treats every effect's connection as `behave` says. */
class Peer {
  readonly effects: string[] = [];
  readonly #listener: Deno.Listener;
  readonly #connections = new Set<Deno.Conn>();
  readonly #done: Promise<void>;

  constructor(readonly behave: Behaviour, readonly transport: Transport) {
    this.#listener = transport.listen();
    this.#done = this.#accept();
  }

  get baseUrl(): string {
    return `${this.transport.scheme}://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
  }

  async #accept(): Promise<void> {
    const serving: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.#connections.add(connection);
      serving.push(this.#serve(connection).catch(() => {}));
    }
    await Promise.all(serving);
  }

  async #serve(connection: Deno.Conn): Promise<void> {
    for (;;) {
      const head = await readUntil(connection, "\r\n\r\n");
      if (!head.startsWith("GET /api/v1/time")) {
        this.effects.push(head.split("\r\n")[0] ?? "");
        await readUntil(connection, "}");
        return await this.behave(connection, head);
      }
      await answer(connection, `200 OK\r\ncontent-length: 13\r\n\r\n${Date.now()}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) close(connection);
    await this.#done;
  }
}

/** Byte by byte, so that what follows stays unread: closing then resets the connection. */
async function readUntil(connection: Deno.Conn, end: string): Promise<string> {
  const byte = new Uint8Array(1);
  let text = "";
  while (!text.endsWith(end)) {
    if (await connection.read(byte) === null) throw new Error("closed");
    text += String.fromCharCode(byte[0] ?? 0);
  }
  return text;
}

/** The rest of the body, however it is framed: closing is then a FIN. */
async function readRest(connection: Deno.Conn, head: string): Promise<void> {
  if (/^transfer-encoding: chunked/im.test(head)) await readUntil(connection, "0\r\n\r\n");
}

async function answer(connection: Deno.Conn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(`HTTP/1.1 ${text}`));
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

const BEHAVIOURS: Record<string, Behaviour> = {
  "closes (FIN)": async (connection, head) => {
    await readRest(connection, head);
    close(connection);
  },
  "resets (RST)": (connection) => Promise.resolve(close(connection)),
  "redirects (307)": async (connection, head) => {
    await readRest(connection, head);
    await answer(
      connection,
      "307 Temporary Redirect\r\nlocation: /api/v1/order\r\ncontent-length: 0\r\n\r\n",
    );
  },
  "answers half": async (connection, head) => {
    await readRest(connection, head);
    await answer(connection, '200 OK\r\ncontent-length: 500\r\n\r\n{"id":"1","sta');
    close(connection);
  },
  "answers garbage": async (connection, head) => {
    await readRest(connection, head);
    await connection.write(new TextEncoder().encode("not http at all\r\n\r\n"));
    close(connection);
  },
  "never answers": () => Promise.resolve(),
};

async function send(baseUrl: string, request: ApiRequest, edges: Edges): Promise<DeskError> {
  const http = new Http({
    baseUrl,
    timeoutMs: 300,
    windowMs: 5000,
    signer: await createSigner(Uint8Array.fromBase64(SEED)),
    edges,
    log: collectingLog(),
  });
  return await assertRejects(
    () => withDeadline(edges, 50_000, (call) => http.effect(request, call)),
    DeskError,
  );
}

async function assertSentOnce(behave: Behaviour, transport: Transport): Promise<void> {
  for (const request of EFFECTS) {
    await using peer = new Peer(behave, transport);
    const error = await send(peer.baseUrl, request, transport.edges);
    assertEquals(peer.effects, [`${request.method} ${request.path} HTTP/1.1`]);
    assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
  }
}

for (const [name, behave] of Object.entries(BEHAVIOURS)) {
  Deno.test(`an effect is sent once to a peer that reads it and ${name}`, async () => {
    await assertSentOnce(behave, PLAIN);
  });

  Deno.test(`so it is over TLS to one that ${name}`, async () => {
    using client = Deno.createHttpClient({ caCerts: [pem("tls_authority")] });
    await assertSentOnce(behave, overTls(client));
  });
}

Deno.test("a certificate that nobody vouches for gets no effect", async () => {
  using client = Deno.createHttpClient({ caCerts: [] });
  const { scheme, listen, edges } = overTls(client);
  const timeOnly: Edges = { ...edges, fetch: tellingTime(edges.fetch) };
  for (const request of EFFECTS) {
    await using peer = new Peer(() => Promise.resolve(), { scheme, listen, edges: timeOnly });
    const error = await send(peer.baseUrl, request, timeOnly);
    assertEquals([peer.effects, error.outcome], [[], "not_placed"]);
  }
});

/** The time must be had for an effect to be tried at all: it comes from a clock already set. */
function tellingTime(others: Edges["fetch"]): Edges["fetch"] {
  return (url, init) =>
    url.endsWith("/time") ? Promise.resolve(new Response(String(Date.now()))) : others(url, init);
}

Deno.test("an effect that meets no listener is known not to be placed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const timeOnly: Edges = { ...REAL_EDGES, fetch: tellingTime(REAL_EDGES.fetch) };
  const http = new Http({
    baseUrl: `http://127.0.0.1:${port}`,
    timeoutMs: 300,
    windowMs: 5000,
    signer: await createSigner(Uint8Array.fromBase64(SEED)),
    edges: timeOnly,
    log: collectingLog(),
  });
  for (const request of EFFECTS) {
    const error = await assertRejects(
      () => withDeadline(timeOnly, 50_000, (call) => http.effect(request, call)),
      DeskError,
      "nothing was sent",
    );
    assertEquals([error.code, error.outcome], ["unavailable", "not_placed"]);
  }
});
