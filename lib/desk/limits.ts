/**
 * The owner's limits on the way of one order: what must be known is read first, the limits are
 * held against it, and once more in the transaction that records the order, with what other
 * calls and processes have reserved meanwhile.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { roundUp } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Limits } from "../limit_settings.ts";
import type { Market } from "../schemas/mod.ts";
import { type AccountView, quoteOf, readAccount } from "./account_view.ts";
import { closeEnded } from "./closing.ts";
import { estimate } from "./estimate.ts";
import { type Check, judge, type Proposal, type Used, valueOf } from "./judge.ts";
import type { Spends } from "./intents.ts";
import type { DeskParts } from "./mod.ts";
import type { OrderRequest } from "./order_request.ts";
import { readPrices } from "./prices.ts";

/** What an order is judged by. */
export interface Situation {
  proposal: Proposal;
  account: AccountView;
}

const NEEDED_FOR: readonly (keyof Limits)[] = [
  "maxOrderNotional",
  "maxDailyNotional",
  "maxPositionNotional",
  "maxOpenOrders",
  "maxOrdersPerMinute",
  "priceCollarPercent",
];

/** Whether any limit must be counted; a list of markets needs no counting. */
export function mustCount(limits: Limits): boolean {
  return limits.confirmAbove !== undefined ||
    NEEDED_FOR.some((name) => limits[name] !== "none");
}

/**
 * Reads what an order is judged by, and notes which earlier orders have ended.
 *
 * @throws {DeskError} `outcome: "not_placed"` if any of it can't be had
 */
export async function readSituation(
  desk: DeskParts,
  request: OrderRequest,
  market: Market,
  call: Call,
): Promise<Situation> {
  try {
    const [prices, account] = await Promise.all([
      readPrices(desk.exchange, market, request, call),
      readAccount(desk, request.symbol, call),
    ]);
    const rate = account.rates.get(quoteOf(request.symbol));
    const proposal = { request, market, prices, estimated: estimate(request, prices), rate };
    await closeEnded(desk, desk.intents.reservations(account.atMs), account, call);
    return { proposal, account };
  } catch (error) {
    throw cannotCount(error);
  }
}

/** What all orders have used by now, the open transaction's view included. */
export function usedNow(desk: DeskParts, account: AccountView): Used {
  const nowMs = desk.effects.nowMs();
  const reservations = desk.intents.reservations(nowMs);
  return { reservations, account, isFirstDay: desk.intents.isFirstDay, nowMs };
}

/**
 * Stops an order that would break a limit.
 *
 * @throws {DeskError} `limit`, naming each limit, its value, the order's and what is left
 */
export function refuseByLimits(desk: DeskParts, { proposal, account }: Situation): void {
  const broken = judge(desk.limits, proposal, usedNow(desk, account)).filter(({ ok }) => !ok);
  if (broken.length === 0) return;
  const names = broken.map(({ variable }) => variable);
  throw new DeskError("limit", `The owner's limits: ${broken.map(textOf).join("; ")}`, {
    outcome: "not_placed",
    hint: `Nothing was sent. Only the owner can change ${names.join(", ")}, in the settings of ` +
      "this server, and restart it",
    details: { limits: broken.map(({ ok: _, message: __, ...rest }) => rest) },
  });
}

/** Stops an order for a market that the owner has not listed, before anything is asked for it. */
export function refuseBySymbol(limits: Limits, symbol: string): void {
  const { symbols } = limits;
  if (symbols === undefined || symbols.includes(symbol)) return;
  throw new DeskError("limit", `${symbol} is not on the owner's list: ${symbols.join(", ")}`, {
    outcome: "not_placed",
    hint: "Nothing was sent. Only the owner can change BACKPACK_SYMBOLS, and restart the server",
    details: { limits: [{ variable: "BACKPACK_SYMBOLS", limit: symbols.join(",") }] },
  });
}

/** USD, rounded up, for the journal. */
export function spends(proposal: Proposal): Spends {
  const value = valueOf(proposal);
  if (value === undefined) return { notional: "0", unit: "0" };
  const { notional, unit, exits } = value;
  return {
    notional: roundUp(notional, 8),
    unit: roundUp(unit, 8),
    ...(exits.isZero() ? {} : { exits: roundUp(exits, 8) }),
  };
}

function textOf({ variable, message }: Check): string {
  return `${message} (${variable})`;
}

function cannotCount(error: unknown): unknown {
  if (!(error instanceof DeskError)) return error;
  return error.with({
    message: `The owner's limits can't be checked: ${error.message}`,
    hint: error.hint ?? "Nothing was sent; look again in a moment",
    outcome: "not_placed",
  });
}
