/**
 * What a reply says: by its schema, and about what was asked for.
 *
 * @module
 */

import type * as z from "zod";
import { type RequestKind, unreadableReply } from "./failure.ts";
import type { Reply } from "./reply.ts";

/** What a reply must be. */
export interface Wanted<T> {
  /** Made once: the first reply compiles a schema, which takes longer than to read a hundred. */
  readonly schema: z.ZodType<T>;
  /** Whether it is about what was asked for; anything will do unless given. */
  readonly isOwn?: ((value: T) => boolean) | undefined;
}

/**
 * The contents of a 2xx reply.
 *
 * @throws {DeskError} `bad_reply`, of an effect `outcome_unknown`, if it is not what is wanted
 */
export function contentsOf<T>(
  reply: Reply,
  kind: RequestKind,
  { schema, isOwn = () => true }: Wanted<T>,
): T {
  const { success, data, error } = schema.safeParse(reply.json);
  if (success && isOwn(data)) return data;
  throw unreadableReply(reply, kind, error);
}
