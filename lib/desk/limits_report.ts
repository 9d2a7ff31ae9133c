/**
 * The owner's limits, each with what is used of it and what is left.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, roundDown, roundUp, ZERO } from "../decimal.ts";
import { readAccount } from "./account_view.ts";
import { closeEnded } from "./closing.ts";
import type { Used } from "./proposal.ts";
import { sentWithin, unapprovedNotional } from "./ledger.ts";
import { usedNow } from "./limits.ts";
import type { DeskParts } from "./mod.ts";
import { restingCount } from "./standing.ts";
import { dailyNotional } from "./usage.ts";

/** One of the owner's limits; amounts in USD, counts as whole numbers, all as text. */
export interface LimitState {
  variable: string;
  limit: string;
  used?: string;
  left?: string;
}

/**
 * Every limit in force.
 *
 * @throws {DeskError} when what is used can't be counted
 */
export async function limitStates(desk: DeskParts, call: Call): Promise<LimitState[]> {
  const account = await readAccount(desk, [], call);
  await closeEnded(desk, desk.intents.reservations(account.atMs), account, call);
  const used = usedNow(desk, account);
  const { limits } = desk;
  const { reservations, isFirstDay, nowMs } = used;
  const minute = sentWithin(reservations, 60_000, nowMs).length;
  return [
    { variable: "BACKPACK_READ_ONLY", limit: String(limits.readOnly) },
    { variable: "BACKPACK_SYMBOLS", limit: limits.symbols?.join(",") ?? "all" },
    { variable: "BACKPACK_MAX_ORDER_NOTIONAL", limit: limits.maxOrderNotional },
    amount(
      "BACKPACK_MAX_DAILY_NOTIONAL",
      limits.maxDailyNotional,
      dailyNotional(reservations, account, isFirstDay),
    ),
    amount("BACKPACK_MAX_POSITION_NOTIONAL", limits.maxPositionNotional, largestPosition(used)),
    count("BACKPACK_MAX_OPEN_ORDERS", limits.maxOpenOrders, restingCount(reservations, account)),
    count("BACKPACK_MAX_ORDERS_PER_MINUTE", limits.maxOrdersPerMinute, minute),
    { variable: "BACKPACK_PRICE_COLLAR_PERCENT", limit: limits.priceCollarPercent },
    { variable: "BACKPACK_ALLOW_BORROW", limit: String(limits.allowBorrow) },
    amount(
      "BACKPACK_CONFIRM_ABOVE",
      limits.confirmAbove ?? "none",
      unapprovedNotional(reservations, nowMs),
    ),
    { variable: "BACKPACK_CONFIRM_BY", limit: limits.confirmBy },
  ];
}

function amount(variable: string, limit: string, used: Decimal): LimitState {
  if (limit === "none") return { variable, limit, used: roundUp(used) };
  const left = decimal(limit).minus(used);
  return { variable, limit, used: roundUp(used), left: roundDown(left.lt(0) ? ZERO : left) };
}

function count(variable: string, limit: string, used: number): LimitState {
  if (limit === "none") return { variable, limit, used: String(used) };
  return { variable, limit, used: String(used), left: String(Math.max(0, Number(limit) - used)) };
}

/** USD of the largest perpetual position, by the exchange's own figure. */
function largestPosition({ account }: Used): Decimal {
  return account.positions
    .map(({ netExposureNotional }) => decimal(netExposureNotional ?? "0").abs())
    .reduce((a, b) => b.gt(a) ? b : a, ZERO);
}
