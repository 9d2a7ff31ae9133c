/**
 * The person at the client, asked through MCP's form elicitation: as a request of the server's up to
 * 2025-11-25, as an answer that asks for input since 2026-07-28. Only an explicit acceptance with
 * the box ticked is a yes; a no, a closed form, silence, an answer that comes late or is malformed
 * are all the same.
 *
 * @module
 */

import type { Call } from "./clock.ts";
import type { AnswerPending, BetweenCalls, Person } from "./desk/person.ts";
import type { Edges } from "./edges.ts";
import { APPROVAL_MS } from "./journal/approvals.ts";
import { canonicalJson } from "./journal/canonical.ts";
import type { Params } from "./rpc.ts";
import { AnyResult, type Server } from "./sdk.ts";

/** Said to the SDK, whose own default is longer than a call may take. */
const ASK_MS = 50_000;

const FORM = {
  type: "object",
  properties: {
    approve: {
      type: "boolean",
      title: "Place what is shown",
      description: "Tick only if you want exactly this",
      default: false,
    },
  },
  required: ["approve"],
} as const;

/** A form that somebody has before them. */
interface Form {
  /** The question's row in the journal. */
  question: number;
  clientIds: readonly number[];
  /** The tool and its arguments, in one spelling. */
  call: string;
  endsAtMs: number;
}

/** Whoever can be asked through `mcp`; `undefined` when its client shows no forms. */
export function personAt(mcp: Server): Person | undefined {
  if (!showsForms(mcp.getClientCapabilities())) return undefined;
  return { approves: (lines, call) => approves(mcp, lines, call) };
}

async function approves(mcp: Server, lines: readonly string[], call: Call): Promise<boolean> {
  try {
    const answer = await mcp.request(
      formOf(lines),
      AnyResult,
      { timeout: ASK_MS, signal: call.signal },
    );
    return isYes(answer);
  } catch {
    return false;
  }
}

/**
 * The forms that were handed out with an answer and wait for a later call to bring theirs back.
 *
 * A call names its form by a random handle, kept in this process alone. A handle says nothing, so
 * there is nothing in it to change; it can't be guessed; and it is worth something once, to the same
 * tool with the same arguments, so that no replay and no other order can use it. A signed text would
 * need a key, and a list of those already used beside it.
 */
export class OpenForms {
  readonly #edges: Edges;
  readonly #forms = new Map<string, Form>();

  /** No form is open. */
  constructor(edges: Edges) {
    this.#edges = edges;
  }

  /** The members of a result that asks the person, for the call of these `params`. */
  open({ question, clientIds }: AnswerPending, params: Params): Record<string, unknown> {
    const nowMs = this.#edges.now();
    for (const [handle, form] of this.#forms) {
      if (form.endsAtMs <= nowMs) this.#forms.delete(handle);
    }
    const handle = Array.from({ length: 4 }, () => this.#edges.randomId().toString(36)).join("-");
    const about = { question: question.seq, clientIds };
    this.#forms.set(handle, { ...about, call: callOf(params), endsAtMs: nowMs + APPROVAL_MS });
    return { inputRequests: { approve: formOf(question.lines) }, requestState: handle };
  }

  /** Whoever made the call of these `params`; `undefined` when their client shows no forms. */
  person(params: Params, capabilities: Params): BetweenCalls | undefined {
    const { inputResponses, requestState } = params;
    const bringsNothing = inputResponses === undefined && requestState === undefined;
    const form = this.#take(requestState);
    if (!showsForms(capabilities)) return undefined;
    if (bringsNothing) return {};
    const isSame = form !== undefined && form.call === callOf(params);
    const isAccepted = isSame && isYes((inputResponses as Params | null)?.approve);
    if (form === undefined) return { answer: { isYes: isAccepted, clientIds: [] } };
    return { answer: { isYes: isAccepted, question: form.question, clientIds: form.clientIds } };
  }

  #take(handle: unknown): Form | undefined {
    const form = this.#forms.get(String(handle));
    this.#forms.delete(String(handle));
    return form;
  }
}

/** Whether a form came back accepted and ticked. */
function isYes(answer: unknown): boolean {
  const { action, content } = (answer ?? {}) as { action?: unknown; content?: unknown };
  return action === "accept" && (content as Params | null | undefined)?.approve === true;
}

/** What a form belongs to; all else of a call may change between two rounds. */
function callOf({ name, arguments: args }: Params): string {
  return canonicalJson({ name, args });
}

function formOf(lines: readonly string[]): { method: string; params: Record<string, unknown> } {
  const params = { mode: "form", message: lines.join("\n"), requestedSchema: FORM };
  return { method: "elicitation/create", params };
}

/** An empty capability means forms; one that names only URLs means none. */
function showsForms(capabilities: Params | undefined): boolean {
  const elicitation = capabilities?.elicitation;
  if (typeof elicitation !== "object" || elicitation === null) return false;
  return "form" in elicitation || Object.keys(elicitation).length === 0;
}
