/**
 * What would become of an order: every check that {@linkcode createOrder} makes, by the same
 * functions, with its result; and never an effect.
 *
 * @module
 */

import { attempt } from "../account/attempt.ts";
import type { Call } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Market } from "../schemas/mod.ts";
import { type Problem, suggestions } from "./checks.ts";
import { type Costs, costsOf } from "./costs.ts";
import { exitProblems } from "./exits.ts";
import { refuseWhenHalted } from "./halt.ts";
import { judge } from "./judge.ts";
import { type Largest, largestOf } from "./largest.ts";
import { readSituation, usedNow } from "./limits.ts";
import { problemsNow } from "./market_rules.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { requestProblems } from "./order_rules.ts";
import type { Proposal, Used } from "./proposal.ts";
import { reasonsOfSum } from "./reasons.ts";
import { nowOf, recentOrders, refuseWhileUnresolved, repeatToApprove } from "./repeats.ts";

/** One check and its result. */
export interface PreviewCheck {
  /** Such as `market`, or the variable of one of the owner's limits. */
  check: string;
  ok: boolean;
  /** What holds, or what does not and what would. */
  message: string;
  /** The owner's limit, in its own unit, as text. */
  limit?: string;
  /** What the order would make of it, in the same unit. */
  value?: string;
  /** What was left before the order, in the same unit. */
  left?: string;
}

/** What would become of an order. */
export interface Preview {
  /** It would be sent as it is, without asking anybody. */
  wouldSend: boolean;
  /** The market's, the account's and each limit's, whether they hold or not. */
  checks: PreviewCheck[];
  /** Why a person would be asked; empty when nobody would be. */
  approvalReasons: string[];
  /** Complete orders that would keep the market's rules instead. */
  suggestions: OrderRequest[];
  /** Absent when the order is malformed. */
  costs?: Costs;
  /** The most that could be ordered; absent when the exchange does not say. */
  largest?: Largest;
}

/**
 * Judges an order without sending it.
 *
 * @throws {DeskError} when the market or its prices can't be read
 */
export async function previewOrder(
  desk: DeskParts,
  request: OrderRequest,
  repeatOf: number | undefined,
  call: Call,
): Promise<Preview> {
  const malformed = requestProblems(request).map((message): Problem => ({ message }));
  if (malformed.length > 0) return ofProblems("arguments", malformed, request);
  const { market, problems } = await problemsNow(desk, request, call);
  if (problems.length > 0) return ofProblems("market", problems, request);
  return await ofSituation(desk, request, { market, repeatOf }, call);
}

async function ofSituation(
  desk: DeskParts,
  request: OrderRequest,
  { market, repeatOf }: { market: Market; repeatOf: number | undefined },
  call: Call,
): Promise<Preview> {
  const { proposals, account } = await readSituation(desk, [{ request, market }], call);
  const [proposal] = proposals as [Proposal];
  const exits = exitProblems(request, proposal.prices);
  if (exits.length > 0) return ofProblems("exits", exits, request);
  const used = usedNow(desk, account);
  const repetition = checkRepetition(desk, request, repeatOf);
  const checks = [
    ...checkDesk(desk, request, market),
    repetition.check,
    ...checkLimits(desk, proposal, used),
  ];
  const approvalReasons = [...reasonsOfSum(desk.limits, proposals, used), ...repetition.reasons];
  const wouldSend = checks.every(({ ok }) => ok) && approvalReasons.length === 0;
  const figures = await figuresOf(desk, proposal, used, call);
  return { wouldSend, checks, approvalReasons, suggestions: [], ...figures };
}

/** Whether the desk may send anything at all, and anything for this asset. */
function checkDesk(desk: DeskParts, request: OrderRequest, market: Market): PreviewCheck[] {
  return [
    ...closed(desk),
    { check: "market", ok: true, message: `keeps to the rules of ${market.symbol}` },
    tried("halt", "the desk is not halted", () => refuseWhenHalted(desk)),
    tried(
      "unresolved",
      "no order for this asset is of unknown outcome",
      () => refuseWhileUnresolved(request, desk.intents.inDoubt()),
    ),
  ];
}

/** Whether it repeats a recent order, and why a person would be asked if it may. */
function checkRepetition(
  desk: DeskParts,
  request: OrderRequest,
  repeatOf: number | undefined,
): { check: PreviewCheck; reasons: string[] } {
  const recent = recentOrders(desk, request);
  const reasons: string[] = [];
  const check = tried("repetition", "no order just like it was placed lately", () => {
    const reason = repeatToApprove({ repeatOf }, recent, nowOf(desk));
    if (reason !== undefined) reasons.push(reason);
  });
  return { check, reasons };
}

function checkLimits(desk: DeskParts, proposal: Proposal, used: Used): PreviewCheck[] {
  return judge(desk.limits, proposal, used)
    .map(({ variable, ...judgement }) => ({ check: variable, ...judgement }));
}

/** What it would cost and the most that could be ordered; a note says why the latter is missing. */
async function figuresOf(
  desk: DeskParts,
  proposal: Proposal,
  used: Used,
  call: Call,
): Promise<Pick<Preview, "costs" | "largest">> {
  const [costs, largest] = await Promise.all([
    costsOf(desk, proposal, call),
    attempt(largestOf(desk, proposal, used, call)),
  ]);
  if (!(largest instanceof DeskError)) return { costs, largest };
  const note = `The largest quantity could not be read: ${largest.message}`;
  return { costs: { ...costs, notes: [...costs.notes, note] } };
}

/** What keeps this desk from sending anything; empty when nothing does. */
function closed(desk: DeskParts): PreviewCheck[] {
  const variable = { check: "BACKPACK_READ_ONLY", limit: "true" };
  const message = "the owner lets this desk only look";
  const journal = tried("journal", "what is sent can be recorded", () => {
    desk.intents.read((journal) => journal.transact(() => undefined));
  });
  return [
    ...(desk.limits.readOnly ? [{ ...variable, ok: false, message }] : []),
    ...(journal.ok ? [] : [journal]),
  ];
}

function tried(check: string, passed: string, refuse: () => void): PreviewCheck {
  try {
    refuse();
    return { check, ok: true, message: passed };
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    return { check, ok: false, message: `${error.message}. ${error.hint}` };
  }
}

function ofProblems(check: string, problems: readonly Problem[], request: OrderRequest): Preview {
  const checks = problems.map(({ message }) => ({ check, ok: false, message }));
  const better = suggestions(request, problems);
  return { wouldSend: false, checks, approvalReasons: [], suggestions: better };
}
