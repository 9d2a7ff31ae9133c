/**
 * The MCP server: which era a request belongs to, and what is still going on. What the requests ask
 * for is in `requests.ts`.
 *
 * Follows MCP 2025-11-25; `stateless.ts` brings 2026-07-28 to it. The SDK's low-level `Server` is
 * used because the specification's answers to an unknown tool (-32602) and to unknown arguments are
 * then ours to give.
 *
 * @module
 */

import { withDeadline } from "./clock.ts";
import type { Person } from "./desk/person.ts";
import type { Desk } from "./desk/mod.ts";
import type { Edges } from "./edges.ts";
import { identityOf } from "./first_answer.ts";
import type { Log } from "./log.ts";
import { personAt } from "./person.ts";
import { type ClosedDesk, Requests } from "./requests.ts";
import type { Params } from "./rpc.ts";
import { type Implementation, Server } from "./sdk.ts";
import { type Mode, TOOL_GROUPS, type ToolGroup } from "./settings.ts";
import { isStateless, Stateless } from "./stateless.ts";
import type { Effect } from "./tools/tool.ts";

/** What {@linkcode DeskServer} serves. */
export interface DeskServerOptions {
  /** The program's, such as `1.2.3`. */
  version: string;
  mode: Mode;
  /** The desk, or what is wrong with the configuration: the desk is closed then. */
  desk: Desk | ClosedDesk;
  /** Tools that act do not exist. */
  readOnly?: boolean;
  /** The groups of tools and resources that exist; all unless given. */
  groups?: readonly ToolGroup[];
  edges: Edges;
  log: Log;
}

/** Clients give a call up after 60 s; ours has ended by then. */
const CALL_MS = 50_000;

/** Answers MCP requests with the tools and resources of a desk. */
export class DeskServer {
  /** The SDK's server, to be connected to a transport. */
  readonly mcp: Server;
  readonly #options: DeskServerOptions;
  readonly #requests: Requests;
  /** What is going on, and what it may do to the account. */
  readonly #running = new Map<Promise<unknown>, Effect>();

  /** Serves nothing before `mcp` is connected. */
  constructor(options: DeskServerOptions) {
    this.#options = options;
    const { desk, readOnly = false, groups = TOOL_GROUPS } = options;
    this.#requests = new Requests({ ...options, readOnly, groups });
    const problems = "problems" in desk ? desk.problems : [];
    const { serverInfo, ...served } = identityOf({ ...options, problems, readOnly, groups });
    const stateless = new Stateless({ serverInfo, ...served }, options.edges);
    this.mcp = new Server(serverInfo as Implementation, served);
    this.mcp.onwritten = (result) => this.#requests.written(result);
    // Answered below, where it is told from which era it comes.
    this.mcp.removeRequestHandler("ping");
    this.mcp.fallbackRequestHandler = async ({ id, method, params = {} }, { signal }) => {
      const serve = (person: Person | undefined): Promise<object> =>
        this.#serve(method, params, { person, signal });
      if (!isStateless(params)) return await serve(personAt(this.mcp));
      const notify = (method: string, params: Params): Promise<void> =>
        this.mcp.notification({ method, params });
      return await stateless.answer({ id, method, params, notify }, serve);
    };
    this.mcp.onerror = (error) => options.log.debug("protocol", { message: error.message });
  }

  /** Resolves when no call is running, or after `readMs`; as long as an effect runs, `effectMs`. */
  async settle(readMs: number, effectMs: number): Promise<void> {
    const all = Promise.allSettled(this.#running.keys());
    const effects = Promise.allSettled(
      [...this.#running].filter(([, effect]) => effect !== "none").map(([promise]) => promise),
    );
    await Promise.race([all, this.#after(readMs)]);
    await Promise.race([effects, this.#after(effectMs)]);
  }

  async #serve(
    method: string,
    params: Params,
    { person, signal }: { person: Person | undefined; signal: AbortSignal },
  ): Promise<object> {
    if (method === "ping") return {};
    const work = withDeadline(this.#options.edges, CALL_MS, async (call) => {
      return await this.#requests.answer(method, params, { person, call });
    }, signal);
    return await this.#track(work, this.#requests.effectOf(method, params));
  }

  async #track<T>(work: Promise<T>, effect: Effect): Promise<T> {
    this.#running.set(work, effect);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.edges.after(delayMs, resolve));
  }
}
