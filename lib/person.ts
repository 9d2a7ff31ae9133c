/**
 * The person at the client, asked through MCP's form elicitation. Only an explicit acceptance with
 * the box ticked is a yes; a no, a closed form, silence, an answer that comes late or is malformed
 * are all the same.
 *
 * Follows MCP 2025-11-25, elicitation in form mode.
 *
 * @module
 */

import * as z from "zod";
import type { Call } from "./clock.ts";
import type { Person } from "./desk/approval.ts";
import type { Server } from "./sdk.ts";

/** Said to the SDK, whose own default is longer than a call may take. */
const ASK_MS = 50_000;

const Yes = z.object({
  action: z.literal("accept"),
  content: z.object({ approve: z.literal(true) }),
});
/** Whatever comes back is read here, so that it can't fail in the SDK. */
const Anything = z.looseObject({});

const FORM = {
  type: "object",
  properties: {
    approve: {
      type: "boolean",
      title: "Place this order",
      description: "Tick only if you want exactly this order",
      default: false,
    },
  },
  required: ["approve"],
} as const;

/** Whoever can be asked through `mcp`; `undefined` when its client shows no forms. */
export function personAt(mcp: Server): Person | undefined {
  const elicitation = mcp.getClientCapabilities()?.elicitation;
  // An empty capability means forms; one that names only URLs means none.
  const showsForms = elicitation !== undefined &&
    (elicitation.form !== undefined || Object.keys(elicitation).length === 0);
  return showsForms ? { approves: (lines, call) => approves(mcp, lines, call) } : undefined;
}

async function approves(mcp: Server, lines: readonly string[], call: Call): Promise<boolean> {
  const params = { mode: "form", message: lines.join("\n"), requestedSchema: FORM };
  try {
    const answer = await mcp.request(
      { method: "elicitation/create", params },
      Anything,
      { timeout: ASK_MS, signal: call.signal },
    );
    return Yes.safeParse(answer).success;
  } catch {
    return false;
  }
}
