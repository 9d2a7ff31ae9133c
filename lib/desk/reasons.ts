/**
 * Why a person's yes is needed for an order. Asked before it is signed, and once more in the
 * transaction that records it.
 *
 * @module
 */

import { reasonsOfSum } from "./approval.ts";
import { usedNow } from "./limits.ts";
import type { DeskParts } from "./mod.ts";
import { MEMORY_MS, repeatToApprove } from "./repeats.ts";
import type { ReadyOrder } from "./send.ts";

/**
 * The reasons, each a clause; empty when none is needed.
 *
 * @throws {DeskError} `repeat` for a repetition that was not asked for
 */
export function reasonsToAsk(desk: DeskParts, order: ReadyOrder): string[] {
  const { request, repeatOf, situation } = order;
  const recent = desk.intents.recent(MEMORY_MS);
  const repeat = repeatToApprove(request, repeatOf, recent, desk.edges.now());
  const sum = situation === undefined
    ? []
    : reasonsOfSum(desk.limits, situation.proposal, usedNow(desk, situation.account));
  return [...(repeat === undefined ? [] : [repeat]), ...sum];
}
