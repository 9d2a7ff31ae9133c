/**
 * The one place that sends. A read is retried; an effect leaves once and is never repeated, here
 * or in the runtime below. Every request is signed immediately before it leaves, with the
 * exchange's time (API digest, sections 1, 2 and 8).
 *
 * @module
 */

import { type Call, DeadlineError, sleep, withDeadline } from "../clock.ts";
import type { Edges } from "../edges.ts";
import { DeskError } from "../errors.ts";
import { Budget } from "./budget.ts";
import {
  isExpired,
  NotSentError,
  replyFailure,
  type RequestKind,
  retryAfterS,
  transportFailure,
} from "./failure.ts";
import type { Reply } from "./reply.ts";
import { type ApiRequest, Sender, type SenderOptions, type Stamp } from "./sender.ts";
import { ServerClock } from "./server_clock.ts";

/** What {@linkcode Http} needs. */
export interface HttpOptions extends SenderOptions {
  /** One request, from its first byte to its last. */
  timeoutMs: number;
}

/** Milliseconds before the first and the second repetition of a read. */
const RETRY_DELAYS_MS = [300, 1200] as const;
const MAX_RETRY_AFTER_MS = 10_000;
/** An effect is not begun with less time than this: its answer could not be waited for. */
const MIN_EFFECT_MS = 1000;
/** Kept back from an effect's time, to look up what became of it. */
const LOOK_UP_MS = 5000;
const MAX_EFFECT_MS = 10_000;
/** What an order was judged by gets old: one that can't leave within this is not placed. */
const MAX_ORDER_WAIT_MS = 5000;

/** A client of the exchange's REST API. */
export class Http {
  /** The exchange's clock. */
  readonly clock: ServerClock;
  readonly #options: HttpOptions;
  readonly #edges: Edges;
  readonly #budget: Budget;
  readonly #sender: Sender;

  /** Sends nothing yet. */
  constructor(options: HttpOptions) {
    this.#options = options;
    this.#edges = options.edges;
    this.#budget = new Budget(options.edges, options.log);
    this.clock = new ServerClock(options, (call) => this.time(call));
    this.#sender = new Sender(options, () => this.clock.now());
  }

  /**
   * Sends a GET, and again at most twice after a broken connection, a 429 or a 5xx.
   *
   * @throws {DeskError} `auth`, `rejected`, `not_found`, `rate_limited`, `unavailable`, `bad_reply`
   */
  async read(request: ApiRequest, call: Call): Promise<Reply> {
    let hasResigned = false;
    for (let retries = 0;; retries++) {
      const result = await this.#try(request, call);
      const reply = result instanceof DeskError ? undefined : result;
      if (reply !== undefined && reply.status < 300 && reply.status >= 200) return reply;
      if (reply !== undefined && isExpired(reply) && !hasResigned) {
        hasResigned = true;
        this.clock.invalidate();
        continue;
      }
      const failure = result instanceof DeskError ? result : replyFailure(result, "read");
      const delayMs = retryDelayMs(failure, reply, retries);
      if (delayMs === undefined || delayMs >= call.remainingMs()) throw failure;
      if (call.signal.aborted) throw failure;
      this.#options.log.debug("retry", { path: request.path, delayMs, reason: failure.code });
      await this.#pause(delayMs, call);
    }
  }

  /**
   * Sends a POST or DELETE exactly once. A client's cancellation stops it only before it leaves. A
   * DELETE may wait for the rate limit as long as its call, a POST for five seconds.
   * `commit` is called once the request is signed and before it leaves: if it throws, or takes
   * longer than half of the signature's life, nothing is sent.
   *
   * @throws {DeskError} with `outcome`: `not_placed` when it was refused or never left, `unknown`
   * otherwise
   */
  async effect(
    request: ApiRequest,
    call: Call,
    commit: (stamp: Stamp) => void = () => {},
  ): Promise<Reply> {
    const timeoutMs = await this.#readyForEffect(request, call);
    const reply = await withDeadline(
      this.#edges,
      timeoutMs,
      (sending) => this.#sender.send(request, sending, commit),
    ).catch((error) => {
      throw transportFailure(error, "effect");
    });
    if (reply.status >= 200 && reply.status < 300) return reply;
    if (isExpired(reply)) this.clock.invalidate();
    throw replyFailure(reply, "effect");
  }

  async #readyForEffect(request: ApiRequest, call: Call): Promise<number> {
    try {
      const maxWaitMs = request.method === "POST" ? MAX_ORDER_WAIT_MS : Infinity;
      const waitMs = Math.min(maxWaitMs, call.remainingMs());
      const ready = (waiting: Call): Promise<void> => this.#ready(request, waiting);
      await withDeadline(this.#edges, waitMs, ready, call.signal);
      call.signal.throwIfAborted();
    } catch (error) {
      if (error instanceof DeskError) throw error.with({ outcome: "not_placed" });
      throw transportFailure(notSent(error), "effect");
    }
    const leftMs = call.remainingMs() - LOOK_UP_MS;
    if (leftMs < MIN_EFFECT_MS) {
      throw transportFailure(new NotSentError("No time was left in this call"), "effect");
    }
    return Math.min(this.#options.timeoutMs, leftMs, MAX_EFFECT_MS);
  }

  async #try(request: ApiRequest, call: Call): Promise<Reply | DeskError> {
    try {
      await this.#ready(request, call);
      return await withDeadline(
        this.#edges,
        this.#options.timeoutMs,
        (sending) => this.#sender.send(request, sending),
        call.signal,
      );
    } catch (error) {
      return transportFailure(error, "read");
    }
  }

  /**
   * Everything that may wait comes before the time stamp is taken; the clock last, since the machine
   * may sleep or be set meanwhile.
   */
  async #ready(request: ApiRequest, call: Call): Promise<void> {
    const isSigned = request.instruction !== undefined;
    if (isSigned && this.#options.signer === undefined) throw noKey();
    await this.#budget.take(request, call);
    if (isSigned) await this.clock.ready(call);
  }

  /**
   * Unix ms by the exchange's clock, which is learnt first if need be.
   *
   * @throws {DeskError} `unavailable` if it can't be learnt within the call
   */
  async exchangeNow(call: Call): Promise<number> {
    await this.clock.ready(call).catch((error) => {
      throw transportFailure(error, "read");
    });
    return this.clock.now();
  }

  /** `GET /api/v1/time`: the exchange's time, Unix ms. */
  async time(call: Call): Promise<number> {
    return (await this.timing(call)).value;
  }

  /** {@linkcode time}, and how long it took to be told. */
  async timing(call: Call): Promise<{ value: number; tookMs: number }> {
    const { text, tookMs } = await this.read({ method: "GET", path: "/api/v1/time" }, call);
    if (!/^\d{13}$/.test(text.trim())) {
      throw new DeskError("bad_reply", "The exchange did not tell its time");
    }
    return { value: Number(text.trim()), tookMs };
  }

  async #pause(delayMs: number, call: Call): Promise<void> {
    await sleep(this.#edges, delayMs, call.signal).catch((error) => {
      throw transportFailure(error, "read");
    });
  }
}

function retryDelayMs(
  failure: DeskError,
  reply: Reply | undefined,
  retries: number,
): number | undefined {
  // Without a reply it was our own budget that refused, and it would refuse again.
  const isPassing = failure.code === "unavailable" ||
    failure.code === "rate_limited" && reply !== undefined;
  const delayMs = RETRY_DELAYS_MS[retries];
  if (!isPassing || delayMs === undefined || reply?.status === 403) return undefined;
  const wantedS = reply === undefined ? undefined : retryAfterS(reply);
  if (wantedS === undefined) return delayMs;
  return Math.min(Math.max(wantedS * 1000, delayMs), MAX_RETRY_AFTER_MS);
}

function notSent(error: unknown): Error {
  if (error instanceof DeadlineError) return new NotSentError(error.message, { cause: error });
  return new NotSentError("The call was cancelled", { cause: error });
}

function noKey(): DeskError {
  return new DeskError("auth", "No API key is set, and this needs one", {
    hint: "Set BACKPACK_PRIVATE_KEY (see the README), or try everything without keys with " +
      "BACKPACK_MODE=paper",
  });
}

export type { ApiRequest, Reply, RequestKind, Stamp };
