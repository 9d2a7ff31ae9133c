/**
 * A yes that the model cannot give. From the owner's sum on, and for a repetition of an order that
 * is not known to stand, a person must approve: in a form of the client's, or on a terminal. A yes
 * holds for exactly one order, for five minutes, and only while the market stays where it was.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal, divide, roundUp } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import {
  type Asked,
  codeOf,
  type Question,
  questionAbout,
  recordApproval,
  recordQuestion,
  recordVoid,
} from "../journal/approvals.ts";
import type { Limits } from "../limit_settings.ts";
import { questionLines } from "./approval_text.ts";
import type { Approval } from "./intents.ts";
import { type Proposal, type Used, valueOf } from "./proposal.ts";
import { unapprovedNotional } from "./ledger.ts";
import type { DeskParts } from "./mod.ts";
import type { OrderRequest } from "./order_request.ts";
import { type Answer, answerOf, AnswerPending, type Person } from "./person.ts";
import { opposite } from "./prices.ts";

/** Orders that may need a person's yes, given to all of them or to none. */
export interface Approvable {
  items: readonly { request: OrderRequest; clientId: number }[];
  /** One for each, in their order. */
  proposals: readonly Proposal[];
  /** The exchange's id of the order that makes way. */
  replaces?: string | undefined;
}

/** The best opposite price may have moved so far since the question, percent. */
const MAX_MOVE_PERCENT = "0.5";
const NO_PRICE = "none";
const MOVED = `the market moved by more than ${MAX_MOVE_PERCENT} %`;
const UNASKED = "The owner must say yes";
const SAID_NO = "The person at the client did not say yes";
const NOT_FOR_THIS = "The yes that came with this call does not hold";

/** Why the owner's sum asks for a person's yes; empty if it does not. */
export function reasonsOfSum(
  { confirmAbove }: Limits,
  proposals: readonly Proposal[],
  used: Used,
): string[] {
  if (confirmAbove === undefined) return [];
  const values = proposals.map(valueOf).filter((value) => value !== undefined);
  if (values.length < proposals.length) return ["its value can't be told"];
  const before = unapprovedNotional(used.reservations, used.nowMs);
  const sum = values.reduce((sum, { notional }) => sum.plus(notional), before);
  if (sum.lt(decimal(confirmAbove))) return [];
  return [
    `with the last hour's unapproved orders it comes to ${roundUp(sum)} USD, and from ` +
    `${confirmAbove} USD on (BACKPACK_CONFIRM_ABOVE) the owner must say yes`,
  ];
}

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
  if (asks === undefined) throw approvalNeeded(order, UNASKED, roadToTerminal(desk, code));
  if (!("approves" in asks)) throw new AnswerPending(asked, idsIn(order));
  if (!await asks.approves(asked.lines, call) || call.signal.aborted) {
    throw approvalNeeded(order, SAID_NO, roadToTerminal(desk, code));
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
  throw approvalNeeded(order, isYes ? NOT_FOR_THIS : SAID_NO, roadToTerminal(desk, code));
}

function approvedByClient(desk: DeskParts, asked: Asked): Approval {
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

function knownQuestion(desk: DeskParts, order: Approvable, seq?: number): Asked | undefined {
  const wanted = { clientId: firstId(order), request: termsOf(order) };
  return desk.intents.read((journal) => {
    const asked = questionAbout(journal, wanted, desk.edges.now(), seq);
    return asked === undefined ? [] : [asked];
  })[0];
}

function ask(
  desk: DeskParts,
  order: Approvable & { reasons: readonly string[] },
): { asked: Asked; code: string } {
  const question: Question = {
    clientId: firstId(order),
    symbol: [...new Set(order.items.map(({ request }) => request.symbol))].join(", "),
    request: termsOf(order),
    lines: questionLines(desk.mode, order),
    bestOpposite: order.proposals.map(bestOpposite).join(" "),
  };
  const code = codeOf(desk.edges.randomId());
  const seq = desk.intents.write((journal) => recordQuestion(journal, question, code));
  const askedAtMs = desk.edges.now();
  return { asked: { ...question, seq, askedAtMs, expiresAtMs: askedAtMs }, code };
}

function voidQuestion(desk: DeskParts, asked: Asked, reason: string): void {
  desk.intents.write((journal) => recordVoid(journal, asked, reason));
}

/** Whether any market moved too far, or lost or found its other side. */
function hasMoved(asked: Asked, proposals: readonly Proposal[]): boolean {
  const then = asked.bestOpposite.split(" ");
  return proposals.some((proposal, index) =>
    movedTooFar(then[index] ?? NO_PRICE, bestOpposite(proposal))
  );
}

function movedTooFar(then: string, now: string): boolean {
  if (then === now) return false;
  if (then === NO_PRICE || now === NO_PRICE) return true;
  const percent = divide(decimal(now).minus(then).abs().times(100), decimal(then));
  return percent === undefined || percent.gt(MAX_MOVE_PERCENT);
}

function bestOpposite({ prices, request }: Proposal): string {
  return opposite(prices, request.side)[0]?.price.toFixed() ?? NO_PRICE;
}

/** What the yes binds to: for one order all but its id, which the question has beside it. */
function termsOf({ items, replaces }: Approvable): Record<string, unknown> {
  if (items.length > 1) {
    return { orders: items.map(({ request, clientId }) => ({ ...request, clientId })) };
  }
  const { clientId: _, ...terms } = items[0]?.request ?? {};
  return replaces === undefined ? terms : { ...terms, replaces };
}

function idsIn({ items }: Approvable): number[] {
  return items.map(({ clientId }) => clientId);
}

function firstId({ items }: Approvable): number {
  return items[0]?.clientId ?? 0;
}

/** What to come back with. */
function idsOf(order: Approvable): Record<string, unknown> {
  if (order.items.length === 1) return { clientId: firstId(order) };
  return { clientIds: idsIn(order) };
}

function approvalNeeded(
  order: Approvable & { reasons: readonly string[] },
  first: string,
  road: { hint: string; approve?: string },
): DeskError {
  const { hint, ...details } = road;
  const why = order.reasons.length === 0 ? "" : `: ${order.reasons.join("; ")}`;
  const to = first === NOT_FOR_THIS ? "for" : "to";
  return new DeskError("approval_needed", `${first} ${to} this order${why}`, {
    outcome: "not_placed",
    hint: `Nothing was sent. ${hint}`,
    details: { ...idsOf(order), ...details },
  });
}

function roadToTerminal(desk: DeskParts, code: string): { hint: string; approve: string } {
  const approve = `${
    desk.mode === "paper" ? "BACKPACK_MODE=paper " : ""
  }backpack-mcp approve ${code}`;
  return {
    hint: `Tell the owner to run, on a terminal within five minutes, ${approve} (with --data-dir ` +
      "if it is not the default), which shows the order and asks. After that yes, the same call " +
      "goes through, with this clientId if it takes one",
    approve,
  };
}
