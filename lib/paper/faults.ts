/**
 * What goes wrong between a client and the exchange: connections that break, replies that are lost
 * or come from something in front of the exchange, look-ups that lag. `before` and `after` say
 * whether the exchange had done what it was asked by then (API digest, 6.4 and 7).
 *
 * Errors look as those of Deno's `fetch` do, whose message names the stage that failed.
 *
 * @module
 */

import { unlessAborted } from "../clock.ts";
import { json, type Reply, text } from "./reply.ts";

/** Whether the exchange had acted when it went wrong. */
export type When = "before" | "after";

/** One thing that goes wrong with one request. */
export type Fault =
  /** No connection: the request never left. */
  | { readonly kind: "refused" }
  /**
   * `reset`: the connection breaks without a reply. `hang`: no reply until the client gives up.
   * `half`: the reply breaks off in the middle. `cut`: it ends there as if it were whole.
   */
  | { readonly kind: "reset" | "hang" | "half" | "cut"; readonly when: When }
  /** Another reply than the exchange's own. */
  | { readonly kind: "reply"; readonly reply: ForeignReply; readonly when: When }
  /** A read that shows nothing younger than this. */
  | { readonly kind: "lag"; readonly lagMs: number };

/** A request, as far as a script of faults looks at it. */
export interface FaultedRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The body as text, empty without one. */
  readonly body: string;
}

const HTML_TYPE = { "content-type": "text/html; charset=utf-8" };
const PAGE = "<html><head><title>Just a moment</title></head><body>backpack</body></html>";

function coded(status: number, code: string, message: string): Reply {
  return { ...json({ code, message }), status };
}

/** Replies that are not the exchange's answer to the request. */
const FOREIGN_REPLIES = {
  server_error: coded(500, "SERVER_ERROR", "Internal server error"),
  timeout: coded(500, "TIMEOUT", "Timed out waiting for the engine"),
  failed: coded(500, "INTERNAL_ERROR", "Something went wrong"),
  bad_gateway: { status: 502, body: PAGE, headers: HTML_TYPE },
  maintenance: coded(503, "MAINTENANCE", "The system is undergoing maintenance"),
  unavailable: text("no healthy upstream", 503),
  page: { status: 200, body: PAGE, headers: HTML_TYPE },
  empty: { status: 200, body: "", headers: {} },
  too_many: coded(429, "TOO_MANY_REQUESTS", "Too many requests"),
  accepted: { status: 202, body: "", headers: {} },
  redirect: { status: 307, body: "", headers: { location: "/elsewhere" } },
  id_taken: coded(400, "INVALID_ORDER", "Order with client ID already exists"),
} as const satisfies Readonly<Record<string, Reply>>;

/** The name of a reply that is not the exchange's answer to the request. */
export type ForeignReply = keyof typeof FOREIGN_REPLIES;

/** Every {@linkcode ForeignReply}. */
export const FOREIGN_REPLY_NAMES = Object.keys(FOREIGN_REPLIES) as readonly ForeignReply[];

/**
 * What a client sees of a request whose way goes wrong by `fault`; `act` lets the exchange do what
 * it was asked. Rejects as a failed `fetch` does, or when `signal` is aborted.
 */
export async function failing(
  fault: Exclude<Fault, { kind: "lag" }>,
  act: () => Promise<Reply>,
  signal?: AbortSignal | null,
): Promise<Response> {
  if (fault.kind === "refused") {
    throw failedFetch("client error (Connect): tcp connect error: Connection refused");
  }
  const done = fault.when === "after" ? await act() : undefined;
  switch (fault.kind) {
    case "reset":
      throw failedFetch("client error (SendRequest): connection closed before message completed");
    case "hang":
      return await unlessAborted(new Promise<never>(() => {}), signal);
    case "reply":
      return responseOf(FOREIGN_REPLIES[fault.reply]);
    default:
      return responseOf(done ?? json({ id: "28563670001" }), brokenOff(done, fault.kind));
  }
}

/** The response that a reply becomes; `body` in its stead if given. */
export function responseOf({ status, headers, body }: Reply, instead?: BodyInit): Response {
  return new Response(instead ?? body, { status, headers });
}

/** The first half of a reply's body, with or without an error at its end. */
function brokenOff(reply: Reply | undefined, kind: "half" | "cut"): ReadableStream<Uint8Array> {
  const whole = new TextEncoder().encode(reply?.body ?? '{"id":"28563670001"}');
  return new ReadableStream({
    pull(controller): void {
      if (whole.length > 1) controller.enqueue(whole.subarray(0, whole.length >> 1));
      if (kind === "cut") controller.close();
      else controller.error(new TypeError("error reading a body from connection"));
    },
  });
}

function failedFetch(stage: string): TypeError {
  return new TypeError(`error sending request for url (https://exchange.invalid/): ${stage}`);
}
