/**
 * The MCP server: requests in, answers out. The one place where an error becomes an answer, and
 * where the desk's state is added to each.
 *
 * Follows MCP 2025-11-25; `stateless.ts` brings 2026-07-28 to it. The SDK's low-level `Server` is used because the specification's answers
 * to an unknown tool (-32602) and to unknown arguments are then ours to give.
 *
 * @module
 */

import { type Call, withDeadline } from "./clock.ts";
import { completerOf } from "./completion.ts";
import { AnswerPending, type Person } from "./desk/person.ts";
import type { Desk } from "./desk/mod.ts";
import type { Edges } from "./edges.ts";
import { DeskError } from "./errors.ts";
import { isUnknown } from "./http/failure.ts";
import { instructions } from "./instructions.ts";
import type { Log } from "./log.ts";
import { getPrompt, listPrompts, promptsWith } from "./prompts/mod.ts";
import type { Prompt } from "./prompts/prompt.ts";
import { Resources } from "./resources.ts";
import { type CallToolResult, type ReadResourceResult, RPC, RpcError, Server } from "./sdk.ts";
import { type Mode, TOOL_GROUPS, type ToolGroup } from "./settings.ts";
import { personAt } from "./person.ts";
import { isStateless, Stateless } from "./stateless.ts";
import { parseArguments } from "./tools/arguments.ts";
import { offered } from "./tools/mod.ts";
import { definitionOf, type DeskState, type Tool } from "./tools/tool.ts";

/** What {@linkcode DeskServer} serves. */
export interface DeskServerOptions {
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

/** A desk that sends nothing to anyone and says why. */
export interface ClosedDesk {
  /** Each names a variable and what is wanted. */
  problems: readonly string[];
}

/** Clients give a call up after 60 s; ours has ended by then. */
const CALL_MS = 50_000;

type Params = Readonly<Record<string, unknown>>;

/** Answers MCP requests with the tools and resources of a desk. */
export class DeskServer {
  /** The SDK's server, to be connected to a transport. */
  readonly mcp: Server;
  readonly #options: DeskServerOptions;
  /** Those that the owner left in. */
  readonly #tools: readonly Tool[];
  readonly #prompts: readonly Prompt[];
  readonly #resources: Resources;
  readonly #running = new Map<Promise<unknown>, "read" | "effect">();

  /** Serves nothing before `mcp` is connected. */
  constructor(options: DeskServerOptions) {
    this.#options = options;
    const { mode, version, desk, readOnly = false, groups = TOOL_GROUPS } = options;
    this.#tools = offered({ readOnly, groups });
    this.#resources = new Resources(groups);
    this.#prompts = promptsWith(this.#tools);
    const suffix = mode === "paper" ? " (paper)" : "";
    const name = `backpack-mcp${suffix}`;
    const serverInfo = { name, title: `Backpack Exchange${suffix}`, version };
    const served = {
      capabilities: { tools: {}, resources: {}, prompts: {}, completions: {} },
      instructions: instructions(mode, "problems" in desk ? desk.problems : []),
    };
    const stateless = new Stateless({ serverInfo, ...served }, options.edges);
    this.mcp = new Server(serverInfo, served);
    // Answered below, where it is told from which era it comes.
    this.mcp.removeRequestHandler("ping");
    this.mcp.fallbackRequestHandler = async ({ id, method, params = {} }, { signal }) => {
      const serve = (person: Person | undefined): Promise<object> =>
        this.#handle(method, params, { person, signal });
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
      [...this.#running].filter(([, kind]) => kind === "effect").map(([promise]) => promise),
    );
    await Promise.race([all, this.#after(readMs)]);
    await Promise.race([effects, this.#after(effectMs)]);
  }

  async #handle(
    method: string,
    params: Params,
    { person, signal }: { person: Person | undefined; signal: AbortSignal },
  ): Promise<object> {
    const handlers: Record<string, (call: Call) => Promise<object> | object> = {
      "ping": () => ({}),
      "tools/list": () => ({ tools: this.#tools.map(definitionOf) }),
      "tools/call": (call) => this.#callTool(params, person, call),
      "resources/list": (call) => this.#listResources(call),
      "resources/templates/list": () => ({ resourceTemplates: this.#resources.templates() }),
      "resources/read": (call) => this.#readResource(params, call),
      "prompts/list": () => ({ prompts: listPrompts(this.#prompts) }),
      "prompts/get": () => this.#getPrompt(params),
      "completion/complete": (call) => this.#complete(params, call),
    };
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
    if (handler === undefined) throw new RpcError(RPC.methodNotFound, "Method not found");
    const work = withDeadline(this.#options.edges, CALL_MS, async (call) => {
      return await handler(call);
    }, signal);
    return await this.#track(work, this.#kindOf(method, params));
  }

  async #track<T>(work: Promise<T>, kind: "read" | "effect"): Promise<T> {
    this.#running.set(work, kind);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  async #callTool(
    params: Params,
    person: Person | undefined,
    call: Call,
  ): Promise<CallToolResult> {
    const tool = this.#tools.find((tool) => tool.name === params.name);
    if (tool === undefined) {
      const names = this.#tools.map((tool) => tool.name).join(", ");
      throw new RpcError(RPC.invalidParams, `Unknown tool. Tools: ${names}`);
    }
    if (params.arguments !== undefined && !isObject(params.arguments)) {
      throw new RpcError(RPC.invalidParams, "arguments must be an object");
    }
    try {
      return await this.#run(tool, params.arguments, { person, call });
    } catch (error) {
      if (error instanceof AnswerPending) throw error;
      return this.#errorResult(tool, error);
    }
  }

  async #run(
    tool: Tool,
    rawArguments: unknown,
    { person, call }: { person: Person | undefined; call: Call },
  ): Promise<CallToolResult> {
    const desk = this.#openDesk();
    const args = parseArguments(tool, rawArguments);
    const { mode, version } = this.#options;
    const context = { desk, mode, version, call, ...(person && { person }) };
    const answer = await tool.run(args, context);
    const { line, value, image, intents = [] } = answer;
    if (!call.signal.aborted) desk.delivered(intents);
    // Only the parsed value is sure to be what the published schema says.
    const structuredContent = { ...tool.output.parse(value), desk: this.#state() };
    return {
      content: [
        { type: "text", text: line },
        { type: "text", text: JSON.stringify(structuredContent) },
        ...(image === undefined
          ? []
          : [{ type: "image" as const, data: image.toBase64(), mimeType: "image/png" }]),
      ],
      structuredContent,
    };
  }

  #errorResult(tool: Tool, thrown: unknown): CallToolResult {
    const error = this.#known(thrown, tool.effect === "none" ? undefined : "unknown");
    if (isUnknown(error)) this.#options.log.warn("unknown", { tool: tool.name });
    const { code, message, hint, details } = error;
    const outcome = tool.effect === "none" ? undefined : error.outcome;
    // Named twice: they come first, and no detail can take their place.
    const known = { code, message, hint, outcome };
    const body = { ...known, ...details, ...known, desk: this.#state() };
    return { isError: true, content: [{ type: "text", text: JSON.stringify(body) }] };
  }

  /** Whatever is no `DeskError` is a fault of ours: its text goes to the log and nowhere else. */
  #known(error: unknown, outcome: "unknown" | undefined): DeskError {
    if (error instanceof DeskError) return error;
    const stack = error instanceof Error ? error.stack : String(error);
    this.#options.log.error("internal", { stack });
    return new DeskError("internal", "The desk failed; its log on stderr says how", {
      ...(outcome === undefined ? {} : {
        outcome,
        hint: "Whether anything was done is not known: look with list_orders before you go on",
      }),
    });
  }

  async #listResources(call: Call): Promise<object> {
    const { desk } = this.#options;
    if ("problems" in desk) return { resources: this.#resources.fixed() };
    try {
      return { resources: await this.#resources.list(desk, call) };
    } catch (error) {
      this.#options.log.warn("resources", { reason: String(error) });
      return { resources: this.#resources.fixed() };
    }
  }

  async #readResource(params: Params, call: Call): Promise<ReadResourceResult> {
    const { uri } = params;
    if (typeof uri !== "string") throw new RpcError(RPC.invalidParams, "uri must be text");
    try {
      const text = JSON.stringify(await this.#resources.read(this.#openDesk(), uri, call));
      const _meta = { desk: this.#state() };
      return { contents: [{ uri, mimeType: "application/json", text, _meta }], _meta };
    } catch (thrown) {
      const { code, message, hint, details } = this.#known(thrown, undefined);
      const rpcCode = code === "not_found" ? RPC.resourceNotFound : RPC.internalError;
      const data = { uri, code, message, hint, ...details, desk: this.#state() };
      throw new RpcError(rpcCode, `${message}. ${hint}`, data);
    }
  }

  #getPrompt(params: Params): object {
    try {
      return getPrompt(this.#prompts, params, this.#options.edges.now());
    } catch (error) {
      if (!(error instanceof DeskError)) throw error;
      throw new RpcError(RPC.invalidParams, [error.message, error.hint].filter(Boolean).join(". "));
    }
  }

  async #complete(params: Params, call: Call): Promise<object> {
    const { desk } = this.#options;
    const completer = completerOf(params, this.#resources, this.#prompts);
    if (completer === undefined) {
      throw new RpcError(RPC.invalidParams, "Only resource templates and prompts complete");
    }
    const all = "problems" in desk ? [] : await completer(desk, call).catch(() => []);
    const values = all.slice(0, 100);
    return { completion: { values, total: all.length, hasMore: all.length > values.length } };
  }

  #openDesk(): Desk {
    const { desk } = this.#options;
    if (!("problems" in desk)) return desk;
    throw new DeskError("config", `The desk is closed: ${desk.problems.join("; ")}`, {
      outcome: "not_placed",
      hint: "The owner must correct the settings, with the help of `backpack-mcp doctor`, and " +
        "restart the server; nothing was sent",
      details: { problems: desk.problems },
    });
  }

  #state(): DeskState {
    const { mode, desk } = this.#options;
    if ("problems" in desk) return { mode };
    const { isHalted, unresolved, reappeared } = desk;
    return {
      mode,
      ...(isHalted ? { halted: true } : {}),
      ...(unresolved.length > 0 ? { unresolved } : {}),
      ...(reappeared.length > 0 ? { reappeared } : {}),
    };
  }

  #kindOf(method: string, params: Params): "read" | "effect" {
    if (method !== "tools/call") return "read";
    const tool = this.#tools.find((tool) => tool.name === params.name);
    return tool === undefined || tool.effect === "none" ? "read" : "effect";
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.edges.after(delayMs, resolve));
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
