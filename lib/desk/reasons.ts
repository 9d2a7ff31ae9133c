/**
 * Why a person's yes is needed for orders. Asked before they are signed, and once more in the
 * transaction that records them.
 *
 * @module
 */

import { decimal, roundUp } from "../decimal.ts";
import type { Limits } from "../limit_settings.ts";
import { unapprovedNotional } from "./ledger.ts";
import { usedNow } from "./limits.ts";
import type { DeskParts } from "./parts.ts";
import { type Proposal, type Used, valueOf } from "./proposal.ts";
import type { Ready } from "./ready.ts";
import { nowOf, recentOrders, repeatToApprove } from "./repeats.ts";

/**
 * The reasons, each a clause; empty when none is needed.
 *
 * @throws {DeskError} `repeat` for a repetition that was not asked for
 */
export function reasonsToAsk(desk: DeskParts, { items, situation, replaced }: Ready): string[] {
  const repeats = items.map(({ request, ...item }) => {
    const recent = recentOrders(desk, request);
    const intended = { ...item, isReplacement: replaced !== undefined };
    return repeatToApprove(intended, recent, nowOf(desk));
  });
  const sum = situation === undefined ? [] : reasonsOfSum(
    desk.limits,
    situation.proposals,
    usedNow(desk, situation.account, replaced),
  );
  return [...repeats.filter((repeat) => repeat !== undefined), ...sum];
}

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
