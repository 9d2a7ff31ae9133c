/**
 * Lines that no client sends, on the standard input of the real program.
 *
 * @module
 */

import fc from "fast-check";
import { Program, type ProgramOptions } from "./_fuzz_program.ts";
import { PROTOTYPE_NAMES } from "./_fuzz_values.ts";

/** What is written at once; a good call follows it. */
export type Piece = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const bytes = (text: string): Piece => encoder.encode(text);
const line = (message: unknown): string => `${JSON.stringify(message)}\n`;
const request = (id: unknown, method: string, params?: unknown): string =>
  line({ jsonrpc: "2.0", id, method, params });

const CALL = { name: "list_orders", arguments: {} };
const INITIALIZE = {
  protocolVersion: "2025-11-25",
  capabilities: {},
  clientInfo: { name: "wire", version: "1" },
};

/** Messages that are sound one by one, and out of turn. */
const MESSAGES: readonly string[] = [
  request(1, "tools/call", CALL),
  request(1, "tools/call", CALL),
  request("1", "tools/list"),
  request(-1, "ping"),
  request(0, "ping"),
  request(2 ** 53, "ping"),
  request(1.5, "ping"),
  request(null, "ping"),
  request({}, "ping"),
  request("initialize", "initialize", INITIALIZE),
  request("old", "initialize", { ...INITIALIZE, protocolVersion: "1999-01-01" }),
  request("bad", "initialize", {}),
  request("x", "no/such/method", { a: 1 }),
  ...PROTOTYPE_NAMES.map((name) => request("p", name, {})),
  ...PROTOTYPE_NAMES.map((name) => request("q", "tools/call", { name, arguments: {} })),
  request("t", "tools/call", { name: "get_limits", arguments: [], _meta: { progressToken: {} } }),
  request("u", "resources/read", { uri: "backpack://../../etc/passwd" }),
  request("v", "resources/read", { uri: 5 }),
  request("w", "completion/complete", { ref: null, argument: [] }),
  request("y", "logging/setLevel", { level: "debug" }),
  line({ jsonrpc: "2.0", method: "notifications/initialized" }),
  line({ jsonrpc: "2.0", method: "notifications/no-such" }),
  line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 99 } }),
  line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }),
  line({ jsonrpc: "2.0", method: "notifications/cancelled", params: {} }),
  line({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1 } }),
  line({ jsonrpc: "2.0", id: 77, result: {} }),
  line({ jsonrpc: "2.0", id: 78, error: { code: 1, message: "no" } }),
  line({ jsonrpc: "1.0", id: 1, method: "ping" }),
  line({ id: 1, method: "ping" }),
  line([{ jsonrpc: "2.0", id: 1, method: "ping" }]),
  line([]),
  '{"jsonrpc":"2.0","id":5,"id":6,"method":"ping"}\n',
  '{"jsonrpc":"2.0","id":7,"method":"ping","__proto__":{"method":"x"}}\n',
  '{"__proto__":{"jsonrpc":"2.0","id":8,"method":"ping"}}\n',
  "\n",
  "\r\n",
  "null\n",
  "0\n",
  '"text"\n',
  "{\n",
  "\ufeff{}\n",
  "\u0000\n",
  `${"[".repeat(100_000)}\n`,
  `${"[".repeat(3000)}${"]".repeat(3000)}\n`,
  `{"jsonrpc":"2.0","id":9,"method":"ping","params":${'{"a":'.repeat(4000)}1${"}".repeat(4000)}}\n`,
];

/** Bytes that no encoder writes. */
const BROKEN: readonly Piece[] = [
  new Uint8Array([0xff, 0xfe, 0xfd, 10]),
  new Uint8Array([0xc3, 10, 0xa9, 10]),
  new Uint8Array([0xed, 0xa0, 0x80, 10]),
  new Uint8Array([0xf4, 0x90, 0x80, 0x80, 10]),
  new Uint8Array([0, 0, 0, 10]),
];

const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...MESSAGES).map(bytes) },
  { weight: 1, arbitrary: fc.constantFrom(...BROKEN) },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ maxLength: 200 }).map((random) => new Uint8Array([...random, 10])),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constantFrom(...MESSAGES),
      fc.nat(1000),
      fc.integer({ max: 255, min: 0 }),
    )
      .map(([message, at, byte]) => flipped(bytes(message), at, byte)),
  },
);

/** Pieces, and after how many bytes each is cut in two; or all of them at once. */
export const pieces: fc.Arbitrary<Piece[]> = fc.tuple(
  fc.array(
    fc.tuple(piece, fc.option(fc.nat(300))).map(([whole, at]) =>
      at === null ? [whole] : [whole.slice(0, at), whole.slice(at)]
    ),
    { minLength: 1, maxLength: 12 },
  ),
  fc.boolean(),
).map(([halves, isJoined]) => isJoined ? [joined(halves.flat())] : halves.flat());

function joined(parts: readonly Piece[]): Piece {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function flipped(message: Piece, at: number, byte: number): Piece {
  const changed = message.slice();
  changed[at % Math.max(1, changed.length - 1)] = byte;
  return changed;
}

/** A sound request whose line is that long. */
export function longLine(length: number): Piece {
  const start = '{"jsonrpc":"2.0","id":"long","method":"ping","params":{"x":"';
  return bytes(`${start}${"x".repeat(length - start.length - 4)}"}}\n`);
}

/** One program for many runs; another one whenever a run has ended it. */
export class WireProgram {
  #program: Program | undefined;

  constructor(readonly options: ProgramOptions) {}

  /** What these pieces broke, each as a sentence. */
  async faultsOf(written: readonly Piece[]): Promise<string[]> {
    const program = this.#program ??= new Program(this.options, false);
    for (const part of written) await program.write(part);
    await program.write(bytes("\n"));
    try {
      // Asks the exchange nothing: of that there may be only so much a minute.
      const { result } = await program.ask("tools/list");
      const faults = result?.tools?.length > 0 ? [] : ["a good request fails"];
      return [...faults, ...program.badLines];
    } catch (error) {
      this.#program = undefined;
      return [String(error), (await program.end()).stderr];
    }
  }

  /** Writes to it and expects nothing. */
  async write(part: Piece): Promise<void> {
    await this.#program?.write(part);
  }

  /** Ends it; whether that went well too. */
  async end(): Promise<string[]> {
    const { code = 0, stderr = "" } = await this.#program?.end() ?? {};
    return code === 0 && stderr === "" ? [] : [`it ended with ${code}: ${stderr.slice(0, 500)}`];
  }
}
