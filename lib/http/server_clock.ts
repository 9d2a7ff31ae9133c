/**
 * The exchange's clock. A signature holds a time stamp by that clock, so a machine whose clock is
 * wrong can still trade (API digest, 2.5).
 *
 * @module
 */

import { type Call, unlessAborted } from "../clock.ts";
import type { Edges } from "../edges.ts";

const MAX_AGE_MS = 5 * 60_000;
// More than this between the two clocks' advance means that the machine slept or was set.
const MAX_DRIFT_MS = 500;

interface Sample {
  offsetMs: number;
  takenAt: number;
  drift: number;
}

/** Tells the exchange's time from an offset that is learnt, and learnt anew when it may be stale. */
export class ServerClock {
  readonly #edges: Edges;
  readonly #readTime: (call: Call) => Promise<number>;
  #sample: Sample | undefined;
  #learning: Promise<void> | undefined;

  /** `readTime` asks `GET /api/v1/time`: Unix ms. */
  constructor(edges: Edges, readTime: (call: Call) => Promise<number>) {
    this.#edges = edges;
    this.#readTime = readTime;
  }

  /** Learns the offset unless a fresh one is known. Rejects when the exchange can't be asked. */
  async ready(call: Call): Promise<void> {
    while (!this.#isFresh()) {
      call.signal.throwIfAborted();
      // Another call's failure, such as its cancellation, is not this one's: it asks again itself.
      const learning = this.#learning?.catch(() => {});
      if (learning !== undefined) await unlessAborted(learning, call.signal);
      else await this.#learnOnce(call);
    }
  }

  /** Unix ms by the exchange's clock; only after {@linkcode ready}. */
  now(): number {
    return Math.floor(this.#edges.now() + (this.#sample?.offsetMs ?? 0));
  }

  /** How far the exchange's clock is ahead of the machine's, in ms, when known. */
  get offsetMs(): number | undefined {
    return this.#sample?.offsetMs;
  }

  /** Forgets the offset: the exchange said that a request had expired. */
  invalidate(): void {
    this.#sample = undefined;
  }

  #isFresh(): boolean {
    if (this.#sample === undefined) return false;
    const age = this.#edges.monotonic() - this.#sample.takenAt;
    return age <= MAX_AGE_MS && Math.abs(this.#drift() - this.#sample.drift) <= MAX_DRIFT_MS;
  }

  async #learnOnce(call: Call): Promise<void> {
    this.#learning = this.#learn(call);
    try {
      await this.#learning;
    } finally {
      this.#learning = undefined;
    }
  }

  async #learn(call: Call): Promise<void> {
    const serverMs = await this.#readTime(call);
    // Taken at arrival, not half-way: the estimate is then never ahead of the exchange, which
    // nobody knows to tolerate time stamps from the future.
    const offsetMs = serverMs - this.#edges.now();
    this.#sample = { offsetMs, takenAt: this.#edges.monotonic(), drift: this.#drift() };
  }

  #drift(): number {
    return this.#edges.now() - this.#edges.monotonic();
  }
}
