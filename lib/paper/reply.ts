/**
 * Replies as the exchange writes them: content types, paging headers and times (API digest,
 * sections 1 and 8). Owns the outermost form only; what a member is called is its owner's matter.
 *
 * @module
 */

import type { Refusal } from "./refusal.ts";

/** A reply that is not yet a `Response`. */
export interface Reply {
  /** The HTTP status. */
  readonly status: number;
  /** Text or JSON, or `null` for no body. */
  readonly body: string | null;
  /** All headers. */
  readonly headers: Readonly<Record<string, string>>;
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
const TEXT_TYPE = { "content-type": "text/plain; charset=utf-8" };

/** A JSON reply. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status: 200, body: JSON.stringify(value), headers: { ...JSON_TYPE, ...headers } };
}

/** A plain-text reply. */
export function text(body: string, status = 200): Reply {
  return { status, body, headers: TEXT_TYPE };
}

/** A 204. */
export function noContent(): Reply {
  return { status: 204, body: null, headers: {} };
}

/** The reply that a refusal becomes. */
export function refused(problem: Refusal): Reply {
  if (problem.code === undefined) return text(problem.message, problem.status);
  const { status, code, message } = problem;
  return { ...json({ code, message }), status };
}

/** One page of `rows`, with the headers that tell of the others. */
export function page<T>(
  rows: readonly T[],
  window: { limit: number; offset: number },
  toWire: (row: T) => unknown,
): Reply {
  const { limit, offset } = window;
  return json(rows.slice(offset, offset + limit).map(toWire), {
    "x-page-count": String(limit === 0 ? 0 : Math.ceil(rows.length / limit)),
    "x-current-page": String(limit === 0 ? 1 : Math.floor(offset / limit) + 1),
    "x-page-size": String(limit),
    "x-total": String(rows.length),
  });
}

/** `YYYY-MM-DDTHH:MM:SS.fff` in UTC without a zone, as histories have it. */
export function naiveIso(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, -1);
}

/** `YYYY-MM-DD HH:MM:SS` in UTC without a zone, as klines have it. */
export function klineTime(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 19).replace("T", " ");
}
