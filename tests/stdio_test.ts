import { assertEquals } from "@std/assert";
import { createRedact, Secret } from "../lib/secret.ts";
import { StdioTransport } from "../lib/stdio.ts";

interface Session {
  messages: unknown[];
  lines: string[];
}

/** Feeds these chunks to a transport until they end. */
async function session(chunks: readonly (string | Uint8Array)[]): Promise<Session> {
  const messages: unknown[] = [];
  const lines: string[] = [];
  const encoder = new TextEncoder();
  const transport = new StdioTransport({
    input: ReadableStream.from(
      chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk),
    ),
    write: (bytes) => Promise.resolve(void lines.push(new TextDecoder().decode(bytes))),
    redact: createRedact([new Secret("hunter2hunter2")]),
  });
  transport.onmessage = (message) => messages.push(message);
  await transport.start();
  await transport.ended;
  await transport.flush();
  return { messages, lines };
}

const PING = { jsonrpc: "2.0", id: 1, method: "ping" };

Deno.test("stdio reads messages however their bytes are split or joined", async () => {
  const text = JSON.stringify({ ...PING, params: { text: "Größe 😀" } });
  const bytes = new TextEncoder().encode(`${text}\n${text}\r\n\n${text}\n`);
  const single = [...bytes].map((byte) => new Uint8Array([byte]));
  const expected = [JSON.parse(text), JSON.parse(text), JSON.parse(text)];
  // An empty line is no message, and no mistake.
  assertEquals(await session(single), { messages: expected, lines: [] });
  assertEquals(await session([bytes]), { messages: expected, lines: [] });
});

Deno.test("stdio answers what is no message as JSON-RPC wants and goes on", async () => {
  const { messages, lines } = await session([
    "{ half\n",
    "[]\n",
    '{"jsonrpc":"2.0","id":7,"method":5}\n',
    new Uint8Array([0xff, 0xfe, 10]),
    JSON.stringify(PING) + "\n",
  ]);
  assertEquals(messages, [PING]);
  assertEquals(
    lines.map((line) => JSON.parse(line)).map(({ id, error }) => [id, error.code]),
    [[null, -32700], [null, -32600], [7, -32600], [null, -32700]],
  );
});

Deno.test("stdio hands on a number of more digits than can be kept as the text that was sent", async () => {
  const sent = '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"x","arguments":' +
    '{"price":98.00000000000000000001,"quantity":-0.30000000000000004,"few":0.000000000000001,' +
    '"text":"1.0000000000000000001"}}}\n';
  const { messages: [message] } = await session([sent]);
  const { params } = message as { params: Record<string, unknown> };
  assertEquals(params.arguments, {
    price: "98.00000000000000000001",
    quantity: "-0.30000000000000004",
    few: 1e-15,
    text: "1.0000000000000000001",
  });
});

Deno.test("stdio keeps the digits of a number however deep it lies, and in no text", async () => {
  const depth = 20_000;
  const deep = `${"[".repeat(depth)}1.00000000000000001${"]".repeat(depth)}`;
  const text = '"\\\\\\"1.00000000000000001: \\\\"';
  const sent = `{"jsonrpc":"2.0","id":7,"method":"x","params":{"deep":${deep},"text":${text}}}\n`;
  const { messages: [message] } = await session([sent]);
  const { params } = message as { params: { deep: unknown; text: string } };
  let inner = params.deep;
  while (Array.isArray(inner)) inner = inner[0];
  assertEquals([inner, params.text], ["1.00000000000000001", JSON.parse(text)]);
});

Deno.test("stdio reads no number that is none", async () => {
  const bad = [
    "012345678901234567890",
    "1.2345678901234567890.1",
    "--1234567890123456789",
    "1234567890123456789x",
  ];
  const { messages, lines } = await session(
    bad.map((number) => `{"jsonrpc":"2.0","id":1,"method":"x","params":{"n":${number}}}\n`),
  );
  assertEquals(messages, []);
  assertEquals(lines.map((line) => JSON.parse(line).error.code), bad.map(() => -32700));
});

Deno.test("stdio makes no text of an id that it can't keep", async () => {
  const { messages, lines } = await session([
    '{"jsonrpc":"2.0","id":12345678901234567890,"method":"ping"}\n',
  ]);
  assertEquals([messages, lines.map((line) => JSON.parse(line).error.code)], [[], [-32600]]);
});

Deno.test("stdio refuses a line over 10 MB and finds the next one", async () => {
  const megabyte = "x".repeat(1024 * 1024);
  const { messages, lines } = await session([
    '"',
    ...Array.from({ length: 11 }, () => megabyte),
    '"\n',
    JSON.stringify(PING) + "\n",
  ]);
  assertEquals(messages, [PING]);
  assertEquals(lines.map((line) => JSON.parse(line).error.code), [-32600]);
});

Deno.test("stdio writes one line a message, in order, redacted; what comes meanwhile goes at once", async () => {
  const written: string[] = [];
  const begun = Promise.withResolvers<void>();
  const ready = Promise.withResolvers<void>();
  const transport = new StdioTransport({
    input: ReadableStream.from([]),
    write: async (bytes) => {
      begun.resolve();
      await ready.promise;
      written.push(new TextDecoder().decode(bytes));
    },
    redact: createRedact([new Secret("hunter2hunter2")]),
  });
  transport.send({ jsonrpc: "2.0", id: 1, result: { text: "hunter2hunter2\n" } });
  await begun.promise;
  transport.send({ jsonrpc: "2.0", id: 2, result: {} });
  transport.send({ jsonrpc: "2.0", id: 3, result: {} });
  ready.resolve();
  await transport.flush();
  assertEquals(written, [
    '{"jsonrpc":"2.0","id":1,"result":{"text":"[redacted]\\n"}}\n',
    '{"jsonrpc":"2.0","id":2,"result":{}}\n{"jsonrpc":"2.0","id":3,"result":{}}\n',
  ]);
});

Deno.test("stdio ends when nobody reads its output any more", async () => {
  const transport = new StdioTransport({
    input: new ReadableStream(),
    write: () => Promise.reject(new Error("broken pipe")),
    redact: createRedact([]),
  });
  await transport.start();
  transport.send({ jsonrpc: "2.0", id: 1, result: {} }).catch(() => {});
  await transport.ended;
});
