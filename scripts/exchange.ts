/**
 * The simulated exchange behind HTTP on 127.0.0.1, with the real clock: for the demo, and for any
 * Backpack SDK that wants to trade against something that costs nothing. Everything is forgotten
 * when it ends.
 *
 * @module
 */

import { PaperExchange } from "../lib/paper/exchange.ts";
import { createSigner } from "../lib/signing.ts";
import { Served } from "./serve.ts";

/** How to serve. */
export interface ServeOptions {
  /** 0 for any free one. */
  port: number;
  /** The API secret (base64 of a 32-byte Ed25519 seed); a fresh one unless given. */
  seedKey?: string;
}

/** A running server. */
export interface ServedExchange {
  /** Its origin, such as `http://127.0.0.1:4100`. */
  readonly url: string;
  readonly apiKey: string;
  /** The API secret that belongs to it. */
  readonly secret: string;
  readonly exchange: PaperExchange;
  /** Stops serving once every open request is answered. */
  close(): Promise<void>;
}

const USAGE = "usage: scripts/exchange.ts [--port N] [--seed-key BASE64]\n";

/**
 * Serves a new exchange until it is closed.
 *
 * @throws {RangeError} for a seed that is none, or a port that another program listens on
 */
export async function serveExchange(options: ServeOptions): Promise<ServedExchange> {
  const seed = options.seedKey === undefined
    ? crypto.getRandomValues(new Uint8Array(32))
    : readSeed(options.seedKey);
  const signer = await createSigner(seed.slice());
  const apiKey = signer.apiKey.reveal();
  const exchange = new PaperExchange({ now: Date.now, apiKey });
  const served = listen(options.port, exchange);
  return {
    url: served.baseUrl,
    apiKey,
    secret: seed.toBase64(),
    exchange,
    close: () => served[Symbol.asyncDispose](),
  };
}

function listen(port: number, exchange: PaperExchange): Served {
  try {
    return new Served(
      ({ url, method, headers, body }) => exchange.fetch(url, { method, headers, body }),
      { port },
    );
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new RangeError(`--port: another program listens on ${port}; give another one, or none`);
  }
}

function readSeed(text: string): Uint8Array<ArrayBuffer> {
  try {
    const seed = Uint8Array.fromBase64(text);
    if (seed.length === 32) return seed;
  } catch {
    // Said below.
  }
  throw new RangeError("--seed-key: want the base64 of 32 bytes");
}

function readArguments(args: readonly string[]): ServeOptions {
  const options: ServeOptions = { port: 0 };
  for (let index = 0; index < args.length; index += 2) {
    const [name, value] = [args[index], args[index + 1]];
    if (name === "--port" && /^\d{1,5}$/.test(value ?? "") && Number(value) <= 65_535) {
      options.port = Number(value);
    } else if (name === "--seed-key" && value !== undefined) {
      options.seedKey = readSeed(value).toBase64();
    } else throw new RangeError(`Cannot read argument: ${name}`);
  }
  return options;
}

function write(stream: typeof Deno.stdout | typeof Deno.stderr, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

function describe({ url, apiKey, secret }: ServedExchange): string {
  return `Simulated Backpack Exchange. No real money, no network; gone when it ends (Ctrl+C).

  URL         ${url}
  API key     ${apiKey}
  API secret  ${secret}

Point a Backpack SDK at the URL with that key and secret, or the desk:

  BACKPACK_BASE_URL=${url} BACKPACK_PRIVATE_KEY=${secret} deno task start doctor
`;
}

async function main(): Promise<number> {
  let served: ServedExchange;
  try {
    served = await serveExchange(readArguments(Deno.args));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    write(Deno.stderr, `${error.message}\n${USAGE}`);
    return 2;
  }
  write(Deno.stdout, describe(served));
  await untilStopped();
  await served.close();
  return 0;
}

function untilStopped(): Promise<void> {
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  return new Promise((resolve) => {
    for (const signal of signals) Deno.addSignalListener(signal, () => resolve());
  });
}

if (import.meta.main) Deno.exit(await main());
