/**
 * What an entry must hold to be of use to whoever reads the trail later.
 *
 * @module
 */

import type { EntryKind } from "./queries.ts";

/** What an entry holds beside its kind, its time and its place. */
export interface NewEntry {
  /** The `seq` of the intent that it is about; required of `outcome` and `delivered`. */
  intent?: number;
  clientId?: number;
  /**
   * JSON, money as text. An intent names `tool`, `symbol`, `key` (the API key's fingerprint) and
   * `request`; an outcome names its `state`.
   */
  body: Record<string, unknown>;
}

/**
 * Stops mistakes of the program, which would only show when somebody needs the trail.
 *
 * @throws {TypeError} if the entry lacks a member of its kind
 */
export function checkEntry(kind: EntryKind, { intent, body }: NewEntry): void {
  const isText = (name: string): boolean => typeof body[name] === "string";
  const sound = kind === "intent"
    ? ["tool", "symbol", "key"].every(isText) && typeof body.request === "object"
    : kind === "outcome"
    ? intent !== undefined && isText("state")
    : kind !== "delivered" || intent !== undefined;
  if (!sound) throw new TypeError(`this entry of kind ${kind} lacks a member`);
}
