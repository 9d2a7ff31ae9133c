/**
 * Recording orders that are about to leave: one transaction for the last checks and the intents, so
 * that of two calls or processes the second sees what the first has reserved.
 *
 * @module
 */

import { DeskError } from "../errors.ts";
import type { Stamp } from "../http/mod.ts";
import type { AccountView } from "./account_view.ts";
import { refuseStaleApproval } from "./approval.ts";
import { refuseWhenHalted } from "./halt.ts";
import type { NewIntent } from "./intent.ts";
import { ageOf, refuseByLimits, type Situation, spends } from "./limits.ts";
import type { DeskParts } from "./parts.ts";
import { orderBody } from "./order_request.ts";
import { netQuantity } from "./proposal.ts";
import type { Item, Ready } from "./ready.ts";
import { reasonsToAsk } from "./reasons.ts";
import { refuseSecondReplacement, refuseWhileUnresolved } from "./repeats.ts";

/** How old the prices and balances may be that an order was judged by. */
const MAX_JUDGED_MS = 15_000;

/** Another call under the same client id was faster. */
export class SentMeanwhile extends DeskError {
  /** `clientId` is what both calls named. */
  constructor(clientId: number) {
    super("repeat", "The same call is being sent already", {
      outcome: "not_placed",
      hint: `get_order_outcome { "clientId": ${clientId} } tells what became of it`,
      details: { clientId },
    });
  }
}

/**
 * Records the intents of orders that leave with `stamp`; their rows, in their order.
 *
 * @throws {DeskError} `outcome: "not_placed"`, whatever stops them
 */
export function recordOrders(desk: DeskParts, ready: Ready, stamp: Stamp): number[] {
  const intents = ready.items.map((item, index) => intentOf(desk, ready, item, index));
  return desk.intents.commit(intents, stamp, () => refuseInTransaction(desk, ready));
}

function refuseInTransaction(desk: DeskParts, ready: Ready): void {
  const { items, situation, approval, replaced } = ready;
  refuseWhenHalted(desk);
  const inDoubt = desk.intents.inDoubt();
  for (const { request, clientId } of items) {
    const earlier = desk.intents.under(clientId);
    if (earlier !== undefined && earlier.state !== "not_placed") throw new SentMeanwhile(clientId);
    refuseWhileUnresolved(request, inDoubt);
  }
  if (replaced !== undefined) {
    refuseSecondReplacement(replaced, desk.intents.reservations(desk.effects.nowMs()));
  }
  const reasons = reasonsToAsk(desk, ready);
  if (situation !== undefined) {
    refuseWhenOld(desk, situation);
    refuseByLimits(desk, situation, replaced);
  }
  if (approval !== undefined && situation !== undefined) {
    const { proposals } = situation;
    refuseStaleApproval(desk, { items, proposals, replaces: replaced?.id }, approval);
  } else if (reasons.length > 0) {
    throw askAgain(items, reasons);
  }
}

/** Stops an order that was judged too long ago: the machine may have slept, or the network lagged. */
function refuseWhenOld(desk: DeskParts, situation: Situation): void {
  const ageMs = ageOf(desk, situation);
  if (ageMs <= MAX_JUDGED_MS) return;
  const message = `The prices that this order was judged by are ${Math.round(ageMs / 1000)} s old`;
  throw new DeskError("unavailable", message, {
    outcome: "not_placed",
    hint: "Nothing was sent. Look at the market, and ask for the order again if it is still wanted",
  });
}

/** For an order that needs a yes only now: meanwhile another call used up what needs none. */
function askAgain(items: readonly Item[], reasons: readonly string[]): DeskError {
  const message = `The owner must say yes to this order: ${reasons.join("; ")}`;
  return new DeskError("approval_needed", message, {
    outcome: "not_placed",
    hint: "Nothing was sent. The owner is asked on the next call under this clientId",
    details: { clientId: items[0]?.clientId },
  });
}

function positionIn(symbol: string, account: AccountView): NonNullable<NewIntent["position"]> {
  return { netQuantity: netQuantity(symbol, account).toFixed(), atMs: account.atMs };
}

function intentOf(
  desk: DeskParts,
  { situation, approval, replaced }: Ready,
  { request, clientId, market }: Item,
  index: number,
): NewIntent {
  const account = market.marketType === "SPOT" ? undefined : situation?.account;
  return {
    tool: "create_order",
    symbol: request.symbol,
    clientId,
    request: { ...request },
    body: orderBody(request, clientId),
    spends: spends(request, situation?.proposals[index]),
    limits: desk.limits,
    ...(account === undefined ? {} : { position: positionIn(request.symbol, account) }),
    approval,
    replaces: replaced?.id,
  };
}
