/**
 * A program of ours as a child process: how it is started, what is said to it over stdio, and how
 * it ends. Every test that needs a process of its own starts it here.
 *
 * @module
 */

import { ROOT } from "../scripts/checkout.ts";
import { linesOf } from "../scripts/json_lines.ts";
import { inheritedFlags } from "../scripts/world.ts";

export { ROOT };

// deno-lint-ignore no-explicit-any
type Message = any;

/** Deno's arguments to run a module of this checkout with those permissions. */
export function denoCommand(grants: readonly string[], ...args: readonly string[]): string[] {
  const flags = ["run", "--quiet", "--no-check", ...inheritedFlags()];
  // The launcher's grants say --no-prompt themselves, and Deno takes it once.
  return [Deno.execPath(), ...flags, ...new Set(["--no-prompt", ...grants]), ...args];
}

let denoDirectory: string | undefined;

/** Where the packages are: a child with another HOME would fetch them again. */
export function denoDir(): string {
  if (denoDirectory !== undefined) return denoDirectory;
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return denoDirectory = JSON.parse(new TextDecoder().decode(stdout)).denoDir as string;
}

/** What a child is started with. */
export interface Start {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  /** Whether `env` is all of its environment. */
  readonly clearEnv?: boolean;
}

/** What a child left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function spawn({ command: [program = "", ...args], ...options }: Start): Deno.ChildProcess {
  const pipes = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
  return new Deno.Command(program, { args, ...options, ...pipes }).spawn();
}

/** Runs a command as a person does, on the given input, to its end. */
export async function runToEnd(start: Start, input = ""): Promise<Ended> {
  const child = spawn(start);
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input)).catch(() => {});
  await writer.close().catch(() => {});
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** The wire for an SDK's client; the SDKs' own ask for more permissions than tests have. */
export interface Wire {
  onmessage?: (message: Message) => void;
  onclose?: () => void;
  start(): Promise<void>;
  send(message: unknown): Promise<void>;
  close(): Promise<void>;
}

/** A server that runs, and a client that is as plain as can be. */
export class Program {
  /** All that it has said, line by line. */
  readonly lines: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stderr: Promise<string>;
  readonly #read: Promise<void>;
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>();
  #unclaimed: string[] = [];
  #wire: Wire | undefined;
  #id = 0;

  /** Starts at once. */
  constructor(start: Start) {
    this.#child = spawn(start);
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.#stderr = new Response(this.#child.stderr).text();
    this.#read = this.#readAll();
  }

  /** Sends a message, or a line that need not be one. */
  async send(message: unknown): Promise<void> {
    const line = typeof message === "string" ? message : JSON.stringify(message);
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  /** Sends a request; resolves to the reply, rejects if the program ends before. */
  ask(method: string, params: Record<string, unknown> = {}): Promise<Message> {
    const id = ++this.#id;
    const reply = Promise.withResolvers<Message>();
    this.#waiting.set(id, reply);
    this.send({ jsonrpc: "2.0", id, method, params }).catch(() => {});
    return reply.promise;
  }

  /** Makes itself known; resolves to the reply. */
  async initialize(): Promise<Message> {
    const reply = await this.ask("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "test", version: "1" },
    });
    await this.send({ jsonrpc: "2.0", method: "notifications/initialized" });
    return reply;
  }

  /** Calls a tool; resolves to its result. */
  async call(name: string, args: Record<string, unknown> = {}): Promise<Message> {
    return (await this.ask("tools/call", { name, arguments: args })).result;
  }

  /** The wire for a client, instead of the calls above; closing it ends the program. */
  wire(): Wire {
    return this.#wire = {
      start: () => Promise.resolve(),
      send: (message) => this.send(message),
      close: async () => void await this.end(),
    };
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<void> {
    await this.#child.status;
  }

  /** As `kill -9` does; what was asked is never answered. */
  async kill(): Promise<void> {
    this.#waiting.clear();
    this.#child.kill("SIGKILL");
    await this.end();
  }

  /** Ends as a client does, by closing the input; `rest` is what nobody had asked for. */
  async end(): Promise<{ code: number; stderr: string; rest: string[] }> {
    await this.#input.close().catch(() => {});
    await this.#read;
    const { code } = await this.#child.status;
    return { code, stderr: await this.#stderr, rest: this.#unclaimed };
  }

  async #readAll(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.#onLine(line);
    this.#wire?.onclose?.();
    const stderr = await this.#stderr;
    for (const { reject } of this.#waiting.values()) reject(new Error(`it ended: ${stderr}`));
  }

  #onLine(line: string): void {
    this.lines.push(line);
    if (this.#wire !== undefined) return this.#wire.onmessage?.(JSON.parse(line));
    const { id, method } = line.startsWith("{") ? JSON.parse(line) : {};
    const waiting = method === undefined ? this.#waiting.get(id) : undefined;
    if (waiting === undefined) return void this.#unclaimed.push(line);
    this.#waiting.delete(id);
    waiting.resolve(JSON.parse(line));
  }
}

/** Hands `work` an empty folder, which is gone afterwards. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
