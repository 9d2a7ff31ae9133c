/**
 * The real program with every byte kept that it writes: from its sources, or the executable that
 * BACKPACK_MCP_EXECUTABLE names.
 *
 * @module
 */

import { linesOf } from "../scripts/json_lines.ts";
import { inheritedFlags } from "../scripts/world.ts";
import { within } from "./_patience.ts";

const ROOT = new URL("../", import.meta.url).pathname;
/** The desk answers within 50 s, whatever happens. */
const PATIENCE_MS = 55_000;
/** Once its input has ended, what is under way is given that long too. */
const END_MS = 60_000;

// deno-lint-ignore no-explicit-any
type Message = any;

/** What a {@linkcode Program} is started with. */
export interface ProgramOptions {
  /** Its working and its home directory. */
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly args?: readonly string[];
  /** Instead of the sources; its permissions are baked in, and `env` has to name its directories. */
  readonly executable?: string;
  /** From its sources: with the runtime's inspector. */
  readonly isInspected?: boolean;
}

/** One process. */
export class Program {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #waiting = new Map<string, (message: Message) => void>();
  readonly #read: Promise<void>;
  readonly #stderr: Promise<string>;
  readonly #inspector = Promise.withResolvers<string>();
  /** Lines on stdout that are no JSON-RPC. */
  readonly badLines: string[] = [];
  /** Every line on stdout; or none, where they would fill the memory. */
  readonly lines: string[] | undefined;
  readonly ended: Promise<Deno.CommandStatus>;
  #id = 0;

  constructor(options: ProgramOptions, keepLines = true) {
    const { folder, env, args = [], executable } = options;
    const [program, ...before] = executable === undefined ? fromSources(options) : [executable];
    this.#child = new Deno.Command(program ?? "", {
      args: [...before, ...args],
      cwd: folder,
      clearEnv: executable !== undefined,
      // Deno keeps its packages in the home directory: from sources the real one.
      env: {
        ...(executable === undefined ? {} : { HOME: folder }),
        ...{ XDG_CONFIG_HOME: folder, BACKPACK_DATA_DIR: `${folder}/data`, ...env },
      },
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#input.closed.catch(() => {});
    this.lines = keepLines ? [] : undefined;
    this.ended = this.#child.status;
    this.#stderr = this.#readErrors();
    this.#read = this.#readAll();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The address of the runtime's inspector, if there is one. */
  get inspector(): Promise<string> {
    return this.#inspector.promise;
  }

  /** Writes these bytes as they are. Rejects when nobody takes them. */
  async write(bytes: Uint8Array): Promise<void> {
    await within(PATIENCE_MS, "room on its input", this.#input.write(bytes).catch(() => {}));
  }

  /** Sends a request; the whole reply. Rejects when none comes. */
  async ask(method: string, params: Record<string, unknown> = {}): Promise<Message> {
    const id = `ask ${this.#id++}`;
    const reply = Promise.withResolvers<Message>();
    this.#waiting.set(id, reply.resolve);
    const gone = this.ended.then(({ code }) => reply.reject(new Error(`it ended with ${code}`)));
    const line = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    await this.write(new TextEncoder().encode(`${line}\n`));
    const replyOrEnd = Promise.race([reply.promise, gone]);
    return await within(PATIENCE_MS, method, replyOrEnd).finally(() => this.#waiting.delete(id));
  }

  /** Calls a tool; its result. Rejects when JSON-RPC has an error instead. */
  async call(name: string, args: Record<string, unknown> = {}): Promise<Message> {
    const { result, error } = await this.ask("tools/call", { name, arguments: args });
    if (result === undefined) throw new Error(JSON.stringify(error));
    return result;
  }

  /** Ends its input; what it wrote on stderr and its exit code. Kills and rejects if it stays. */
  async end(): Promise<{ code: number; stderr: string }> {
    try {
      return await within(END_MS, "the end after the input's", this.#ending());
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw error;
    }
  }

  async #ending(): Promise<{ code: number; stderr: string }> {
    await this.#input.close().catch(() => {});
    const { code } = await this.ended;
    await this.#read;
    return { code, stderr: await this.#stderr };
  }

  async #readErrors(): Promise<string> {
    let text = "";
    for await (const line of linesOf(this.#child.stderr)) {
      const [, url] = /^Debugger listening on (ws:.*)$/.exec(line) ?? [];
      if (url !== undefined) this.#inspector.resolve(url);
      if (!INSPECTOR_REGEXP.test(line)) text += `${line}\n`;
    }
    return text;
  }

  async #readAll(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) {
      this.lines?.push(line);
      const message = messageIn(line);
      if (message === undefined) this.badLines.push(line.slice(0, 300));
      else this.#waiting.get(message.id)?.(message);
    }
  }
}

/** What the runtime says of its inspector. */
const INSPECTOR_REGEXP = /^(Debugger |Visit chrome:)/;

/** The message, if the line is one of JSON-RPC 2.0. */
function messageIn(line: string): Message | undefined {
  try {
    const message = JSON.parse(line);
    const { jsonrpc, id, method, result, error } = message;
    const isReply = id !== undefined && (result === undefined) !== (error === undefined);
    return jsonrpc === "2.0" && (isReply || typeof method === "string") ? message : undefined;
  } catch {
    return undefined;
  }
}

function fromSources({ folder, isInspected = false }: ProgramOptions): string[] {
  const net = "--allow-net=127.0.0.1";
  const files = [`--allow-read=.env,${folder}`, `--allow-write=${folder}`];
  return [
    ...[Deno.execPath(), "run", "--no-prompt", "--no-check", ...inheritedFlags()],
    // It says its address only where Deno may say things.
    isInspected ? "--inspect=127.0.0.1:0" : "--quiet",
    ...[net, "--allow-env", ...files, `${ROOT}main.ts`],
  ];
}
