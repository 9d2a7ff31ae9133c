/**
 * The question that a person answers with yes or no: what it binds to, how it stands in the
 * journal, and whether the market has moved since.
 *
 * @module
 */

import { decimal, divide } from "../decimal.ts";
import {
  APPROVAL_MS,
  type Asked,
  codeOf,
  type Question,
  questionAbout,
  type RecordedQuestion,
  recordQuestion,
  recordVoid,
} from "../journal/approvals.ts";
import { questionLines } from "./approval_text.ts";
import type { DeskParts } from "./parts.ts";
import { opposite } from "./prices.ts";
import type { Approvable, Proposal } from "./proposal.ts";

/** How far the best opposite price may have moved since the question, percent. */
export const MAX_MOVE_PERCENT = "0.5";
const NO_PRICE = "none";

/** The question about just these orders, or the one in row `seq`, if it still holds. */
export function knownQuestion(desk: DeskParts, order: Approvable, seq?: number): Asked | undefined {
  const wanted = { clientId: firstId(order), request: termsOf(order) };
  return desk.intents.read((journal) => {
    const asked = questionAbout(journal, wanted, desk.edges.now(), seq);
    return asked === undefined || isOld(desk, asked) ? [] : [asked];
  })[0];
}

/** Whether it is too old by the exchange's clock; the machine's, which may be set, was asked before. */
function isOld({ effects }: DeskParts, { exchangeMs = Infinity }: Asked): boolean {
  return effects.nowMs() - exchangeMs >= APPROVAL_MS;
}

/** Records the question, with the code that answers it on a terminal. */
export function ask(
  desk: DeskParts,
  order: Approvable & { reasons: readonly string[] },
): { asked: RecordedQuestion; code: string } {
  const question: Question = {
    clientId: firstId(order),
    symbol: [...new Set(order.items.map(({ request }) => request.symbol))].join(", "),
    request: termsOf(order),
    lines: questionLines(desk.mode, order),
    bestOpposite: order.proposals.map(bestOpposite).join(" "),
    exchangeMs: desk.effects.nowMs(),
  };
  const code = codeOf(desk.edges.randomId());
  const seq = desk.intents.write((journal) => recordQuestion(journal, question, code));
  return { asked: { ...question, seq }, code };
}

/** Records that no answer to the question counts any more. */
export function voidQuestion(desk: DeskParts, asked: RecordedQuestion, reason: string): void {
  desk.intents.write((journal) => recordVoid(journal, asked, reason));
}

/** Whether any market moved too far, or lost or found its other side. */
export function hasMoved(asked: Asked, proposals: readonly Proposal[]): boolean {
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
  return { ...terms, replaces };
}

/** The client ids of the orders, in their order. */
export function idsIn({ items }: Approvable): number[] {
  return items.map(({ clientId }) => clientId);
}

function firstId({ items }: Approvable): number {
  return items[0]?.clientId ?? 0;
}

/** The ids that the same call must name once there is a yes, as members of an answer. */
export function idsOf(order: Approvable): Record<string, unknown> {
  if (order.items.length === 1) return { clientId: firstId(order) };
  return { clientIds: idsIn(order) };
}
