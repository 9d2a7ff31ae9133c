/**
 * A yes that the model cannot give. From the owner's sum on, and for a repetition of an order that
 * is not known to stand, a person must approve: in a form of the client's, or on a terminal. A yes
 * holds for exactly one order, for five minutes, and only while the market stays where it was.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import { recordApproval, type RecordedQuestion } from "../journal/approvals.ts";
import type { Approval } from "./intent.ts";
import type { DeskParts } from "./parts.ts";
import { type Answer, answerOf, AnswerPending, type Person } from "./person.ts";
import type { Approvable } from "./proposal.ts";
import {
  ask,
  hasMoved,
  idsIn,
  idsOf,
  knownQuestion,
  MAX_MOVE_PERCENT,
  voidQuestion,
} from "./question.ts";

const MOVED = `the market moved by more than ${MAX_MOVE_PERCENT} %`;
const UNASKED = "The owner must say yes to this order";
const SAID_NO = "The person at the client did not say yes to this order";
const NOT_FOR_THIS = "The yes that came with this call does not hold for this order";

/**
 * The yes for an order: one that was given already, or one that is asked for now.
 *
 * @throws {DeskError} `approval_needed` while there is none, with the road to the terminal
 * @throws {AnswerPending} when the answer is to come with a later call
 */
export async function approvalFor(
  desk: DeskParts,
  order: Approvable & { reasons: readonly string[] },
  person: Person | undefined,
  call: Call,
): Promise<Approval> {
  const asks = desk.limits.confirmBy === "client" ? person : undefined;
  const answer = answerOf(asks);
  if (answer !== undefined) return answered(desk, order, answer);
  const known = knownQuestion(desk, order);
  if (known?.approvedBy !== undefined && !hasMoved(known, order.proposals)) {
    return { asked: known.seq, by: known.approvedBy };
  }
  if (known?.approvedBy !== undefined) voidQuestion(desk, known, MOVED);
  const { asked, code } = ask(desk, order);
  if (asks === undefined) throw approvalNeeded(order, UNASKED, roadToTerminal(desk, order, code));
  if (!("approves" in asks)) throw new AnswerPending(asked, idsIn(order));
  if (!await asks.approves(asked.lines, call) || call.signal.aborted) {
    throw approvalNeeded(order, SAID_NO, roadToTerminal(desk, order, code));
  }
  return approvedByClient(desk, asked);
}

/** An answer counts for the very order that was asked about; any other answer is a no. */
function answered(
  desk: DeskParts,
  order: Approvable & { reasons: readonly string[] },
  { isYes, question }: Answer,
): Approval {
  const asked = question === undefined ? undefined : knownQuestion(desk, order, question);
  const holds = asked !== undefined && !hasMoved(asked, order.proposals);
  if (isYes && holds) return approvedByClient(desk, asked);
  if (asked !== undefined) voidQuestion(desk, asked, isYes ? MOVED : SAID_NO);
  const { code } = ask(desk, order);
  throw approvalNeeded(order, isYes ? NOT_FOR_THIS : SAID_NO, roadToTerminal(desk, order, code));
}

function approvedByClient(desk: DeskParts, asked: RecordedQuestion): Approval {
  desk.intents.write((journal) => recordApproval(journal, asked, "client"));
  return { asked: asked.seq, by: "client" };
}

/**
 * Stops an order whose yes is used up, expired or void by now; inside the transaction that records
 * the order.
 *
 * @throws {DeskError} `approval_needed`
 */
export function refuseStaleApproval(
  desk: DeskParts,
  order: Approvable,
  approval: Approval,
): void {
  const known = knownQuestion(desk, order);
  if (known?.seq === approval.asked && !hasMoved(known, order.proposals)) return;
  throw new DeskError("approval_needed", "The yes for this order does not hold any more", {
    outcome: "not_placed",
    hint: "It was used, is older than five minutes, or the market moved by more than " +
      `${MAX_MOVE_PERCENT} %. Nothing was sent; the owner is asked anew on another call`,
    details: idsOf(order),
  });
}

function approvalNeeded(
  order: Approvable & { reasons: readonly string[] },
  first: string,
  road: { hint: string; approve?: string },
): DeskError {
  const { hint, ...details } = road;
  const why = order.reasons.length === 0 ? "" : `: ${order.reasons.join("; ")}`;
  return new DeskError("approval_needed", `${first}${why}`, {
    outcome: "not_placed",
    hint: `Nothing was sent. ${hint}`,
    details: { ...idsOf(order), ...details },
  });
}

function roadToTerminal(
  desk: DeskParts,
  order: Approvable,
  code: string,
): { hint: string; approve: string } {
  const approve = `${
    desk.mode === "paper" ? "BACKPACK_MODE=paper " : ""
  }backpack-mcp approve ${code}`;
  return {
    hint: `Tell the owner to run, on a terminal within five minutes, ${approve} (with --data-dir ` +
      `if it is not the default), which shows the order and asks. After that yes, ${again(order)}`,
    approve,
  };
}

/** A yes is for one client id: without it the same call would be another order. */
function again(order: Approvable): string {
  if (order.replaces !== undefined) return "the same call goes through";
  const ids = idsIn(order);
  return ids.length === 1
    ? `the same call goes through with "clientId": ${ids[0]}`
    : `the same call goes through with these clientId, one to each order: ${ids.join(", ")}`;
}
