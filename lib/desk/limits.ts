/**
 * The owner's limits on the way of one order: what must be known is read first, the limits are
 * held against it, and once more in the transaction that records the order, with what other
 * calls and processes have reserved meanwhile.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, divide, roundUp, ZERO } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Limits } from "../limit_settings.ts";
import type { Market } from "../schemas/mod.ts";
import { assetsOf } from "../symbol.ts";
import { type AccountView, readAccount } from "./account_view.ts";
import { closeEnded } from "./closing.ts";
import { estimate } from "./estimate.ts";
import { judge } from "./judge.ts";
import type { Reservation } from "./ledger.ts";
import type { Spends } from "./intent.ts";
import type { DeskParts } from "./parts.ts";
import { baseQuantity, type OrderRequest } from "./order_request.ts";
import { readPrices } from "./prices.ts";
import { type Check, type Proposal, type Replaced, type Used, valueOf } from "./proposal.ts";

/** What orders are judged by. */
export interface Situation {
  /** One for each order, in their order. */
  proposals: readonly Proposal[];
  /** The account as it stands now. */
  account: AccountView;
}

/** An order and the market that it is for. */
export interface Placeable {
  request: OrderRequest;
  /** The market that it names. */
  market: Market;
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
 * Reads what orders are judged by, and notes which earlier orders have ended.
 *
 * @throws {DeskError} `outcome: "not_placed"` if any of it can't be had
 */
export async function readSituation(
  desk: DeskParts,
  orders: readonly Placeable[],
  call: Call,
): Promise<Situation> {
  try {
    const [prices, account] = await Promise.all([
      Promise.all(
        orders.map(({ request, market }) => readPrices(desk.exchange, market, request, call)),
      ),
      readAccount(desk, orders.map(({ request }) => request.symbol), call),
    ]);
    await closeEnded(desk, desk.intents.reservations(account.atMs), account, call);
    const proposals = orders.map(({ request, market }, index) => {
      const now = prices[index] ?? { bids: [], asks: [] };
      const rate = account.rates.get(assetsOf(request.symbol).quote);
      return { request, market, prices: now, estimated: estimate(request, now), rate };
    });
    return { proposals, account };
  } catch (error) {
    throw cannotCount(error);
  }
}

/** How long ago a situation was read, ms by the exchange's clock, which a sleeping machine can't stop. */
export function ageOf(desk: DeskParts, { account }: Situation): number {
  return Math.abs(desk.effects.nowMs() - account.atMs);
}

/** What all orders have used by now, the open transaction's view included. */
export function usedNow(desk: DeskParts, account: AccountView, replaced?: Replaced): Used {
  const nowMs = desk.effects.nowMs();
  const reservations = desk.intents.reservations(nowMs);
  const used = { reservations, account, isFirstDay: desk.intents.isFirstDay, nowMs };
  return replaced === undefined ? used : withoutRest(used, replaced);
}

/** What is used without what the order that makes way could still fill; what it executed counts. */
function withoutRest(used: Used, replaced: Replaced): Used {
  const { id, executedQuantity } = replaced;
  const executed = decimal(executedQuantity);
  const reservations = used.reservations.map((reservation): Reservation =>
    reservation.order?.id === id
      ? {
        ...reservation,
        notional: reservation.unit.times(executed),
        exits: exitsOf(reservation, executed),
        state: "unknown",
        makesWay: true,
      }
      : reservation
  );
  const openOrders = used.account.openOrders.filter((order) => order.id !== id);
  return { ...used, reservations, account: { ...used.account, openOrders }, replaced };
}

/** What the exits of the executed part may trade; a part of unknown size keeps all of them. */
function exitsOf({ exits, request }: Reservation, executed: Decimal): Decimal {
  const whole = baseQuantity(request);
  if (whole === undefined) return exits;
  return divide(exits.times(executed), decimal(whole)) ?? exits;
}

/**
 * Every check of every order, each judged as if those before it had been sent: a batch passes as a
 * whole or not at all.
 */
function judgeAll(desk: DeskParts, proposals: readonly Proposal[], used: Used): Check[][] {
  const reservations = [...used.reservations];
  return proposals.map((proposal) => {
    const checks = judge(desk.limits, proposal, { ...used, reservations: [...reservations] });
    reservations.push(reservationOf(proposal, used.nowMs));
    return checks;
  });
}

function reservationOf(proposal: Proposal, nowMs: number): Reservation {
  const { request } = proposal;
  const value = valueOf(proposal) ?? { notional: ZERO, unit: ZERO, exits: ZERO };
  const { symbol, clientId } = request;
  const rest = { isApproved: true, state: "in_flight", isClosed: false };
  const quantity = quantityOf(request, proposal);
  return {
    ...{ ...value, ...rest, seq: 0, atMs: nowMs, sentAtMs: nowMs, clientId, symbol, request },
    quantity,
  };
}

/**
 * Stops an order that would break a limit.
 *
 * @throws {DeskError} `limit`, naming each limit, its value, the order's and what is left
 */
export function refuseByLimits(
  desk: DeskParts,
  { proposals, account }: Situation,
  replaced?: Replaced,
): void {
  const used = usedNow(desk, account, replaced);
  const broken = judgeAll(desk, proposals, used).flatMap((checks, index) => {
    // In a batch "this order" would be anyone's.
    const which = proposals.length > 1 ? `orders[${index}]: ` : "";
    return checks.filter(({ ok }) => !ok)
      .map((check) => ({ ...check, message: which + check.message }));
  });
  if (broken.length === 0) return;
  const names = [...new Set(broken.map(({ variable }) => variable))];
  throw new DeskError("limit", `The owner's limits: ${broken.map(textOf).join("; ")}`, {
    outcome: "not_placed",
    hint: hintOn(names),
    details: { limits: broken.map(({ ok: _, message: __, ...rest }) => rest) },
  });
}

function hintOn(names: readonly string[]): string {
  const [name] = names;
  // The only limit that waiting alone can meet.
  const wait = names.length === 1 && name === "BACKPACK_MAX_ORDERS_PER_MINUTE"
    ? " It passes once the oldest of them is a minute ago."
    : "";
  const list = names.join(", ");
  return `Nothing was sent.${wait} Only the owner can change ${list}, in the settings of this ` +
    "server, and restart it";
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

/** USD, rounded up, for the journal; by the order's own words where no market was asked. */
export function spends(request: OrderRequest, proposal: Proposal | undefined): Spends {
  const value = proposal === undefined ? undefined : valueOf(proposal);
  if (value === undefined) return spendsByItself(request);
  const { notional, unit, exits } = value;
  const quantity = quantityOf(request, proposal);
  return {
    notional: roundUp(notional, 8),
    unit: roundUp(unit, 8),
    ...(exits.isZero() ? {} : { exits: roundUp(exits, 8) }),
    ...(quantity === undefined ? {} : { quantity: quantity.toFixed() }),
  };
}

/**
 * The quantity of an order that names none in the base asset. It is recorded, since notional and
 * unit, both rounded to eight decimals, are too coarse to work it out from afterwards.
 */
function quantityOf(request: OrderRequest, proposal: Proposal | undefined): Decimal | undefined {
  if (proposal === undefined || "missing" in proposal.estimated) return undefined;
  return baseQuantity(request) === undefined ? proposal.estimated.quantity : undefined;
}

function spendsByItself({ price, quantity, quoteQuantity }: OrderRequest): Spends {
  if (price === undefined || quantity === undefined) {
    return { notional: quoteQuantity ?? "0", unit: "0" };
  }
  return { notional: roundUp(decimal(price).times(decimal(quantity)), 8), unit: price };
}

function textOf({ variable, message }: Check): string {
  return `${message} (${variable})`;
}

function cannotCount(error: unknown): unknown {
  if (!(error instanceof DeskError)) return error;
  return error.with({
    message: `The owner's limits can't be checked: ${error.message}`,
    outcome: "not_placed",
  });
}
