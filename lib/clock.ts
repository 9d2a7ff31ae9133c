/**
 * Waiting, over the injected clock of {@linkcode Edges}.
 *
 * @module
 */

import type { Edges } from "./edges.ts";

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

/** Thrown, as an abort reason, when a deadline passes. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/**
 * Runs `work` with a signal that is aborted after `timeoutMs` (reason: {@linkcode DeadlineError})
 * or when `parent` is, whichever comes first.
 */
export async function withDeadline<T>(
  edges: Edges,
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  parent?: AbortSignal,
): Promise<T> {
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) onAbort();
  parent?.addEventListener("abort", onAbort, { once: true });
  const callOff = edges.after(
    timeoutMs,
    () => controller.abort(new DeadlineError(`No answer within ${timeoutMs} ms`)),
  );
  try {
    return await work(controller.signal);
  } finally {
    callOff();
    parent?.removeEventListener("abort", onAbort);
  }
}
