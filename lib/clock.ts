/**
 * Waiting, over the injected clock of {@linkcode Edges}, and the time that one call may take.
 *
 * @module
 */

import type { Edges } from "./edges.ts";

/** What is left of one tool call: everything done for it is handed this and ends with it. */
export interface Call {
  /** Aborted when the client cancels the call or its time is up. */
  readonly signal: AbortSignal;
  /** Ms until the call must have answered; never negative. */
  remainingMs(): number;
}

/** An abort reason: time is up. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it is aborted. */
export function sleep(edges: Edges, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      callOff();
      reject(signal?.reason);
    };
    const callOff = edges.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * What becomes of `work`, or a rejection with the signal's reason as soon as it is aborted. Without a
 * signal, as `fetch` may be called, nothing is aborted.
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | null | undefined,
): Promise<T> {
  if (!signal) return await work;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Runs `work` as a {@linkcode Call} that is aborted after `timeoutMs` (reason:
 * {@linkcode DeadlineError}) or when `parent` is, whichever comes first.
 */
export async function withDeadline<T>(
  edges: Edges,
  timeoutMs: number,
  work: (call: Call) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const endsAtMs = edges.monotonic() + timeoutMs;
  const onAbort = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) onAbort();
  parent?.addEventListener("abort", onAbort, { once: true });
  const callOff = edges.after(timeoutMs, () => {
    controller.abort(new DeadlineError(`No answer within ${timeoutMs / 1000} s`));
  });
  try {
    const remainingMs = (): number => Math.max(0, endsAtMs - edges.monotonic());
    return await work({ signal: controller.signal, remainingMs });
  } finally {
    callOff();
    parent?.removeEventListener("abort", onAbort);
  }
}
