/**
 * Why a person's yes is needed for orders. Asked before they are signed, and once more in the
 * transaction that records them.
 *
 * @module
 */

import { reasonsOfSum } from "./approval.ts";
import { usedNow } from "./limits.ts";
import type { DeskParts } from "./mod.ts";
import type { Ready } from "./ready.ts";
import { MEMORY_MS, repeatToApprove } from "./repeats.ts";

/**
 * The reasons, each a clause; empty when none is needed.
 *
 * @throws {DeskError} `repeat` for a repetition that was not asked for
 */
export function reasonsToAsk(desk: DeskParts, { items, situation, replaced }: Ready): string[] {
  const recent = desk.intents.recent(MEMORY_MS);
  const repeats = items.map((item) =>
    repeatToApprove(item.request, item, recent, desk.edges.now())
  );
  const sum = situation === undefined ? [] : reasonsOfSum(
    desk.limits,
    situation.proposals,
    usedNow(desk, situation.account, replaced),
  );
  return [...repeats.filter((repeat) => repeat !== undefined), ...sum];
}
