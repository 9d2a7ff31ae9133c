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

type Behaviour = (connection: Deno.Conn, head: string) => Promise<void>;

/** A peer that tells the time over HTTP and treats every effect's connection as `behave` says. */
class Peer {
  readonly effects: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #done: Promise<void>;

  constructor(readonly behave: Behaviour) {
    this.#done = this.#accept();
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#listener.addr as Deno.NetAddr).port}`;
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

async function send(baseUrl: string, request: ApiRequest): Promise<DeskError> {
  const http = new Http({
    baseUrl,
    timeoutMs: 300,
    windowMs: 5000,
    signer: await createSigner(Uint8Array.fromBase64(SEED)),
    edges: REAL_EDGES,
    log: collectingLog(),
  });
  return await assertRejects(
    () => withDeadline(REAL_EDGES, 50_000, (call) => http.effect(request, call)),
    DeskError,
  );
}

for (const [name, behave] of Object.entries(BEHAVIOURS)) {
  Deno.test(`an effect is sent once to a peer that reads it and ${name}`, async () => {
    for (const request of EFFECTS) {
      await using peer = new Peer(behave);
      const error = await send(peer.baseUrl, request);
      assertEquals(peer.effects, [`${request.method} ${request.path} HTTP/1.1`]);
      assertEquals([error.code, error.outcome], ["outcome_unknown", "unknown"]);
    }
  });
}

Deno.test("an effect that meets no listener is known not to be placed", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  // The time must be had for an effect to be tried at all: it comes from a clock already set.
  const timeOnly: Edges = {
    ...REAL_EDGES,
    fetch: (url, init) =>
      url.endsWith("/time") ? Promise.resolve(new Response(String(Date.now()))) : fetch(url, init),
  };
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
