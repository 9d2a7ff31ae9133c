/**
 * A request as the simulated exchange reads it: the body to its end, headers without regard to
 * case, query parameters decoded and checked in the words of the exchange's framework (API digest,
 * section 7). Knows no endpoint.
 *
 * @module
 */

import { unlessAborted } from "../clock.ts";
import { badEnum, badParameter } from "./refusal.ts";

/** What arrived. */
export interface PaperRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** The query as it came, with its question mark; empty without one. */
  readonly search: string;
  /** The parameters. */
  readonly query: Query;
  /** The headers. */
  readonly headers: Headers;
  /** The body as text, empty without one. */
  readonly body: string;
  /** Rows younger than this are not shown, Unix ms; all are when left out. */
  readonly shownUntilMs?: number;
}

/** Reads what `fetch` was called with; rejects when the signal is aborted first. */
export async function readRequest(url: string, init: RequestInit): Promise<PaperRequest> {
  const { pathname, search, searchParams } = new URL(url);
  return {
    method: (init.method ?? "GET").toUpperCase(),
    path: pathname,
    search,
    query: new Query(searchParams),
    headers: new Headers(init.headers),
    body: await unlessAborted(new Response(init.body ?? null).text(), init.signal),
  };
}

/** Query parameters, decoded. A key that is repeated counts with its last value. */
export class Query {
  readonly #parameters: URLSearchParams;

  /** Reads from those parameters. */
  constructor(parameters: URLSearchParams) {
    this.#parameters = parameters;
  }

  /** Every pair, the last one of each key. */
  entries(): [string, string][] {
    return [...new Map(this.#parameters)];
  }

  /** All values of a key. */
  all(name: string): string[] {
    return this.#parameters.getAll(name);
  }

  /** The value, if there is one. */
  text(name: string): string | undefined {
    return this.#parameters.getAll(name).at(-1);
  }

  /** The value. */
  required(name: string, type = "string"): string {
    const value = this.text(name);
    if (value === undefined) throw badParameter(name, `Type "${type}" expects an input value.`);
    return value;
  }

  /** The value, which must be one of those. */
  choice<T extends string>(name: string, type: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((known) => known === value);
    if (found === undefined) throw badParameter(name, badEnum(type));
    return found;
  }

  /** The value as a whole number, negative or not. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (/^-?\d{1,15}$/.test(value)) return Number(value);
    throw badParameter(name, `failed to parse "integer_int64": invalid digit found in string`);
  }

  /** The value as a number of things. */
  count(name: string): number | undefined {
    const value = this.integer(name);
    if (value === undefined || value >= 0) return value;
    throw badParameter(name, `failed to parse "integer_uint64": invalid digit found in string`);
  }

  /** The value as `true` or `false`. */
  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === "true" || value === "false") return value === "true";
    throw badParameter(
      name,
      `failed to parse "boolean": provided string was not \`true\` or \`false\``,
    );
  }
}
