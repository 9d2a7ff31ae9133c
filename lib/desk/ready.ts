/**
 * Making orders ready to be sent: judged by all that can stop them, and approved where that is
 * needed. Every order of every tool goes through here; the transaction that records it
 * (`record.ts`) holds it against the same once more.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { approvedIdFor } from "../journal/approvals.ts";
import type { Market } from "../schemas/mod.ts";
import { approvalFor } from "./approval.ts";
import { exitProblems } from "./exits.ts";
import { refuseWhenHalted } from "./halt.ts";
import type { Approval } from "./intent.ts";
import { mustCount, readSituation, refuseByLimits, type Situation } from "./limits.ts";
import { refuse } from "./market_rules.ts";
import type { DeskParts } from "./parts.ts";
import type { OrderRequest } from "./order_request.ts";
import { answerOf, type Person } from "./person.ts";
import type { Replaced } from "./proposal.ts";
import { reasonsToAsk } from "./reasons.ts";
import { refuseWhileUnresolved } from "./repeats.ts";
import { exitCount } from "./standing.ts";

/** One order that is meant to be sent. */
export interface Item {
  request: OrderRequest;
  market: Market;
  /** The one it will be sent under. */
  clientId: number;
  /** The client id of an earlier order like it that is meant to be repeated. */
  repeatOf?: number | undefined;
}

/** Orders on their way together, with all that was found out for them. */
export interface Ready {
  items: readonly Item[];
  /** Absent when the owner lifted every limit. */
  situation?: Situation;
  /** A person's yes, where one was needed. */
  approval?: Approval;
  /** The order that makes way for this one. */
  replaced?: Replaced;
}

/** What beside the orders themselves it takes to make them ready. */
export interface ReadyOptions {
  /** Who can be asked for a yes, if the client can show a form. */
  person?: Person | undefined;
  /** The order that makes way for this one. */
  replaced?: Replaced;
}

/**
 * Judges orders, and gets a person's yes where one is needed.
 *
 * @throws {DeskError} `outcome: "not_placed"`, whatever stops them
 */
export async function makeReady(
  desk: DeskParts,
  items: readonly Item[],
  { person, replaced }: ReadyOptions,
  call: Call,
): Promise<Ready> {
  refuseWhenHalted(desk);
  const inDoubt = desk.intents.inDoubt();
  for (const { request } of items) refuseWhileUnresolved(request, inDoubt);
  const situation = await situationOf(desk, items, call);
  refuseExits(items, situation);
  if (situation !== undefined) refuseByLimits(desk, situation, replaced);
  const ready = {
    items,
    ...(situation === undefined ? {} : { situation }),
    ...(replaced === undefined ? {} : { replaced }),
  };
  return await approved(desk, ready, person, call);
}

async function situationOf(
  desk: DeskParts,
  items: readonly Item[],
  call: Call,
): Promise<Situation | undefined> {
  const isNeeded = mustCount(desk.limits) || items.some(({ request }) => exitCount(request) > 0);
  return isNeeded ? await readSituation(desk, items, call) : undefined;
}

/** Gets a person's yes where one is needed, and judges anew afterwards: answering takes time. */
async function approved(
  desk: DeskParts,
  ready: Ready,
  person: Person | undefined,
  call: Call,
): Promise<Ready> {
  const reasons = reasonsToAsk(desk, ready);
  // A no counts even when nobody need be asked any more.
  if (reasons.length === 0 && answerOf(person) === undefined) return ready;
  const { items, replaced } = ready;
  const { proposals } = ready.situation ?? await readSituation(desk, items, call);
  const approval = await approvalFor(
    desk,
    { items, proposals, reasons, replaces: replaced?.id },
    person,
    call,
  );
  const situation = await readSituation(desk, items, call);
  refuseExits(items, situation);
  refuseByLimits(desk, situation, replaced);
  return { ...ready, situation, approval };
}

function refuseExits(items: readonly Item[], situation: Situation | undefined): void {
  items.forEach(({ request }, index) => {
    refuse(exitProblems(request, situation?.proposals[index]?.prices), request);
  });
}

/** The client id under which a person has said yes to just this order or replacement, if one has. */
export function approvedIdOf(
  desk: DeskParts,
  request: OrderRequest,
  replaces?: string,
): number | undefined {
  const terms = { ...request, replaces };
  return desk.intents.read((journal) => approvedIdFor(journal, terms, desk.edges.now()));
}
