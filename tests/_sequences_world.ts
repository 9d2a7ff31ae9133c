/**
 * A desk, a client and an exchange with a network between them that can be told to fail; the desk's
 * process can be killed and started again on the same journal. Everything is the real code but the
 * clock; all time is simulated.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
// @ts-types="@modelcontextprotocol/sdk/inMemory"
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
// @ts-types="@modelcontextprotocol/sdk/validation/ajv"
import { AjvJsonSchemaValidator } from "@modelcontextprotocol/sdk/validation/ajv";
import { setImmediate } from "node:timers";
import type { Halt } from "../lib/desk/halt.ts";
import { Desk } from "../lib/desk/mod.ts";
import type { Edges } from "../lib/edges.ts";
import { Http } from "../lib/http/mod.ts";
import { Journal } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import { type Fault, PaperExchange } from "../lib/paper/exchange.ts";
import { DeskServer } from "../lib/server.ts";
import { createSigner } from "../lib/signing.ts";
import {
  API_KEY,
  MEMORY,
  NO_LIMITS,
  SEED,
  START_MS,
  TestClock,
  type ToolAnswer,
} from "./_helpers.ts";

/** What can go wrong with a request; beyond the exchange's own faults, what only its way can do. */
export type NetworkFault =
  | Fault
  /** It arrives this much later, whoever still waits for it. */
  | { readonly kind: "late"; readonly delayMs: number }
  /** The desk's process is killed when it has been sent. */
  | { readonly kind: "kill"; readonly when: "before" | "after" };

/** What goes wrong with every `every`-th read. */
export interface BadReads {
  readonly fault: NetworkFault;
  readonly every: number;
  /** The exchange tells its time all the same. */
  readonly sparesTime: boolean;
}

/** A POST of an order that left the desk. */
export interface SentPost {
  readonly body: Record<string, unknown>;
  /** The end of its signature's life, Unix ms by the exchange. */
  readonly endsAtMs: number;
  /** It may still arrive. */
  isUnderWay: boolean;
}

/** What a call came to: the client's cancellation and a killed process leave no answer. */
export type CallResult = { answer: ToolAnswer } | { answer?: undefined };

const CLIENT = { name: "sequences", version: "1" };
/** Made once: thousands of clients would each make their own. */
const VALIDATOR = new AjvJsonSchemaValidator();
const signer = await createSigner(Uint8Array.fromBase64(SEED));
const ignore = (): void => {};
const LOG = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** {@linkcode TestClock} with turns of microseconds: for thousands of sequences. */
export class QuickClock extends TestClock {
  readonly #due = new Set<{ at: number }>();
  #held = 0;
  #released: (() => void) | undefined;

  override after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.monotonic() + delayMs };
    this.#due.add(timer);
    const callOff = super.after(delayMs, () => {
      this.#due.delete(timer);
      callback();
    });
    return () => {
      this.#due.delete(timer);
      callOff();
    };
  }

  override async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      if (--this.#held === 0) this.#released?.();
    }
  }

  override async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    work.then(() => isDone = true, () => isDone = true);
    for (let idle = 0; !isDone;) {
      if (this.#held > 0) await new Promise<void>((resolve) => this.#released = resolve);
      await new Promise<void>((resolve) => void setImmediate(resolve));
      idle = this.#held > 0 ? 0 : idle + 1;
      if (idle < 2 || isDone || this.#due.size === 0) continue;
      this.advance(
        Math.max(0, Math.min(...this.#due.values().map(({ at }) => at)) - this.monotonic()),
      );
      idle = 0;
    }
    return await work;
  }
}

/** One process of the desk's, with its client. Once over, nothing of it happens any more. */
interface Life {
  isOver: boolean;
  readonly ended: PromiseWithResolvers<CallResult>;
  client: Client;
  close(): Promise<void>;
}

/** The whole. */
export class World {
  readonly clock: TestClock = new QuickClock();
  readonly exchange: PaperExchange;
  readonly journal: Journal;
  /** Every POST of an order that left. */
  readonly posts: SentPost[] = [];
  /** Called when a POST of an order is about to leave. */
  onPost: (post: SentPost) => void = () => {};
  /** What goes wrong with an effect that leaves now. */
  effectFault: () => NetworkFault | undefined = () => undefined;
  /** What goes wrong with reads, those of the background too. */
  badReads: BadReads | undefined;
  /** Reads show nothing younger than `lagMs`: histories, and with `looks` open orders too. */
  lag: { readonly lagMs: number; readonly looks: boolean } = { lagMs: 0, looks: false };
  /** A cancel was delayed: it may arrive, or has arrived, after its call. */
  hasLateDeletes = false;
  readonly #arriving = new Map<string, (Fault | undefined)[]>();
  #life: Life | undefined;
  #isHalted = false;
  /** As a file does, it outlives the process. */
  readonly #halt: Halt = {
    isHalted: () => this.#isHalted,
    halt: () => this.#isHalted = true,
  };
  #nextId = 1000;
  #reads = 0;

  /** The owner's, for every process. */
  readonly limits: Limits;

  private constructor(limits: Limits) {
    this.limits = limits;
    this.journal = Journal.open(MEMORY, () => this.clock.now());
    this.exchange = new PaperExchange({
      now: () => this.exchangeMs(),
      apiKey: API_KEY,
      fault: ({ method, path }) => this.#arriving.get(`${method} ${path}`)?.shift(),
    });
  }

  /** Opens it, with a running desk. */
  static async open(limits: Limits = NO_LIMITS): Promise<World> {
    const world = new World(limits);
    await world.start();
    return world;
  }

  /** The exchange's clock, which nobody sets: Unix ms. */
  exchangeMs(): number {
    return START_MS + this.clock.monotonic();
  }

  /** Whether open orders may be shown later than they are there. */
  get lagsOnLooks(): boolean {
    return this.lag.lagMs > 0 && this.lag.looks;
  }

  /** Starts the desk's process unless it runs. */
  async start(): Promise<void> {
    if (this.#life?.isOver === false) return;
    const client = new Client(CLIENT, { jsonSchemaValidator: VALIDATOR });
    const [ours, theirs] = InMemoryTransport.createLinkedPair();
    const life: Life = {
      isOver: false,
      ended: Promise.withResolvers<CallResult>(),
      client,
      close: () => {
        // A killed process does not learn that its client has gone.
        Object.assign(theirs, { onclose: undefined, onmessage: undefined });
        return client.close();
      },
    };
    this.#life = life;
    const edges = this.#edges(life);
    const sign = (message: Uint8Array<ArrayBuffer>): Promise<string> =>
      whileAlive(life, this.clock.hold(signer.sign(message)));
    const http = new Http({
      ...{ baseUrl: "https://exchange.test", timeoutMs: 30_000, windowMs: 5000 },
      ...{ signer: { apiKey: signer.apiKey, sign }, edges, log: LOG },
    });
    const desk = new Desk({
      ...{ http, edges, log: LOG, journal: this.journal, key: "test", mode: "live" as const },
      ...{ halt: this.#halt, limits: this.limits },
    });
    const common = { version: "0.0.0", mode: "live", readOnly: false } as const;
    const server = new DeskServer({ ...common, desk, edges, log: LOG });
    await Promise.all([server.mcp.connect(theirs), client.connect(ours)]);
  }

  /** The process ends this moment: whatever it was at stays as it is. */
  kill(): void {
    const life = this.#life;
    if (life === undefined || life.isOver) return;
    life.isOver = true;
    life.ended.resolve({});
    void life.close();
  }

  /** Begins a call; it has no answer if the process is killed or `signal` aborted before. */
  call(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<CallResult> {
    const life = this.#life;
    if (life === undefined || life.isOver) return Promise.resolve({});
    const options = signal === undefined ? {} : { signal };
    const answer = life.client.callTool({ name, arguments: args }, undefined, options)
      .then((answer) => ({ answer: answer as unknown as ToolAnswer }), (error) => {
        if (signal?.aborted || life.isOver) return {};
        throw error;
      });
    return Promise.race([answer, life.ended.promise]);
  }

  /** Lets time pass. */
  async wait(durationMs: number): Promise<void> {
    await this.clock.run(
      new Promise<void>((resolve) => void this.clock.after(durationMs, resolve)),
    );
  }

  /** Ends it. */
  close(): void {
    this.kill();
    this.journal.close();
  }

  #edges(life: Life): Edges {
    const { clock } = this;
    return {
      fetch: (url, init) => whileAlive(life, this.#send(url, init)),
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delayMs, callback) => clock.after(delayMs, () => life.isOver || callback()),
      randomId: () => this.#nextId++,
    };
  }

  /** The network: hands a request to the exchange, or does with it what it was told. */
  async #send(url: string, init: RequestInit): Promise<Response> {
    const { method = "GET" } = init;
    const { pathname } = new URL(url);
    const post = method === "POST" ? await this.#notePost(init) : undefined;
    const fault = method === "GET" ? this.#readFault(pathname) : this.#effectFault(method);
    if (method === "DELETE" && fault?.kind === "late") this.hasLateDeletes = true;
    const arrive = (fault?: Fault, signal = init.signal ?? null): Promise<Response> => {
      const key = `${method} ${pathname}`;
      this.#arriving.set(key, [...this.#arriving.get(key) ?? [], fault]);
      const body = post === undefined ? init.body ?? null : JSON.stringify(post.body);
      return this.clock.hold(this.exchange.fetch(url, { ...init, body, signal }))
        .finally(() => post && (post.isUnderWay = false));
    };
    const loseAndForget = (): void => void (post && (post.isUnderWay = false));
    switch (fault?.kind) {
      case "hang":
        if (fault.when === "after") await arrive(undefined, null);
        else loseAndForget();
        return await untilAborted(init);
      case "late":
        await new Promise<void>((resolve) => void this.clock.after(fault.delayMs, resolve));
        return await arrive(undefined, null);
      case "kill":
        if (fault.when === "after") await arrive(undefined, null);
        else loseAndForget();
        this.kill();
        return await untilAborted(init);
      default:
        return await arrive(fault);
    }
  }

  #readFault(path: string): NetworkFault | undefined {
    const { badReads } = this;
    const isSpared = badReads?.sparesTime && path === "/api/v1/time";
    if (badReads !== undefined && !isSpared && ++this.#reads % badReads.every === 0) {
      return badReads.fault;
    }
    const { lagMs, looks } = this.lag;
    const isLagging = path.startsWith("/wapi/v1/history/") ||
      (looks && path.startsWith("/api/v1/order"));
    return lagMs > 0 && isLagging ? { kind: "lag", lagMs } : undefined;
  }

  /** Only of an order the exchange says that its client id is taken: a cancel goes well instead. */
  #effectFault(method: string): NetworkFault | undefined {
    const fault = this.effectFault();
    const isAboutId = fault?.kind === "reply" && fault.reply === "id_taken";
    return method === "DELETE" && isAboutId ? undefined : fault;
  }

  async #notePost(init: RequestInit): Promise<SentPost> {
    const text = await this.clock.hold(new Response(init.body ?? null).text());
    const headers = new Headers(init.headers);
    const post: SentPost = {
      body: JSON.parse(text),
      endsAtMs: Number(headers.get("X-Timestamp")) + Number(headers.get("X-Window")),
      isUnderWay: true,
    };
    this.onPost(post);
    this.posts.push(post);
    return post;
  }
}

/** The promise as a process sees it that may be killed meanwhile: then it never settles. */
function whileAlive<T>(life: Life, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then((value) => life.isOver || resolve(value), (error) => life.isOver || reject(error));
  });
}

function untilAborted({ signal }: RequestInit): Promise<never> {
  return new Promise((_, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
