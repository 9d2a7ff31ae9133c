/**
 * Whoever can say yes at the client, as the desk knows them: asked while a call waits, or between one
 * call and the next.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import type { RecordedQuestion } from "../journal/approvals.ts";

/** Whoever sits at the client: asked while the call waits, or between one call and the next. */
export type Person = WaitedFor | BetweenCalls;

/** A person whose answer the call waits for. */
export interface WaitedFor {
  /** Shows `lines` with a box to tick; resolves to true only for an explicit yes. Never rejects. */
  approves(lines: readonly string[], call: Call): Promise<boolean>;
}

/** A person whose answer comes with a later call, which is the same but for the answer. */
export interface BetweenCalls {
  /** What this call brings; absent when nobody was asked before it. */
  readonly answer?: Answer;
}

/** A person's answer to the question of an earlier call. */
export interface Answer {
  /** Only an explicit yes, brought by the very call that it was asked for. */
  readonly isYes: boolean;
  /** The question's row in the journal; absent when it can't be told which was answered. */
  readonly question?: number;
  /** The ids of the orders that it was about, in their order. */
  readonly clientIds: readonly number[];
}

/** Ends a call whose question waits for its {@linkcode Answer}; nothing was sent. */
export class AnswerPending extends Error {
  override readonly name = "AnswerPending";

  /** `clientIds` are those of the orders that `question` is about, in their order. */
  constructor(readonly question: RecordedQuestion, readonly clientIds: readonly number[]) {
    super("The person at the client has been asked; nothing was sent");
  }
}

/** What the person said before this call, if this call comes of it. */
export function answerOf(person: Person | undefined): Answer | undefined {
  return person === undefined || "approves" in person ? undefined : person.answer;
}
