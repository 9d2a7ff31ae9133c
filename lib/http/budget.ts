/**
 * Keeps the client within the exchange's published limits: 2,000 requests a minute, of which 30
 * may be for historical market data (API digest, section 8). Waits instead of being refused,
 * and refuses at once what could not leave within its call. The last of the 2,000 are kept for
 * effects, so that no cancel has to wait behind reads, and no order for as long as it takes the
 * prices that it was judged by to change.
 *
 * @module
 */

import { type Call, sleep } from "../clock.ts";
import type { Edges } from "../edges.ts";
import { DeskError } from "../errors.ts";
import type { RequestKind } from "./failure.ts";

const WINDOW_MS = 60_000;
const KEPT_FOR_EFFECTS = 100;
/** Without the exchange's time no effect can be signed. */
const TIME_PATH = "/api/v1/time";
const HISTORY_PATHS: ReadonlySet<string> = new Set([
  "/api/v1/klines",
  "/api/v1/trades/history",
  "/api/v1/fundingRates",
  "/api/v1/borrowLend/markets/history",
]);

/** Requests of the last minute, counted before they leave. */
export class Budget {
  readonly #edges: Edges;
  readonly #all: SlidingWindow;
  readonly #history: SlidingWindow;

  /** `perMinute` and `historyPerMinute` are the exchange's limits unless said otherwise. */
  constructor(edges: Edges, perMinute = 2000, historyPerMinute = 30) {
    this.#edges = edges;
    this.#all = new SlidingWindow(perMinute, KEPT_FOR_EFFECTS);
    this.#history = new SlidingWindow(historyPerMinute);
  }

  /**
   * Resolves when a request of this kind for `path` may leave.
   *
   * @throws {DeskError} `rate_limited` at once when that would be after the call has ended; whatever
   * the call was aborted with
   */
  async take(path: string, kind: RequestKind, call: Call): Promise<void> {
    const isFirst = kind === "effect" || path === TIME_PATH;
    const windows = HISTORY_PATHS.has(path) ? [this.#all, this.#history] : [this.#all];
    for (;;) {
      call.signal.throwIfAborted();
      const nowMs = this.#edges.monotonic();
      const waitOf = (window: SlidingWindow): number =>
        window.waitMs(nowMs, isFirst ? 0 : window.kept);
      const slowest = windows.toSorted((a, b) => waitOf(b) - waitOf(a))[0] ?? this.#all;
      const waitMs = waitOf(slowest);
      if (waitMs <= 0) {
        for (const window of windows) window.add(nowMs);
        return;
      }
      if (waitMs >= call.remainingMs()) throw usedUp(slowest, isFirst, waitMs);
      await sleep(this.#edges, waitMs, call.signal);
    }
  }
}

class SlidingWindow {
  readonly #times: number[] = [];

  constructor(readonly limit: number, readonly kept = 0) {}

  waitMs(nowMs: number, kept: number): number {
    const past = this.#times.findIndex((time) => time > nowMs - WINDOW_MS);
    this.#times.splice(0, past < 0 ? this.#times.length : past);
    const oldest = this.#times[this.#times.length - (this.limit - kept)];
    return oldest === undefined ? 0 : oldest + WINDOW_MS - nowMs;
  }

  add(nowMs: number): void {
    this.#times.push(nowMs);
  }
}

function usedUp({ limit, kept }: SlidingWindow, isFirst: boolean, waitMs: number): DeskError {
  const rest = isFirst || kept === 0
    ? ""
    : `, but for ${kept} that are kept for orders and cancels`;
  const message =
    `The exchange allows ${limit} requests of this kind a minute, and they are used up${rest}`;
  const hint = `Wait ${Math.ceil(waitMs / 1000)} s before the next call`;
  return new DeskError("rate_limited", message, { hint });
}
