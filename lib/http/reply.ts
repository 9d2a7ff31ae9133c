/**
 * Reading one HTTP reply: bounded, as text, and as JSON where it is JSON.
 *
 * @module
 */

import { parseExactFractions } from "../exact_json.ts";
import type { Redact } from "../secret.ts";

/** A reply, read to its end. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  /** The body; empty when there was none. */
  readonly text: string;
  /** The parsed body with every `null` member left out; `undefined` when it is not JSON. */
  readonly json: unknown;
  /** From the request's signing to the reply's last byte, ms. */
  readonly tookMs: number;
  /** A header by its name, in any case. */
  header(name: string): string | null;
}

/** More than a reply may hold. */
export class OversizeError extends Error {
  override readonly name = "OversizeError";
}

const MAX_BYTES = 8 * 1024 * 1024;

/**
 * Reads `response` to its end; `elapsedMs` tells how long its request has taken by then.
 * `redact` takes out what no reply should repeat, before anything of it is cut, quoted or recorded.
 *
 * @throws {OversizeError} if the body is over 8 MB; the rest is not read
 */
export async function readReply(
  response: Response,
  elapsedMs: () => number,
  redact: Redact = (text) => text,
): Promise<Reply> {
  const text = redact(await readText(response));
  return {
    status: response.status,
    text,
    json: parseJson(text),
    tookMs: elapsedMs(),
    header: (name) => response.headers.get(name),
  };
}

async function readText(response: Response): Promise<string> {
  if (isSurelySmall(response.headers)) return await response.text();
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // By hand: `for await` adds a third to what it takes to read the one piece that most replies are.
  for (;;) {
    const { value: piece } = await reader?.read() ?? {};
    if (piece === undefined) return text + decoder.decode();
    size += piece.byteLength;
    if (size > MAX_BYTES) break;
    text += decoder.decode(piece, { stream: true });
  }
  await reader?.cancel();
  throw new OversizeError(`Reply is over ${MAX_BYTES} bytes`);
}

/** Whether it can be read in one go, in half the time. Once unpacked, a packed reply may be longer. */
function isSurelySmall(headers: Headers): boolean {
  const length = headers.get("content-length") ?? "";
  return /^\d{1,7}$/.test(length) && Number(length) <= MAX_BYTES &&
    !headers.has("content-encoding");
}

/**
 * The exchange writes every optional member without a value as `null`, against its own schema
 * (API digest, section 1); leaving them out here lets one schema read both.
 */
function parseJson(text: string): unknown {
  try {
    return withoutNulls(parseExactFractions(text));
  } catch {
    return undefined;
  }
}

/** The parsed body with its `null`s, where members are names of things; `undefined` if it is not JSON. */
export function jsonWithNulls({ text, json }: Pick<Reply, "text" | "json">): unknown {
  return json === undefined ? undefined : parseExactFractions(text);
}

/** A copy, since taking members out makes objects slow; a reviver takes five times as long. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object") return value;
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutNulls);
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    // As a name it would set the copy's prototype; no member of the exchange's is called so.
    if (member !== null && name !== "__proto__") copy[name] = withoutNulls(member);
  }
  return copy;
}
