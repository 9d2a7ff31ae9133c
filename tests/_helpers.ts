/**
 * What tests share: a clock that only moves when everybody waits for it, a signer, a log, and a
 * real MCP client in front of a real server.
 *
 * @module
 */

// @ts-types="@modelcontextprotocol/sdk/client/index"
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
// @ts-types="@modelcontextprotocol/sdk/inMemory"
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import type { Halt } from "../lib/desk/halt.ts";
import { Desk } from "../lib/desk/mod.ts";
import type { Edges } from "../lib/edges.ts";
import { Http } from "../lib/http/mod.ts";
import { Journal, type JournalError } from "../lib/journal/mod.ts";
import type { Limits } from "../lib/limit_settings.ts";
import type { Log } from "../lib/log.ts";
import type { ClosedDesk } from "../lib/requests.ts";
import { DeskServer } from "../lib/server.ts";
import { createSigner, type Signer } from "../lib/signing.ts";
import type { Mode, ToolGroup } from "../lib/settings.ts";
import published from "./testdata/signing_vectors.json" with { type: "json" };

/** 2026-01-01T00:00:00Z. */
export const START_MS = 1767225600000;
/** The published throw-away key pair. */
export const SEED = published.seed;
/** The public half of {@linkcode SEED}. */
export const API_KEY = published.publicKey;

/** A journal that nobody else sees. */
export const MEMORY = { path: ":memory:", identity: () => "memory" };

type Fetch = (url: string, init: RequestInit) => Promise<Response> | Response;

/** Lets everything happen that is due: some turns of the event loop, in which no time passes. */
export async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** Waits, turn by turn of the event loop, until `holds` does; a test that hangs here says so. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turns(1);
}

/** A clock that jumps to the next timer once nothing else is going on. */
export class TestClock {
  #nowMs = START_MS;
  #monotonicMs = 0;
  #timers: { at: number; callback: () => void }[] = [];
  #held = 0;

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  /** Sets the wall clock, as its owner might, or as a sleeping machine does. */
  setWall(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { at: this.#monotonicMs + delayMs, callback };
    this.#timers.push(timer);
    return () => this.#timers = this.#timers.filter((other) => other !== timer);
  }

  /** Lets time pass, firing what falls due. */
  advance(durationMs: number): void {
    const end = this.#monotonicMs + durationMs;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#moveTo(Math.max(next.at, this.#monotonicMs));
      this.#timers = this.#timers.filter((timer) => timer !== next);
      next.callback();
    }
    this.#moveTo(end);
  }

  /** Time stands still while this work is going on: it is real, and not part of the test. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await work;
    } finally {
      this.#held--;
    }
  }

  /** Awaits `work`, jumping to the next timer whenever everybody waits for one. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    work.then(() => done = true, () => done = true);
    for (let idle = 0; !done;) {
      await turns(1);
      idle = this.#held > 0 ? 0 : idle + 1;
      const next = this.#next(Infinity);
      if (idle < 4 || next === undefined) continue;
      this.advance(Math.max(0, next.at - this.#monotonicMs));
      idle = 0;
    }
    return await work;
  }

  #next(end: number): { at: number; callback: () => void } | undefined {
    return this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
  }

  #moveTo(monotonicMs: number): void {
    this.#nowMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

/** An answer that never comes. */
export function hang(): Response {
  return NEVER;
}

const NEVER = new Response(null, { status: 204 });

/** Edges over a test clock: it stands still while a fetch is answered, unless by {@linkcode hang}. */
export function testEdges(clock: TestClock, fetch: Fetch): Edges {
  let id = 1000;
  return {
    fetch: async (url, init) => {
      const answer = await clock.hold(Promise.resolve(fetch(url, init)));
      return answer === NEVER ? await untilAborted(init) : answer;
    },
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after: (delayMs, callback) => clock.after(delayMs, callback),
    randomId: () => id++,
  };
}

function untilAborted(init: RequestInit): Promise<Response> {
  return new Promise((_, reject) => {
    init.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true });
  });
}

/** A signer for the published seed. */
export async function testSigner(clock: TestClock): Promise<Signer> {
  const signer = await createSigner(Uint8Array.fromBase64(SEED));
  return { apiKey: signer.apiKey, sign: (message) => clock.hold(signer.sign(message)) };
}

/** A log that collects its events. */
export function collectingLog(): Log & { events: string[] } {
  const events: string[] = [];
  const add = (event: string): void => void events.push(event);
  return { error: add, warn: add, info: add, debug: add, events };
}

/** A JSON answer, as the exchange writes one. */
export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

/** What {@linkcode connect} can be told. */
export interface ConnectOptions {
  fetch: Fetch;
  clock?: TestClock;
  mode?: Mode;
  closed?: ClosedDesk;
  hasKey?: boolean;
  /** Its fingerprint, where the journal must tell it from another. */
  key?: string;
  timeoutMs?: number;
  baseUrl?: string;
  journal?: Journal | JournalError;
  halt?: Halt;
  /** All unless given. */
  groups?: readonly ToolGroup[];
  paperNote?: string;
  /** Every limit is lifted unless set here. */
  limits?: Partial<Limits>;
  /** The client's. */
  capabilities?: Record<string, unknown>;
  /** Called before the client connects. */
  prepare?: (client: Client) => void;
}

/** No limit at all. */
export const NO_LIMITS: Limits = {
  readOnly: false,
  maxOrderNotional: "none",
  maxDailyNotional: "none",
  maxPositionNotional: "none",
  maxOpenOrders: "none",
  maxOrdersPerMinute: "none",
  priceCollarPercent: "none",
  allowBorrow: true,
  confirmBy: "client",
};

/** A tool's answer, as a client sees it. */
export interface ToolAnswer {
  isError?: boolean;
  content: { type: string; text: string }[];
  // deno-lint-ignore no-explicit-any
  structuredContent?: any;
}

/** A real client and the means to use it. */
export interface Connection {
  client: Client;
  server: DeskServer;
  clock: TestClock;
  log: ReturnType<typeof collectingLog>;
  /** Calls a tool; time jumps whenever everybody waits. */
  callTool(name: string, args?: Record<string, unknown>): Promise<ToolAnswer>;
  /** Calls a tool that must fail; the parsed error. */
  // deno-lint-ignore no-explicit-any
  callFailing(name: string, args?: Record<string, unknown>): Promise<any>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a client can be connected to, and what ends it. */
export interface Served extends Pick<Connection, "server" | "clock" | "log"> {
  desk: Desk;
}

/** A server whose exchange is `options.fetch`, and whose client is still to come. */
export async function serve(options: Omit<ConnectOptions, "prepare">): Promise<Served> {
  const clock = options.clock ?? new TestClock();
  const edges = testEdges(clock, options.fetch);
  const log = collectingLog();
  const signer = options.hasKey === false ? {} : { signer: await testSigner(clock) };
  const http = new Http({
    baseUrl: options.baseUrl ?? "https://exchange.test",
    timeoutMs: options.timeoutMs ?? 30_000,
    windowMs: 5000,
    ...signer,
    edges,
    log,
  });
  const journal = options.journal ?? Journal.open(MEMORY, () => clock.now());
  const halt = options.halt ?? { isHalted: () => false, halt: () => {} };
  const limits = { ...NO_LIMITS, ...options.limits };
  const mode = options.mode ?? "live";
  const { groups, paperNote } = options;
  const key = options.hasKey === false ? "none" : options.key ?? "test";
  const note = paperNote === undefined ? {} : { paperNote };
  const desk = new Desk({ http, edges, log, journal, key, halt, limits, mode, ...note });
  const server = new DeskServer({
    version: "0.0.0",
    mode,
    desk: options.closed ?? desk,
    readOnly: limits.readOnly,
    ...(groups === undefined ? {} : { groups }),
    edges,
    log,
  });
  return { server, clock, log, desk };
}

/** Connects the SDK's client to a server whose exchange is `options.fetch`. */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { server, clock, log, desk } = await serve(options);
  const { capabilities = {} } = options;
  const client = new Client({ name: "test", version: "1" }, { capabilities });
  options.prepare?.(client);
  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.mcp.connect(theirs), client.connect(ours)]);
  return {
    client,
    server,
    clock,
    log,
    ...callsOf(clock, (params) => client.callTool(params)),
    [Symbol.asyncDispose]: () => {
      desk.stop();
      return client.close();
    },
  };
}

/** The two ways to call a tool through a client; time jumps whenever everybody waits. */
export function callsOf(
  clock: TestClock,
  call: (params: { name: string; arguments: Record<string, unknown> }) => Promise<unknown>,
): Pick<Connection, "callTool" | "callFailing"> {
  const callTool: Connection["callTool"] = async (name, args = {}) =>
    await clock.run(call({ name, arguments: args })) as ToolAnswer;
  const callFailing: Connection["callFailing"] = async (name, args = {}) => {
    const answer = await callTool(name, args);
    const text = answer.content[0]?.text ?? "";
    if (answer.isError !== true) throw new Error(`${name} was expected to fail: ${text}`);
    return JSON.parse(text);
  };
  return { callTool, callFailing };
}
