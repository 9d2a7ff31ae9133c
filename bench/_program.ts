/**
 * The server as a process of its own, spoken to over stdio as a client does. Out of the sources,
 * since an executable may use only the folders that it was built for; its code is the same.
 *
 * @module
 */

import { linesOf } from "../scripts/json_lines.ts";
import { ROOT } from "../scripts/checkout.ts";
import { inheritedFlags } from "../scripts/world.ts";

// deno-lint-ignore no-explicit-any
type Message = any;

/** A program and its arguments. */
export type CommandLine = readonly [path: string, ...args: string[]];

/** The server out of the sources; it may use the network of this machine alone, and `folder`. */
export function sourcesIn(folder: string): CommandLine {
  const files = [`--allow-read=.env,${folder}`, `--allow-write=${folder}`];
  return fromSources("main.ts", ["--allow-net=127.0.0.1", "--allow-env", ...files]);
}

/** A module of the checkout as a program with those permissions. */
export function fromSources(path: string, grants: readonly string[]): CommandLine {
  const flags = ["--quiet", "--no-prompt", "--no-check", ...inheritedFlags(), ...grants];
  return [Deno.execPath(), "run", ...flags, `${ROOT}${path}`];
}

/** Hands `work` a folder that is gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Where a {@linkcode Program} runs. */
export interface ProgramOptions {
  /** Its working directory, home and data directory. */
  readonly folder: string;
  /** Beside those that `folder` answers; nothing of this process's own environment. */
  readonly env: Record<string, string>;
}

/** A running server. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #read: Promise<void>;
  #id = 0;

  /** Starts `command` at once. */
  constructor([path, ...args]: CommandLine, { folder, env }: ProgramOptions) {
    this.#child = new Deno.Command(path, {
      args,
      cwd: folder,
      clearEnv: true,
      env: { ...surroundings(folder), ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#read = this.#readAll();
  }

  /** The process, for whoever looks at its memory. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The first exchange of messages. */
  initialize(): Promise<Message> {
    const clientInfo = { name: "bench", version: "1" };
    const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo };
    return this.request("initialize", params);
  }

  /**
   * Calls a tool.
   *
   * @throws {Error} if it answers with an error
   */
  async call(name: string, args: Record<string, unknown> = {}): Promise<Message> {
    const { result, error } = await this.request("tools/call", { name, arguments: args });
    if (result?.isError === false || result?.structuredContent !== undefined) return result;
    throw new Error(`${name}: ${JSON.stringify(error ?? result)}`);
  }

  /** Sends a request; the whole reply. */
  async request(method: string, params: Record<string, unknown>): Promise<Message> {
    const id = ++this.#id;
    const { promise, resolve } = Promise.withResolvers<Message>();
    this.#waiting.set(id, resolve);
    const line = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
    return await promise;
  }

  /** Ends it as a client does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
    await this.#read;
  }

  async #readAll(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) {
      const message = JSON.parse(line);
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    }
  }
}

function surroundings(folder: string): Record<string, string> {
  const kept = ["PATH", "DENO_DIR"].map((name) => [name, Deno.env.get(name)]);
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return {
    ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)),
    DENO_DIR: cache,
    HOME: folder,
    XDG_CONFIG_HOME: folder,
    BACKPACK_DATA_DIR: `${folder}/data`,
    BACKPACK_LOG: "error",
  };
}
