/**
 * `deno task dev`: a client talks on while the server is replaced beneath it.
 *
 * @module
 */

import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { linesOf } from "../scripts/json_lines.ts";
import { Project } from "./_project.ts";

/**
 * A server that tells its version with each answer. Calls of tools are answered in their order,
 * one for each `test/go`; `test/crash` ends it.
 */
function serverOf(version: number): string {
  return `
import { linesOf } from "./scripts/json_lines.ts";
const send = (message: object) =>
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n"));
const version = ${version};
const tools = [
  { name: "look", annotations: { readOnlyHint: true } },
  { name: "act", annotations: { readOnlyHint: false } },
];
const capabilities = { tools: { listChanged: true } };
const calls: number[] = [];
let seen = "";
for await (const line of linesOf(Deno.stdin.readable)) {
  const { id, method } = JSON.parse(line);
  if (id === undefined) seen += method.replace(/.*\\//, "") + " ";
  if (method === "initialize") send({ id, result: { version, capabilities } });
  else if (method === "tools/list") send({ id, result: { version, tools } });
  else if (method === "tools/call") calls.push(id);
  else if (method === "test/go") send({ id: calls.shift(), result: { version } });
  else if (method === "test/crash") Deno.exit(3);
  else if (id !== undefined) send({ id, result: { version, seen } });
}
`;
}

const INITIALIZE = { id: 0, method: "initialize", params: {} };
const INITIALIZED = { method: "notifications/initialized" };
const LIST_CHANGED = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };

/** A client of `deno task dev`. */
class Session {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: AsyncGenerator<string>;
  readonly #notes: AsyncGenerator<string>;

  private constructor(readonly project: Project) {
    this.#child = project.start(["dev"]);
    this.#input = this.#child.stdin.getWriter();
    this.#output = linesOf(this.#child.stdout);
    this.#notes = linesOf(this.#child.stderr);
  }

  /** Starts version 1, shakes hands and learns the tools. */
  static async start(): Promise<Session> {
    const session = new Session(await Project.create({ main: serverOf(1) }));
    session.send(INITIALIZE, INITIALIZED, { id: 1, method: "tools/list" });
    assertEquals((await session.receive()).result.version, 1);
    assertEquals((await session.receive()).result.tools.length, 2);
    return session;
  }

  send(...messages: object[]): void {
    const lines = messages.map((message) => JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
    this.#input.write(new TextEncoder().encode(lines.join("")));
  }

  // deno-lint-ignore no-explicit-any
  async receive(): Promise<any> {
    const { value, done } = await this.#output.next();
    if (done) throw new Error("dev has ended");
    return JSON.parse(value);
  }

  /** Waits until stderr says it. */
  async note(text: string): Promise<string> {
    for (;;) {
      const { value, done } = await this.#notes.next();
      if (done) throw new Error(`dev never said: ${text}`);
      if (value.includes(text)) return value;
    }
  }

  edit(text: string, path = "main.ts"): void {
    this.project.write(path, text);
  }

  /** Ends as a client does; resolves to the exit code. */
  async end(): Promise<number> {
    await this.#input.close();
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
    await Promise.all([drain(this.#output), drain(this.#notes)]);
    await this.project[Symbol.asyncDispose]();
  }
}

async function drain(lines: AsyncGenerator<string>): Promise<void> {
  while (!(await lines.next()).done);
}

Deno.test("dev replays the handshake to a changed server and tells the client", async () => {
  await using session = await Session.start();
  session.edit(serverOf(2));
  assertEquals(await session.receive(), LIST_CHANGED);
  session.send({ id: 2, method: "ping" });
  const result = { version: 2, seen: "initialized " };
  assertEquals(await session.receive(), { jsonrpc: "2.0", id: 2, result });
});

Deno.test("dev restarts for a file of lib, and not for others", async () => {
  await using session = await Session.start();
  session.edit("", "notes.txt");
  session.edit(serverOf(2), "lib/deep/other.txt");
  session.edit("", "lib/deep/new.ts");
  await session.note("restarting");
  assertEquals(await session.receive(), LIST_CHANGED);
});

Deno.test("dev loses no line that arrives during a restart", async () => {
  await using session = await Session.start();
  session.edit(serverOf(2));
  await session.note("restarting");
  const ids = Array.from({ length: 200 }, (_, index) => index + 100);
  session.send(...ids.map((id) => ({ id, method: "ping" })));
  const answers = [];
  while (answers.length < ids.length + 1) answers.push(await session.receive());
  assertEquals(answers.filter(({ id }) => id !== undefined).map(({ id }) => id), ids);
  assertEquals(new Set(answers.map(({ result }) => result?.version)), new Set([2, undefined]));
});

Deno.test("dev sends a read that was in flight again", async () => {
  await using session = await Session.start();
  session.send({ id: 2, method: "tools/call", params: { name: "look" } });
  session.edit(serverOf(2));
  assertEquals(await session.receive(), LIST_CHANGED);
  session.send({ method: "test/go" });
  assertEquals(await session.receive(), { jsonrpc: "2.0", id: 2, result: { version: 2 } });
});

Deno.test("dev restarts only after an effect in flight, and later requests wait", async () => {
  await using session = await Session.start();
  session.send({ id: 2, method: "tools/call", params: { name: "act" } });
  session.edit(serverOf(2));
  await session.note("waits for a call in flight");
  session.send({ id: 3, method: "ping" }, { method: "test/go" });
  assertEquals(await session.receive(), { jsonrpc: "2.0", id: 2, result: { version: 1 } });
  const answers = [await session.receive(), await session.receive()];
  assertEquals(answers.find(({ id }) => id === 3)?.result.version, 2);
});

Deno.test("dev answers an effect whose server died, and never sends it again", async () => {
  await using session = await Session.start();
  session.send({ id: 2, method: "tools/call", params: { name: "act" } }, { method: "test/crash" });
  const { id, error } = await session.receive();
  assertEquals([id, error.data], [2, { outcome: "unknown" }]);
  assertStringIncludes(error.message, "do not send it again");
  await session.note("ended with code 3");
  session.edit(serverOf(2));
  assertEquals(await session.receive(), LIST_CHANGED);
  session.send({ id: 3, method: "tools/call", params: { name: "look" } }, { method: "test/go" });
  assertEquals((await session.receive()).id, 3);
});

Deno.test("dev keeps lines while the server can't start, and tries again on a change", async () => {
  await using session = await Session.start();
  session.edit("this is no program (");
  await session.note("it will be started again when a file changes");
  session.send({ id: 2, method: "ping" });
  session.edit(serverOf(3));
  assertEquals(await session.receive(), LIST_CHANGED);
  assertEquals((await session.receive()).result?.version, 3);
});

Deno.test("dev ends with its input, and passes the server's code on", async () => {
  await using session = await Session.start();
  const startMs = performance.now();
  assertEquals(await session.end(), 0);
  // Measured: some 20 ms. The rest is for a machine that is busy with other tests.
  assertLess(performance.now() - startMs, 2000);
});

Deno.test("dev passes on the code of a server that never started", async () => {
  await using project = await Project.create({ main: "Deno.exit(4);" });
  assertEquals((await project.run(["dev"])).code, 4);
});
