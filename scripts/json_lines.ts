/**
 * JSON-RPC messages, one a line, seen only as far as a middleman must see them.
 *
 * @module
 */

/** What a middleman needs to know of a message. */
export interface Message {
  readonly id?: string | number;
  readonly method?: string;
  // deno-lint-ignore no-explicit-any
  readonly params?: any;
  // deno-lint-ignore no-explicit-any
  readonly result?: any;
}

/** The lines of a byte stream, without their ends; the last one needs none. */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

/** What a line says; nothing if it is no JSON object: that is for the server to complain of. */
export function messageIn(line: string): Message {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether it wants an answer. */
export function isRequest(message: Message): boolean {
  return message.method !== undefined && message.id !== undefined;
}

/** Whether it is an answer. */
export function isResponse(message: Message): boolean {
  return message.method === undefined && message.id !== undefined;
}
