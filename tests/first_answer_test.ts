import { assertEquals } from "@std/assert";
// @ts-types="@modelcontextprotocol/sdk/types"
import { SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/sdk/types.js";
import { firstAnswer, identityOf, SESSION_REVISIONS } from "../lib/first_answer.ts";
import { TOOL_GROUPS } from "../lib/settings.ts";
import { StdioTransport } from "../lib/stdio.ts";
import { json, serve, turns } from "./_helpers.ts";

const SERVED = { version: "0.0.0", mode: "live", readOnly: false, groups: TOOL_GROUPS } as const;
const IDENTITY = identityOf({ ...SERVED, problems: [] });
const CLIENT = { name: "test", version: "1" };
const PARAMS = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT };
const INITIALIZE = { jsonrpc: "2.0", id: 0, method: "initialize", params: PARAMS };
const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

/** The input and the output of a server over stdio; `first` answers before it is connected. */
class Session {
  readonly lines: string[] = [];
  readonly transport: StdioTransport;
  readonly #input: TransformStream<Uint8Array> = new TransformStream();
  readonly #writer = this.#input.writable.getWriter();

  constructor(first?: typeof firstAnswer) {
    this.transport = new StdioTransport({
      input: this.#input.readable,
      write: (bytes) => Promise.resolve(void this.lines.push(new TextDecoder().decode(bytes))),
      redact: (text) => text,
      ...(first && { first: (message) => first(message, IDENTITY) }),
    });
  }

  async send(...messages: unknown[]): Promise<void> {
    const text = messages.map((message) => `${JSON.stringify(message)}\n`).join("");
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async end(): Promise<void> {
    await this.#writer.close();
  }

  /** Connects a real server, and waits until everything that was sent is answered. */
  async serveToTheEnd(): Promise<void> {
    const { server, desk } = await serve({ fetch: () => json([]) });
    await server.mcp.connect(this.transport);
    await this.end();
    await this.transport.ended;
    await turns();
    await this.transport.flush();
    desk.stop();
  }
}

Deno.test("the first answer is the SDK's own, whatever revision is asked for", async () => {
  assertEquals(SESSION_REVISIONS, SUPPORTED_PROTOCOL_VERSIONS);
  for (const protocolVersion of [...SESSION_REVISIONS, "1999-01-01", ""]) {
    const capabilities = { elicitation: { form: {} }, roots: { listChanged: true } };
    const params = { protocolVersion, capabilities, clientInfo: { ...CLIENT, title: "Test" } };
    const request = { ...INITIALIZE, params };
    const [early, late] = [new Session(firstAnswer), new Session()];
    await Promise.race([early.transport.begin(), early.send(request)]);
    assertEquals(early.lines.length, 1, protocolVersion);
    const sending = late.send(request);
    await Promise.all([early.serveToTheEnd(), late.serveToTheEnd(), sending]);
    const [answers, expected] = [early, late].map(({ lines }) =>
      lines.map((line) => JSON.parse(line))
    );
    assertEquals(answers, expected, protocolVersion);
  }
});

Deno.test("what follows the first message waits for the server, and is answered in turn", async () => {
  const session = new Session(firstAnswer);
  await Promise.all([session.transport.begin(), session.send(INITIALIZE, PING)]);
  assertEquals(session.lines.length, 1);
  await session.serveToTheEnd();
  const ids = session.lines.map((line) => JSON.parse(line)).map(({ id, error }) => [id, error]);
  assertEquals(ids, [[0, undefined], [1, undefined]]);
});

Deno.test("an answer of the SDK's that is another than the first one is reported, not sent", async () => {
  const session = new Session(() => ({ id: 0, result: { protocolVersion: "1999-01-01" } }));
  const errors: string[] = [];
  await Promise.race([session.transport.begin(), session.send(INITIALIZE)]);
  const { server, desk } = await serve({ fetch: () => json([]) });
  server.mcp.onerror = ({ message }) => errors.push(message);
  await server.mcp.connect(session.transport);
  await turns();
  desk.stop();
  assertEquals(session.lines.length, 1);
  assertEquals(errors, ["The SDK answers initialize otherwise than it was answered"]);
});

Deno.test("a client that goes after its first answer needs nothing more", async () => {
  const session = new Session(firstAnswer);
  const waits = session.transport.begin();
  await session.send(INITIALIZE);
  await session.end();
  assertEquals([await waits, session.lines.length], [false, 1]);
});

const UNUSUAL: readonly unknown[] = [
  PING,
  [INITIALIZE],
  null,
  "initialize",
  { ...INITIALIZE, jsonrpc: "1.0" },
  { ...INITIALIZE, id: null },
  { ...INITIALIZE, id: 1.5 },
  { ...INITIALIZE, more: 1 },
  { ...INITIALIZE, method: "initialise" },
  { ...INITIALIZE, params: undefined },
  { ...INITIALIZE, params: { ...PARAMS, _meta: { progressToken: 1 } } },
  { ...INITIALIZE, params: { ...PARAMS, protocolVersion: 5 } },
  { ...INITIALIZE, params: { ...PARAMS, capabilities: null } },
  { ...INITIALIZE, params: { ...PARAMS, capabilities: { elicitation: "form" } } },
  { ...INITIALIZE, params: { ...PARAMS, clientInfo: { name: "test" } } },
  { ...INITIALIZE, params: { ...PARAMS, clientInfo: { ...CLIENT, icons: [] } } },
  { jsonrpc: "2.0", id: 0, method: "server/discover", params: { _meta: {} } },
];

Deno.test("whatever is unusual about a request is left to the SDK", () => {
  assertEquals(firstAnswer(INITIALIZE, IDENTITY)?.id, 0);
  for (const message of UNUSUAL) {
    assertEquals(firstAnswer(message, IDENTITY), undefined, JSON.stringify(message));
  }
});
