/**
 * What a client can ask for once it knows the server: tools, resources, prompts and completions. The
 * one place where the desk's state is added to each answer; an error becomes one in
 * `error_answers.ts`.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import { completerOf } from "./completion.ts";
import { AnswerPending, type Person } from "./desk/person.ts";
import type { Desk } from "./desk/mod.ts";
import type { Edges } from "./edges.ts";
import { knownError, requestErrorOf, resourceErrorOf, toolErrorOf } from "./error_answers.ts";
import { DeskError } from "./errors.ts";
import type { Log } from "./log.ts";
import { getPrompt, listPrompts, promptsWith } from "./prompts/mod.ts";
import type { Prompt } from "./prompts/prompt.ts";
import { Resources } from "./resources.ts";
import { isObject, type Params, RPC, RpcError } from "./rpc.ts";
import type { CallToolResult, ReadResourceResult } from "./sdk.ts";
import type { Mode, ToolGroup } from "./settings.ts";
import { parseArguments } from "./tools/arguments.ts";
import { offered } from "./tools/mod.ts";
import { definitionOf, type DeskState, type Effect, type Tool } from "./tools/tool.ts";

/** What {@linkcode Requests} are answered with. */
export interface RequestsOptions {
  /** The program's, such as `1.2.3`. */
  version: string;
  mode: Mode;
  /** The desk, or what is wrong with the configuration: the desk is closed then. */
  desk: Desk | ClosedDesk;
  /** Tools that act do not exist. */
  readOnly: boolean;
  /** The groups of tools and resources that exist. */
  groups: readonly ToolGroup[];
  edges: Pick<Edges, "now">;
  log: Log;
}

/** A desk that sends nothing to anyone and says why. */
export interface ClosedDesk {
  /** Each names a variable and what is wanted. */
  problems: readonly string[];
}

/** The journal's rows whose answer a result is; a symbol, so that it stays in this process. */
const ANSWERED = Symbol("answered");

/** Answers requests with the tools, resources and prompts of a desk. */
export class Requests {
  readonly #options: RequestsOptions;
  /** Those that the owner left in. */
  readonly #tools: readonly Tool[];
  readonly #prompts: readonly Prompt[];
  readonly #resources: Resources;

  /** Sends nothing yet. */
  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#tools = offered(options);
    this.#resources = new Resources(options.groups);
    this.#prompts = promptsWith(this.#tools);
  }

  /**
   * The result of a request; `person` can be asked for a yes while `call` runs.
   *
   * @throws {RpcError} for what MCP wants to be a protocol error, and `AnswerPending`
   */
  async answer(
    method: string,
    params: Params,
    { person, call }: { person: Person | undefined; call: Call },
  ): Promise<object> {
    const handlers: Record<string, () => Promise<object> | object> = {
      "tools/list": () => ({ tools: this.#tools.map(definitionOf) }),
      "tools/call": () => this.#callTool(params, person, call),
      "resources/list": () => this.#listResources(call),
      "resources/templates/list": () => ({ resourceTemplates: this.#resources.templates() }),
      "resources/read": () => this.#readResource(params, call),
      "prompts/list": () => ({ prompts: listPrompts(this.#prompts) }),
      "prompts/get": () => this.#getPrompt(params),
      "completion/complete": () => this.#complete(params, call),
    };
    const handler = Object.hasOwn(handlers, method) ? handlers[method] : undefined;
    if (handler === undefined) throw new RpcError(RPC.methodNotFound, "Method not found");
    try {
      return await handler();
    } catch (error) {
      if (error instanceof RpcError || error instanceof AnswerPending) throw error;
      throw requestErrorOf(knownError(error, this.#options.log));
    }
  }

  /** What a request may do to the account: whatever is no call of a tool does nothing. */
  effectOf(method: string, params: Params): Effect {
    return method === "tools/call" ? this.#toolOf(params)?.effect ?? "none" : "none";
  }

  #toolOf({ name }: Params): Tool | undefined {
    return this.#tools.find((tool) => tool.name === name);
  }

  async #callTool(
    params: Params,
    person: Person | undefined,
    call: Call,
  ): Promise<CallToolResult> {
    const tool = this.#toolOf(params);
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
      return toolErrorOf(tool, knownError(error, this.#options.log, tool), this.#state());
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
      [ANSWERED]: intents,
    } as CallToolResult;
  }

  /** Records that a client was told what `result` says, once it has been written. */
  written(result: object): void {
    const { desk } = this.#options;
    const { [ANSWERED]: intents = [] } = result as { [ANSWERED]?: readonly number[] };
    if (!("problems" in desk)) desk.delivered(intents);
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
      throw resourceErrorOf(uri, knownError(thrown, this.#options.log), this.#state());
    }
  }

  #getPrompt(params: Params): object {
    return getPrompt(this.#prompts, params, this.#options.edges.now());
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
    const { isHalted, unresolved, reappeared } = desk.state;
    return {
      mode,
      ...(isHalted ? { halted: true } : {}),
      ...(unresolved.length > 0 ? { unresolved } : {}),
      ...(reappeared.length > 0 ? { reappeared } : {}),
    };
  }
}
