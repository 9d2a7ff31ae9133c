/**
 * The owner's limits, each with what is used of it and what is left.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, largest, roundDown, roundUp, ZERO } from "../decimal.ts";
import type { Limits } from "../limit_settings.ts";
import { readAccount } from "./account_view.ts";
import { closeEnded } from "./closing.ts";
import { leftOf, type Used } from "./proposal.ts";
import { sentWithin, unapprovedNotional } from "./ledger.ts";
import { usedNow } from "./limits.ts";
import type { DeskParts } from "./parts.ts";
import { restingCount } from "./standing.ts";
import { dailyNotional } from "./usage.ts";

/** One of the owner's limits; amounts in USD, counts as whole numbers, all as text. */
export interface LimitState {
  /** The setting's name, such as `BACKPACK_MAX_DAILY_NOTIONAL`. */
  variable: string;
  /** As the owner set it, or the default; USD, a count or percent, as text. */
  limit: string;
  /** In the limit's own unit. */
  used?: string;
  /** What a next order may still use, in the limit's own unit. */
  left?: string;
}

/** Every limit in force. */
export interface LimitsReport {
  limits: LimitState[];
  /** In paper mode: where the account is kept, and whose prices it trades at. */
  paper?: string;
}

/** Every limit in force, without what is used of it: nothing is asked for that. */
export function limitsInForce(limits: Limits): LimitState[] {
  return [
    { variable: "BACKPACK_READ_ONLY", limit: String(limits.readOnly) },
    { variable: "BACKPACK_SYMBOLS", limit: limits.symbols?.join(",") ?? "all" },
    { variable: "BACKPACK_MAX_ORDER_NOTIONAL", limit: limits.maxOrderNotional },
    { variable: "BACKPACK_MAX_DAILY_NOTIONAL", limit: limits.maxDailyNotional },
    { variable: "BACKPACK_MAX_POSITION_NOTIONAL", limit: limits.maxPositionNotional },
    { variable: "BACKPACK_MAX_OPEN_ORDERS", limit: limits.maxOpenOrders },
    { variable: "BACKPACK_MAX_ORDERS_PER_MINUTE", limit: limits.maxOrdersPerMinute },
    { variable: "BACKPACK_PRICE_COLLAR_PERCENT", limit: limits.priceCollarPercent },
    { variable: "BACKPACK_ALLOW_BORROW", limit: String(limits.allowBorrow) },
    { variable: "BACKPACK_CONFIRM_ABOVE", limit: limits.confirmAbove ?? "none" },
    { variable: "BACKPACK_CONFIRM_BY", limit: limits.confirmBy },
  ];
}

/**
 * Every limit in force, with what is used and what is left.
 *
 * @throws {DeskError} when what is used can't be counted
 */
export async function reportLimits(desk: DeskParts, call: Call): Promise<LimitsReport> {
  const account = await readAccount(desk, [], call);
  await closeEnded(desk, desk.intents.reservations(account.atMs), account, call);
  const used = usedOf(usedNow(desk, account));
  const limits = limitsInForce(desk.limits).map((state) => {
    const amount = used[state.variable];
    return amount === undefined ? state : withUsed(state, amount);
  });
  return { limits, ...(desk.paperNote === undefined ? {} : { paper: desk.paperNote }) };
}

/** USD or counts, by variable. */
function usedOf(used: Used): Readonly<Record<string, Decimal>> {
  const { reservations, account, isFirstDay, nowMs } = used;
  return {
    BACKPACK_MAX_DAILY_NOTIONAL: dailyNotional(reservations, account, isFirstDay),
    BACKPACK_MAX_POSITION_NOTIONAL: largestPosition(used),
    BACKPACK_MAX_OPEN_ORDERS: ZERO.plus(restingCount(reservations, account)),
    BACKPACK_MAX_ORDERS_PER_MINUTE: ZERO.plus(sentWithin(reservations, 60_000, nowMs).length),
    BACKPACK_CONFIRM_ABOVE: unapprovedNotional(reservations, nowMs),
  };
}

function withUsed({ variable, limit }: LimitState, used: Decimal): LimitState {
  if (limit === "none") return { variable, limit, used: roundUp(used) };
  return { variable, limit, used: roundUp(used), left: roundDown(leftOf(limit, used)) };
}

/** USD of the largest perpetual position, by the exchange's own figure. */
function largestPosition({ account }: Used): Decimal {
  const sizes = account.positions
    .map(({ netExposureNotional }) => decimal(netExposureNotional ?? "0").abs());
  return largest(sizes) ?? ZERO;
}
