/**
 * MCP 2026-07-28 in front of the handlers that serve the revisions before it. That revision has no
 * session: each request says its revision and what its client can do, each result what kind of
 * result it is and how long it holds, and what the server wants to ask is a result, too. Which era
 * a request belongs to is told by the request itself, so one connection may speak both.
 *
 * Progress, cancellation and errors are as they were; what the SDK does about them stays with it.
 *
 * @module
 */

import { AnswerPending, type Person } from "./desk/person.ts";
import type { Edges } from "./edges.ts";
import type { Identity } from "./first_answer.ts";
import { OpenForms } from "./person.ts";
import { isObject, type Params, RPC, RpcError } from "./rpc.ts";

/** The one revision of the stateless era that is served. */
const STATELESS_REVISION = "2026-07-28";

const META = "io.modelcontextprotocol/";

/** What lists and contents hold for: definitions for this process, the rest for this moment. */
const DEFINITIONS = { ttlMs: 300_000, cacheScope: "private" };
const OF_THE_MOMENT = { ttlMs: 0, cacheScope: "private" };
const CACHE: Readonly<Record<string, typeof DEFINITIONS>> = {
  "server/discover": OF_THE_MOMENT,
  "tools/list": DEFINITIONS,
  "prompts/list": DEFINITIONS,
  "resources/list": OF_THE_MOMENT,
  "resources/templates/list": DEFINITIONS,
  "resources/read": OF_THE_MOMENT,
};

/** Of the revisions before; the stateless one has no such method. */
const GONE: readonly string[] = ["ping"];

/** One request that says its revision. */
export interface StatelessRequest {
  /** JSON-RPC's. */
  id: string | number;
  method: string;
  params: Params;
  /** Sends a notification that belongs to the request. */
  notify(method: string, params: Params): Promise<void>;
}

/** Whether a request belongs to the stateless era. */
export function isStateless(params: Params): boolean {
  return isObject(params._meta) && `${META}protocolVersion` in params._meta;
}

/** Answers the requests of the stateless era. */
export class Stateless {
  readonly #identity: Identity;
  readonly #forms: OpenForms;

  /** `edges` tells the time and makes the handles of forms. */
  constructor(identity: Identity, edges: Edges) {
    this.#identity = identity;
    this.#forms = new OpenForms(edges);
  }

  /**
   * The result of a request; `serve` answers it as in the era before, for whoever can be asked.
   *
   * @throws {RpcError} and whatever `serve` throws
   */
  async answer(
    request: StatelessRequest,
    serve: (person: Person | undefined) => Promise<object>,
  ): Promise<object> {
    const { method, params } = request;
    const capabilities = capabilitiesIn(params._meta as Params);
    if (GONE.includes(method)) throw new RpcError(RPC.methodNotFound, "Method not found");
    if (method === "server/discover") return this.#result(method, this.#discovery());
    if (method === "subscriptions/listen") return this.#result(method, await listen(request));
    try {
      return this.#result(method, await serve(this.#forms.person(params, capabilities)));
    } catch (error) {
      if (!(error instanceof AnswerPending)) throw inThisEra(error);
      const asking = this.#forms.open(error, params);
      return this.#result(method, { resultType: "input_required", ...asking });
    }
  }

  #discovery(): object {
    const { capabilities, instructions } = this.#identity;
    return { supportedVersions: [STATELESS_REVISION], capabilities, instructions };
  }

  #result(method: string, result: object): object {
    const { _meta } = result as { _meta?: object };
    const serverInfo = { [`${META}serverInfo`]: this.#identity.serverInfo };
    return {
      resultType: "complete",
      ...CACHE[method],
      ...result,
      _meta: { ..._meta, ...serverInfo },
    };
  }
}

/** What the client can do; checks what every request of the era must carry. */
function capabilitiesIn(meta: Params): Params {
  const requested = meta[`${META}protocolVersion`];
  const capabilities = meta[`${META}clientCapabilities`];
  if (typeof requested !== "string") throw malformed("protocolVersion must be text");
  if (requested !== STATELESS_REVISION) {
    const data = { supported: [STATELESS_REVISION], requested };
    throw new RpcError(RPC.unsupportedVersion, "Unsupported protocol version", data);
  }
  if (!isObject(capabilities)) throw malformed("clientCapabilities must be an object");
  return capabilities;
}

/** Nothing of this server's changes on its own, so a subscription ends as soon as it begins. */
async function listen({ id, params, notify }: StatelessRequest): Promise<object> {
  if (!isObject(params.notifications)) {
    throw new RpcError(RPC.invalidParams, "notifications must be an object");
  }
  const _meta = { [`${META}subscriptionId`]: id };
  await notify("notifications/subscriptions/acknowledged", { notifications: {}, _meta });
  return { _meta };
}

function inThisEra(error: unknown): unknown {
  if (!(error instanceof RpcError) || error.code !== RPC.resourceNotFound) return error;
  return new RpcError(RPC.invalidParams, error.message, error.data);
}

function malformed(problem: string): RpcError {
  return new RpcError(RPC.invalidParams, `_meta: ${META}${problem}`);
}
