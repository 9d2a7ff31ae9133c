/**
 * What went wrong with a request, in the desk's own terms: the one place where transport
 * failures and the exchange's refusals become a {@linkcode DeskError}.
 *
 * For an effect the question is whether it happened. `not_placed` needs proof: the exchange
 * refused with a code, or the request never left. Everything else is `unknown` (API digest,
 * 6.4 and 7).
 *
 * @module
 */

import { DeadlineError } from "../clock.ts";
import { DeskError, type DeskErrorOptions, type ErrorCode } from "../errors.ts";
import { quoted } from "../quote.ts";
import { OversizeError, type Reply } from "./reply.ts";

/** What was asked for: a read may be repeated, an effect may not. */
export type RequestKind = "read" | "effect";

/** A request that surely never reached the exchange. */
export class NotSentError extends Error {
  override readonly name = "NotSentError";
}

/** Codes that say nothing about what became of an effect. */
const UNCERTAIN_CODES: ReadonlySet<string> = new Set(["TIMEOUT", "SERVER_ERROR", "MAINTENANCE"]);
const REFUSING_STATUSES: ReadonlySet<number> = new Set([400, 401, 403, 404, 429]);
const UNPARSED_PAYLOAD = "parse request payload error";

/** Whether the reply is the exchange saying that the time stamp is outside its window. */
export function isExpired(reply: Reply): boolean {
  return reply.status >= 400 && reply.status < 500 && /request has expired/i.test(reply.text);
}

/** Whether this failure may have left an effect standing. */
export function isUnknown(error: unknown): error is DeskError {
  return error instanceof DeskError && error.outcome === "unknown";
}

/** How long the exchange wants to be left alone, seconds; `undefined` where it names no such time. */
export function retryAfterS(reply: Reply): number | undefined {
  const seconds = Number(reply.header("retry-after") ?? NaN);
  return seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** The failure that a reply outside 2xx stands for. */
export function replyFailure(reply: Reply, kind: RequestKind): DeskError {
  const { code: exchangeCode, message } = exchangeError(reply);
  const refused = isRefusal(reply, exchangeCode);
  const said = exchangeCode === undefined
    ? `HTTP ${reply.status}${reply.text === "" ? "" : ` ${quoted(reply.text)}`}`
    : `${exchangeCode} ${quoted(message)}`;
  const common = { status: reply.status, ...(exchangeCode === undefined ? {} : { exchangeCode }) };
  if (kind === "effect" && !refused) return unknownEffect(`The exchange answered ${said}`, common);
  const code = codeOf(reply, exchangeCode, message);
  const hint = hintOf(code, reply, message);
  return new DeskError(code, `The exchange ${refused ? "refused" : "answered"}: ${said}`, {
    ...common,
    ...(hint === undefined ? {} : { hint }),
    ...(kind === "effect" ? { outcome: "not_placed" as const } : {}),
  });
}

/** The failure that one element of a batch stands for: as if it had been refused alone. */
export function elementFailure(code: string, message: string): DeskError {
  const json = { code, message };
  const reply = { status: 400, text: JSON.stringify(json), json, tookMs: 0, header: () => null };
  return replyFailure(reply, "effect");
}

/** The failure that a thrown error stands for: a broken connection, a deadline, a cancelled call. */
export function transportFailure(error: unknown, kind: RequestKind): DeskError {
  if (error instanceof DeskError) return error;
  const reason = reasonOf(error);
  if (kind === "read") {
    return new DeskError("unavailable", reason, { hint: "Try again in a moment", cause: error });
  }
  if (!wasNeverSent(error)) return unknownEffect(reason, { cause: error });
  return new DeskError("unavailable", `${reason}; nothing was sent`, {
    outcome: "not_placed",
    hint: "The exchange could not be reached: try again when it can",
    cause: error,
  });
}

/** The failure of a 2xx reply that does not say what it must. */
export function unreadableReply(reply: Reply, kind: RequestKind, cause?: unknown): DeskError {
  const message = `The exchange's reply could not be read: HTTP ${reply.status} ${
    quoted(reply.text)
  }`;
  if (kind === "effect") return unknownEffect(message, { status: reply.status, cause });
  return new DeskError("bad_reply", message, { status: reply.status, cause });
}

function unknownEffect(message: string, options: DeskErrorOptions): DeskError {
  return new DeskError("outcome_unknown", message, { ...options, outcome: "unknown" });
}

function isRefusal(reply: Reply, exchangeCode: string | undefined): boolean {
  if (!REFUSING_STATUSES.has(reply.status)) return false;
  if (exchangeCode !== undefined) return !UNCERTAIN_CODES.has(exchangeCode);
  return reply.status === 400 && reply.text.startsWith(UNPARSED_PAYLOAD);
}

function exchangeError(reply: Reply): { code: string | undefined; message: string } {
  const body = reply.json as { code?: unknown; message?: unknown } | undefined;
  if (typeof body !== "object" || typeof body.code !== "string" || !/^\w{1,64}$/.test(body.code)) {
    return { code: undefined, message: reply.text };
  }
  return { code: body.code, message: typeof body.message === "string" ? body.message : "" };
}

/** By the exchange's code, then its words, then the status (API digest, section 7). */
function codeOf(reply: Reply, exchangeCode: string | undefined, message: string): ErrorCode {
  if (exchangeCode === "RESOURCE_NOT_FOUND" || /^order not found/i.test(message)) {
    return "not_found";
  }
  if (exchangeCode === "TOO_MANY_REQUESTS" || reply.status === 429) return "rate_limited";
  if (isKeyProblem(exchangeCode, message) || (exchangeCode && reply.status === 401)) return "auth";
  if (reply.status >= 500 || UNCERTAIN_CODES.has(exchangeCode ?? "")) return "unavailable";
  if (exchangeCode !== undefined || reply.status === 400) return "rejected";
  if (reply.status === 403) return "unavailable";
  return reply.status >= 400 ? "rejected" : "bad_reply";
}

function isKeyProblem(exchangeCode: string | undefined, message: string): boolean {
  if (["UNAUTHORIZED", "FORBIDDEN", "INVALID_SIGNATURE"].includes(exchangeCode ?? "")) return true;
  return exchangeCode === "INVALID_CLIENT_REQUEST" && /signature|api.?key/i.test(message);
}

function hintOf(code: ErrorCode, reply: Reply, message: string): string | undefined {
  if (/request has expired/i.test(message)) {
    return "The request took longer than its window; check the machine's clock and connection";
  }
  if (code === "auth") {
    return "Check that the configured key is this account's, may trade (a read-only key can't), " +
      "and that secret and API key belong together";
  }
  if (code === "rate_limited") {
    const waitS = retryAfterS(reply);
    return `Wait ${
      waitS === undefined ? "ten seconds" : `${Math.ceil(waitS)} s`
    } before the next call`;
  }
  if (code === "unavailable" && reply.status === 403) {
    return "Something in front of the exchange refused this machine: a firewall or a region block";
  }
  return code === "unavailable" ? "The exchange is in trouble: try again in a moment" : undefined;
}

// Deno names the stage of a failed fetch in its message; these two stages precede the request.
function wasNeverSent(error: unknown): boolean {
  if (error instanceof NotSentError) return true;
  if (!(error instanceof Error)) return false;
  if (error.name === "NotCapable") return true;
  return error instanceof TypeError && error.message.includes("client error (Connect)");
}

function reasonOf(error: unknown): string {
  if (error instanceof DeadlineError) return error.message;
  if (error instanceof NotSentError) return error.message;
  if (!(error instanceof Error)) return "The connection failed";
  if (error.name === "AbortError") return "The call was cancelled";
  if (error.name === "NotCapable") return "This program has no permission to reach that host";
  if (error instanceof OversizeError) return "The reply was over 8 MB and was cut off";
  const stage = /client error \((\w+)\): (.*)$/s.exec(error.message);
  if (stage?.[1] === "Connect") return `No connection to the exchange: ${quoted(stage[2] ?? "")}`;
  return "The connection to the exchange broke before the reply was complete";
}
