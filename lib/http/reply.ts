/**
 * Reading one HTTP reply: bounded, as text, and as JSON where it is JSON.
 *
 * @module
 */

/** A reply, read to its end. */
export interface Reply {
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
 *
 * @throws {OversizeError} if the body is over 8 MB; the rest is not read
 */
export async function readReply(response: Response, elapsedMs: () => number): Promise<Reply> {
  const text = await readText(response);
  return {
    status: response.status,
    text,
    json: parseJson(text),
    tookMs: elapsedMs(),
    header: (name) => response.headers.get(name),
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  // Leaving the loop early cancels the stream.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new OversizeError(`Reply is over ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The exchange writes every optional member without a value as `null`, against its own schema
 * (API digest, section 1); leaving them out here lets one schema read both.
 */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value) => value === null ? undefined : value);
  } catch {
    return undefined;
  }
}
