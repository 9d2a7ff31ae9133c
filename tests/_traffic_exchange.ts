/**
 * The simulated exchange on loopback, on a network that loses one request in a hundred.
 *
 * @module
 */

import { type Fault, FOREIGN_REPLY_NAMES } from "../lib/paper/faults.ts";
import { PaperExchange } from "../lib/paper/exchange.ts";
import { Served } from "../scripts/serve.ts";
import { API_KEY } from "./_helpers.ts";

/** Draws from 0 up to and without 1. */
export type Chance = () => number;

/** Numbers that a seed decides (xorshift). */
export function chanceOf(seed: number): Chance {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** One of them. */
export function drawn<T>(items: readonly T[], chance: Chance): T {
  return items[Math.floor(chance() * items.length)] as T;
}

/** How many of a hundred requests go wrong. */
const FAULTS_PERCENT = 1;

/** The exchange, and the switch of what goes wrong. */
export class TrafficExchange {
  readonly exchange: PaperExchange;
  /** Nothing goes wrong any more once this is false. */
  isFaulty = true;
  requests = 0;
  faults = 0;
  readonly #served = new Served((request) => this.#answer(request), { onError: broken });

  constructor(chance: Chance) {
    this.exchange = new PaperExchange({
      now: () => Date.now(),
      apiKey: API_KEY,
      balances: { USDC: "100000000", SOL: "1000000", BTC: "1000" },
      fault: () => this.#fault(chance),
    });
  }

  get baseUrl(): string {
    return this.#served.baseUrl;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#served[Symbol.asyncDispose]();
  }

  #fault(chance: Chance): Fault | undefined {
    this.requests++;
    if (!this.isFaulty || chance() * 100 >= FAULTS_PERCENT) return undefined;
    this.faults++;
    const when = drawn(["before", "after"] as const, chance);
    const kind = drawn(["reset", "hang", "half", "cut", "reply"] as const, chance);
    if (kind !== "reply") return { kind, when };
    return { kind, when, reply: drawn(TELLING_NOTHING, chance) };
  }

  async #answer({ method, url, headers, body, signal }: Request): Promise<Response> {
    const text = method === "GET" ? null : await new Response(body).text();
    return await this.exchange.fetch(url, { method, headers, body: text, signal })
      .catch(() => broken());
  }
}

/** Replies after which nobody can know; a lie of the exchange's own is none of them. */
const TELLING_NOTHING = FOREIGN_REPLY_NAMES.filter((name) =>
  name !== "id_taken" && name !== "too_many"
);

/** A reply that breaks off before its first byte. */
function broken(): Response {
  return new Response(new ReadableStream({ pull: (to) => to.error() }));
}
