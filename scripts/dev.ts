/**
 * `deno task dev`: owns stdin and stdout, runs the server as a child, and replaces it when a file
 * changes, so that the client notices nothing but the new behaviour.
 *
 * A restart waits while a call is in flight that may have an effect: any `tools/call`, unless the
 * server listed the tool as read-only. Requests that arrive meanwhile wait too. Reads that were in
 * flight are sent again to the new server; an effect never is.
 *
 * @module
 */

import { forwardSignals, say } from "./child.ts";
import { isRequest, isResponse, linesOf, type Message, messageIn } from "./json_lines.ts";
import { ServerProcess } from "./server_process.ts";

/** What {@linkcode Supervisor} needs. */
export interface SupervisorOptions {
  /** Deno's arguments for the server; asked at each start, since the permissions may change. */
  command(): readonly string[];
  /** The checkout, with a slash at its end: its `main.ts`, `deno.json`, `.env` and `lib` count. */
  readonly root: string;
}

/** A request that the server has and has not answered. */
interface InFlight {
  readonly line: string;
  readonly hasEffect: boolean;
}

/** An editor writes a file in several steps. */
const SETTLE_MS = 100;
/** A call as a whole ends within 50 s. A cancelled one is never answered, so that only time tells. */
const CANCELLED_EFFECT_MS = 55_000;
const STOP_MS = 2000;
/** The server allows effects 5 s at its end. */
const END_MS = 6000;

// A new folder counts: what is put into it at once happens before it is watched.
const WATCHED_REGEXP = /(^|[/\\])(main\.ts|deno\.json|\.env|lib[/\\](.*\.(ts|json)|[^.]*))$/;

/** Stands between one client and a succession of servers. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #readOnlyTools = new Set<string>();
  readonly #stopped = Promise.withResolvers<void>();
  #server: ServerProcess | undefined;
  /** `replaying`: the server is being told what its predecessors were told. */
  #phase: "down" | "replaying" | "ready" = "down";
  #held: string[] = [];
  #initialize: string | undefined;
  #initialized: string | undefined;
  #changed = false;
  #announced = false;
  #stopping = false;

  /** Starts nothing before {@linkcode run}. */
  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Serves until stdin ends or a signal comes; resolves to the server's exit code. */
  async run(): Promise<number> {
    const stopForwarding = forwardSignals((signal) => {
      this.#server?.kill(signal);
      this.#stopped.resolve();
    });
    const watchers = this.#watch();
    this.#start();
    await Promise.race([this.#readClient(), this.#stopped.promise]);
    this.#stopping = true;
    const code = await this.#server?.stop(END_MS) ?? 0;
    watchers.forEach((watcher) => watcher.close());
    stopForwarding();
    return code;
  }

  async #readClient(): Promise<void> {
    for await (const line of linesOf(Deno.stdin.readable)) this.#fromClient(line);
  }

  #fromClient(line: string): void {
    const message = messageIn(line);
    if (message.method === "notifications/cancelled") this.#cancel(message);
    const waits = this.#phase !== "ready" || (this.#changed && isRequest(message));
    if (waits) this.#held.push(line);
    else this.#forward(line, message);
  }

  #forward(line: string, message: Message): void {
    if (message.method === "initialize") this.#initialize = line;
    if (message.method === "notifications/initialized") this.#initialized = line;
    if (isRequest(message)) {
      this.#inFlight.set(keyOf(message), { line, hasEffect: this.#hasEffect(message) });
    }
    this.#server?.send(line);
  }

  #hasEffect({ method, params }: Message): boolean {
    return method === "tools/call" && !this.#readOnlyTools.has(params?.name);
  }

  #cancel({ params }: Message): void {
    const key = JSON.stringify(params?.requestId);
    if (!this.#inFlight.get(key)?.hasEffect) this.#inFlight.delete(key);
    else setTimeout(() => this.#settle(key), CANCELLED_EFFECT_MS);
  }

  #settle(key: string): void {
    this.#inFlight.delete(key);
    this.#restartIfDue();
  }

  #start(): void {
    this.#changed = false;
    this.#announced = false;
    this.#phase = this.#initialize === undefined ? "ready" : "replaying";
    const server = new ServerProcess(this.#options.command());
    this.#server = server;
    this.#serve(server).catch((error) => say(`dev: ${error}`));
    if (this.#initialize === undefined) this.#catchUp();
    else server.send(this.#initialize);
  }

  async #serve(server: ServerProcess): Promise<void> {
    for await (const line of server.lines()) this.#fromServer(line);
    const code = await server.ended;
    if (server === this.#server && !server.isStopping && !this.#stopping) this.#onDeath(code);
  }

  #fromServer(line: string): void {
    const message = messageIn(line);
    const key = keyOf(message);
    const isReplay = this.#phase === "replaying" && isResponse(message) &&
      key === keyOf(messageIn(this.#initialize ?? ""));
    const isAwaited = !isReplay || this.#inFlight.has(key);
    if (isResponse(message)) this.#inFlight.delete(key);
    this.#learnTools(message);
    if (isAwaited) this.#toClient(line);
    if (isReplay) this.#onReplayed(message);
    this.#restartIfDue();
  }

  #learnTools({ result }: Message): void {
    if (!Array.isArray(result?.tools)) return;
    this.#readOnlyTools.clear();
    for (const tool of result.tools) {
      if (tool?.annotations?.readOnlyHint === true) this.#readOnlyTools.add(tool.name);
    }
  }

  #onReplayed({ result }: Message): void {
    this.#phase = "ready";
    if (this.#initialized !== undefined) this.#server?.send(this.#initialized);
    // None of these has an effect: a restart waits for those.
    for (const { line } of this.#inFlight.values()) this.#server?.send(line);
    this.#catchUp();
    if (this.#initialized === undefined) return;
    for (const kind of ["tools", "resources"]) {
      if (result?.capabilities?.[kind]?.listChanged !== true) continue;
      this.#toClient(
        JSON.stringify({ jsonrpc: "2.0", method: `notifications/${kind}/list_changed` }),
      );
    }
  }

  #catchUp(): void {
    const held = this.#held;
    this.#held = [];
    for (const line of held) this.#fromClient(line);
  }

  #onDeath(code: number): void {
    this.#phase = "down";
    say(`dev: the server ended with code ${code}; it will be started again when a file changes`);
    for (const [key, { hasEffect }] of this.#inFlight) {
      if (hasEffect) this.#answerLost(key);
    }
    this.#restartIfDue();
  }

  /** Sent again it might happen twice, and without an answer the client would wait. */
  #answerLost(key: string): void {
    this.#inFlight.delete(key);
    const message = "The server ended during this call, and whether it was done is not known: " +
      "do not send it again, look with list_orders";
    const error = { code: -32603, message, data: { outcome: "unknown" } };
    this.#toClient(JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(key), error }));
  }

  #toClient(line: string): void {
    const bytes = new TextEncoder().encode(`${line}\n`);
    try {
      for (let rest = bytes; rest.length > 0;) rest = rest.subarray(Deno.stdout.writeSync(rest));
    } catch {
      this.#stopped.resolve(); // The client is gone.
    }
  }

  #watch(): Deno.FsWatcher[] {
    const { root } = this.#options;
    // The folder, because editors replace files: a watcher of the file would follow the old one.
    const watchers = [
      Deno.watchFs(root, { recursive: false }),
      Deno.watchFs(`${root}lib`, { recursive: true }),
    ];
    for (const watcher of watchers) {
      this.#follow(watcher).catch((error) => say(`dev: can't watch files: ${error}`));
    }
    return watchers;
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    for await (const { kind, paths } of watcher) {
      if (kind === "access" || !paths.some((path) => WATCHED_REGEXP.test(path))) continue;
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.#changed = true;
        this.#restartIfDue();
      }, SETTLE_MS);
    }
    clearTimeout(timer);
  }

  #restartIfDue(): void {
    const isDue = this.#changed && !this.#stopping && !this.#server?.isStopping;
    if (!isDue) return;
    if ([...this.#inFlight.values()].some(({ hasEffect }) => hasEffect)) {
      if (!this.#announced) say("dev: a file changed; the restart waits for a call in flight");
      this.#announced = true;
      return;
    }
    this.#restart().catch((error) => say(`dev: ${error}`));
  }

  async #restart(): Promise<void> {
    this.#phase = "down";
    say("dev: a file changed; restarting the server");
    await this.#server?.stop(STOP_MS);
    if (!this.#stopping) this.#start();
  }
}

function keyOf(message: Message): string {
  return JSON.stringify(message.id ?? null);
}
