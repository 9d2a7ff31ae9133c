/**
 * Keeps the client within the exchange's published limits: 2,000 requests a minute, of which 30
 * may be for historical market data (API digest, section 8). Waits instead of being refused,
 * and refuses at once what could not leave within its call. The last of the 2,000 are kept for
 * effects, so that none has to wait behind reads, and the last of those for cancels.
 *
 * @module
 */

import { type Call, sleep } from "../clock.ts";
import type { Edges } from "../edges.ts";
import { DeskError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { ApiRequest } from "./sender.ts";

const WINDOW_MS = 60_000;
const KEPT_FOR_EFFECTS = 100;
const KEPT_FOR_CANCELS = 20;
/** A shorter wait is not worth a line. */
const TOLD_WAIT_MS = 1000;
/** Without the exchange's time no effect can be signed. */
const TIME_PATH = "/api/v1/time";
const HISTORY_PATHS: ReadonlySet<string> = new Set([
  "/api/v1/klines",
  "/api/v1/trades/history",
  "/api/v1/fundingRates",
  "/api/v1/borrowLend/markets/history",
]);

/** A window, and how many of its requests are kept for others that are more urgent. */
interface Share {
  window: SlidingWindow;
  kept: number;
}

/** Requests of the last minute, counted before they leave. */
export class Budget {
  readonly #edges: Edges;
  readonly #log: Log;
  readonly #all: SlidingWindow;
  readonly #history: SlidingWindow;
  #toldAtMs = -Infinity;

  /** `perMinute` and `historyPerMinute` are the exchange's limits unless said otherwise. */
  constructor(edges: Edges, log: Log, perMinute = 2000, historyPerMinute = 30) {
    this.#edges = edges;
    this.#log = log;
    this.#all = new SlidingWindow(perMinute);
    this.#history = new SlidingWindow(historyPerMinute);
  }

  /**
   * Resolves when the request may leave.
   *
   * @throws {DeskError} `rate_limited` at once when that would be after the call has ended; whatever
   * the call was aborted with
   */
  async take(request: Pick<ApiRequest, "method" | "path">, call: Call): Promise<void> {
    const shares = this.#sharesOf(request);
    for (;;) {
      call.signal.throwIfAborted();
      const nowMs = this.#edges.monotonic();
      const waits = shares.map((share) => ({
        share,
        waitMs: share.window.waitMs(nowMs, share.kept),
      }));
      const slowest = waits.toSorted((a, b) => b.waitMs - a.waitMs)[0];
      if (slowest === undefined || slowest.waitMs <= 0) {
        for (const { window } of shares) window.add(nowMs);
        return;
      }
      const { share, waitMs } = slowest;
      if (waitMs >= call.remainingMs()) throw usedUp(share, waitMs);
      this.#tell(request.path, share, waitMs);
      await sleep(this.#edges, waitMs, call.signal);
    }
  }

  #sharesOf({ method, path }: Pick<ApiRequest, "method" | "path">): Share[] {
    const all = { window: this.#all, kept: keptFrom(method, path) };
    return HISTORY_PATHS.has(path) ? [all, { window: this.#history, kept: 0 }] : [all];
  }

  /** Logs a long wait, so that a slow call is explained; once a minute, however many wait. */
  #tell(path: string, { window: { limit } }: Share, waitMs: number): void {
    const nowMs = this.#edges.monotonic();
    if (waitMs < TOLD_WAIT_MS || nowMs - this.#toldAtMs < WINDOW_MS) return;
    this.#toldAtMs = nowMs;
    this.#log.warn("rate_limit", { path, waitMs: Math.ceil(waitMs), perMinute: limit });
  }
}

function keptFrom(method: ApiRequest["method"], path: string): number {
  if (method === "DELETE" || path === TIME_PATH) return 0;
  return method === "POST" ? KEPT_FOR_CANCELS : KEPT_FOR_EFFECTS;
}

class SlidingWindow {
  readonly #times: number[] = [];

  constructor(readonly limit: number) {}

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

function usedUp({ window: { limit }, kept }: Share, waitMs: number): DeskError {
  const whose = kept === KEPT_FOR_CANCELS ? "cancels" : "orders and cancels";
  const rest = kept === 0 ? "" : `, but for ${kept} that are kept for ${whose}`;
  const message =
    `The exchange allows ${limit} requests of this kind a minute, and they are used up${rest}`;
  const hint = `Wait ${Math.ceil(waitMs / 1000)} s before the next call`;
  return new DeskError("rate_limited", message, { hint });
}
