/**
 * The exchange's clock. A signature holds a time stamp by that clock, so a machine whose clock is
 * wrong can still trade (API digest, 2.5).
 *
 * @module
 */

import { type Call, unlessAborted, withDeadline } from "../clock.ts";
import type { Edges } from "../edges.ts";
import type { Log } from "../log.ts";

const MAX_AGE_MS = 5 * 60_000;
/** How long a request waits for a newer offset: an old one is probably still right. */
const PATIENCE_MS = 1000;
/** A slower answer is not used: all of the delay would count as age of the requests signed by it. */
const LEARN_MS = 2500;
/** Between two attempts in the background. */
const PAUSE_MS = 30_000;
// More than this between the two clocks' advance means that the machine slept or was set.
const MAX_DRIFT_MS = 500;

/** An offset as it was learnt. */
interface Sample {
  /** What must be added to the machine's clock. */
  offsetMs: number;
  /** By the monotonic clock. */
  takenAtMs: number;
  /** How far the machine's two clocks were apart; changes when it sleeps or is set. */
  driftMs: number;
}

/** Tells the exchange's time from an offset that is learnt, and learnt anew when it may be stale. */
export class ServerClock {
  readonly #edges: Edges;
  readonly #log: Log;
  readonly #readTime: (call: Call) => Promise<number>;
  #sample: Sample | undefined;
  #learning: Promise<void> | undefined;
  #askedAtMs = -Infinity;

  /** `readTime` asks `GET /api/v1/time`: Unix ms. */
  constructor(
    { edges, log }: { edges: Edges; log: Log },
    readTime: (call: Call) => Promise<number>,
  ) {
    this.#edges = edges;
    this.#log = log;
    this.#readTime = readTime;
  }

  /**
   * Learns the offset unless a fresh one is known. Rejects when the exchange can't be asked; where an
   * offset is only old, it goes on with that one after a second.
   */
  async ready(call: Call): Promise<void> {
    while (!this.#isFresh()) {
      call.signal.throwIfAborted();
      if (this.#isSound()) return await this.#renew(call.signal);
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

  /** Forgets the offset: the exchange said that a request had expired. */
  invalidate(): void {
    this.#sample = undefined;
  }

  #isFresh(): boolean {
    const takenAtMs = this.#sample?.takenAtMs ?? -Infinity;
    return this.#isSound() && this.#edges.monotonic() - takenAtMs <= MAX_AGE_MS;
  }

  /** Whether an offset is known, and the machine has neither slept nor been set since. */
  #isSound(): boolean {
    return this.#sample !== undefined &&
      Math.abs(this.#driftMs() - this.#sample.driftMs) <= MAX_DRIFT_MS;
  }

  /** Learns in the background, and waits for it a little. */
  async #renew(signal: AbortSignal): Promise<void> {
    const askedMs = (): number => this.#edges.monotonic() - this.#askedAtMs;
    if (this.#learning === undefined && askedMs() >= PAUSE_MS) this.#learnAside();
    const learning = this.#learning;
    const leftMs = PATIENCE_MS - askedMs();
    if (learning === undefined || leftMs <= 0) return;
    const wait = (call: Call): Promise<void> => unlessAborted(learning, call.signal);
    await withDeadline(this.#edges, leftMs, wait, signal).catch(() => signal.throwIfAborted());
  }

  #learnAside(): void {
    this.#askedAtMs = this.#edges.monotonic();
    this.#learning = withDeadline(this.#edges, LEARN_MS, (call) => this.#learn(call))
      .catch((error) => this.#log.warn("clock", { reason: String(error) }))
      .finally(() => this.#learning = undefined);
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
    // Taken at arrival, not half-way: the estimate is then never ahead of the exchange's clock. No
    // document says that time stamps from the future are accepted.
    const offsetMs = serverMs - this.#edges.now();
    const takenAtMs = this.#edges.monotonic();
    this.#sample = { offsetMs, takenAtMs, driftMs: this.#driftMs() };
  }

  #driftMs(): number {
    return this.#edges.now() - this.#edges.monotonic();
  }
}
