/**
 * The owner's limits, held against an order: one check a limit, each with its value, what the
 * order would use and what is left. The same checks answer a preview and stop an order.
 *
 * @module
 */

import { type Decimal, decimal, divide, largest, roundDown, roundUp, ZERO } from "../decimal.ts";
import type { Limit, Limits } from "../limit_settings.ts";
import type { Market } from "../schemas/mod.ts";
import type { AccountView } from "./account_view.ts";
import type { Estimated } from "./estimate.ts";
import { type Reservation, sentWithin } from "./ledger.ts";
import { isTrigger, type OrderRequest } from "./order_request.ts";
import { type Prices, strictest } from "./prices.ts";
import {
  dailyNotional,
  exitCount,
  mayRest,
  restingCount,
  standingOrders,
  UnknownRate,
} from "./usage.ts";

/** An order with everything that is known when it is judged. */
export interface Proposal {
  request: OrderRequest;
  market: Market;
  prices: Prices;
  estimated: Estimated;
  /** USD of one unit of the quote asset; absent where nobody tells. */
  rate: Decimal | undefined;
}

/** What all orders together have used. */
export interface Used {
  reservations: readonly Reservation[];
  account: AccountView;
  /** The journal is younger than a day. */
  isFirstDay: boolean;
  /** Unix ms by the exchange's clock. */
  nowMs: number;
}

/** One limit and how an order fares against it. */
export interface Check {
  /** The setting that holds the limit. */
  variable: string;
  ok: boolean;
  /** A sentence without its period: the limit, this order's value, what is left. */
  message: string;
  /** The limit as the owner set it. */
  limit: string;
  /** This order's share, where it is a number. */
  value?: string;
  /** What was left before this order. */
  left?: string;
}

/** Every check that the owner's limits ask for; those that are lifted are left out. */
export function judge(limits: Limits, proposal: Proposal, used: Used): Check[] {
  const checks = [
    checkSymbol(limits, proposal),
    checkBorrow(limits, proposal),
    checkCollar(limits, proposal),
    checkOrder(limits, proposal, used),
    checkDay(limits, proposal, used),
    checkPosition(limits, proposal, used),
    checkOpenOrders(limits, proposal, used),
    checkRate(limits, used),
  ];
  return checks.filter((check) => check !== undefined);
}

/** USD that an order may spend. */
export interface Value {
  notional: Decimal;
  /** Of one unit of the base asset. */
  unit: Decimal;
  /** Of its take-profit or stop-loss, which may fill once it has. */
  exits: Decimal;
}

/** What an order may spend; `undefined` where that can't be told. */
export function valueOf({ estimated, rate }: Proposal): Value | undefined {
  if ("missing" in estimated || rate === undefined) return undefined;
  const { notional, unit, exits } = estimated;
  return { notional: notional.times(rate), unit: unit.times(rate), exits: exits.times(rate) };
}

function checkBorrow({ allowBorrow }: Limits, { request }: Proposal): Check | undefined {
  if (request.autoBorrow !== true) return undefined;
  const message = allowBorrow
    ? "the owner lets orders borrow"
    : "autoBorrow makes a debt, and the owner lets no order borrow";
  const limit = String(allowBorrow);
  return { variable: "BACKPACK_ALLOW_BORROW", ok: allowBorrow, message, limit };
}

function checkSymbol({ symbols }: Limits, { request }: Proposal): Check | undefined {
  if (symbols === undefined) return undefined;
  const ok = symbols.includes(request.symbol);
  const message = ok
    ? `${request.symbol} is on the owner's list`
    : `${request.symbol} is not on the owner's list of markets: ${symbols.join(", ")}`;
  return { variable: "BACKPACK_SYMBOLS", ok, message, limit: symbols.join(",") };
}

function checkCollar(
  { priceCollarPercent: limit }: Limits,
  { request, prices, estimated, market }: Proposal,
): Check | undefined {
  if (limit === "none") return undefined;
  const variable = "BACKPACK_PRICE_COLLAR_PERCENT";
  const refused = (message: string): Check => ({ variable, ok: false, message, limit });
  if ("missing" in estimated) return refused(`the price can't be compared: ${estimated.missing}`);
  if (estimated.isShort) return refused("the book does not hold enough for this order");
  if (market.marketType !== "SPOT" && prices.mark === undefined && !isTrigger(request)) {
    return refused("the price can't be compared: the exchange tells no mark price");
  }
  const reference = referenceOf(request, prices);
  if (reference === "none") return undefined;
  if (reference === undefined) return refused("the price can't be compared: the market tells none");
  const price = request.orderType === "Limit"
    ? decimal(request.price ?? "0")
    : estimated.fill?.worstPrice ?? ZERO;
  const bound = boundOf(reference.price, request.side, limit);
  const isBid = request.side === "Bid";
  const ok = isBid ? price.lte(bound) : price.gte(bound);
  const what = request.orderType === "Limit"
    ? `price ${price.toFixed()}`
    : `it would fill ${isBid ? "up" : "down"} to ${price.toFixed()}, which`;
  const worse = worsePercent(price, reference.price, isBid);
  const distance = worse.lte(0) ? "not worse than" : `${roundUp(worse)} % worse than`;
  const pass = isBid ? "at most" : "at least";
  const message = `${what} is ${distance} the ${reference.name}, ${reference.price.toFixed()}; ` +
    `${pass} ${bound.toFixed()} passes the collar of ${limit} %`;
  return { variable, ok, message, limit, value: `${roundUp(worse)} %` };
}

/** What a price is compared with: the market's, or the trigger that a Limit order waits for. */
function referenceOf(
  request: OrderRequest,
  prices: Prices,
): { price: Decimal; name: string } | "none" | undefined {
  if (request.triggerPrice === undefined) return strictest(prices, request.side);
  if (request.orderType === "Market") return "none";
  return { price: decimal(request.triggerPrice), name: "trigger" };
}

function boundOf(reference: Decimal, side: string, percent: string): Decimal {
  const share = decimal(percent).times("0.01");
  const factor = side === "Bid" ? share.plus(1) : ZERO.plus(1).minus(share);
  return reference.times(factor);
}

function worsePercent(price: Decimal, reference: Decimal, isBid: boolean): Decimal {
  const difference = isBid ? price.minus(reference) : reference.minus(price);
  return divide(difference.times(100), reference, 4) ?? ZERO;
}

function checkOrder(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxOrderNotional: limit } = limits;
  const of = { variable: "BACKPACK_MAX_ORDER_NOTIONAL", limit, what: "one order" };
  const spending = ({ notional, exits }: Value): Decimal => largest([notional, exits]) ?? notional;
  return checkNotional(of, proposal, used, { spending, usedUp: () => ZERO });
}

function checkDay(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxDailyNotional: limit } = limits;
  const of = { variable: "BACKPACK_MAX_DAILY_NOTIONAL", limit, what: "24 hours" };
  const { reservations, account, isFirstDay } = used;
  return checkNotional(of, proposal, used, {
    spending: ({ notional, exits }) => notional.plus(exits),
    usedUp: () => dailyNotional(reservations, account, isFirstDay),
  });
}

function checkNotional(
  { variable, limit, what }: { variable: string; limit: Limit; what: string },
  proposal: Proposal,
  used: Used,
  { spending, usedUp }: { spending: (value: Value) => Decimal; usedUp: () => Decimal },
): Check | undefined {
  if (limit === "none") return undefined;
  const value = valueOf(proposal);
  if (value === undefined) {
    return { variable, ok: false, message: `${what}: ${whyNoValue(proposal)}`, limit };
  }
  const spent = counted(usedUp);
  if (typeof spent === "string") {
    return {
      variable,
      ok: false,
      message: `${what}: what is used up can't be told: ${spent}`,
      limit,
    };
  }
  const left = leftOf(limit, spent);
  const amount = spending(value);
  const isFree = reducesOnly(proposal, used.account);
  const ok = isFree || amount.lte(left);
  const free = isFree ? " (free: it only reduces the position)" : "";
  const message = `${what} may spend ${limit} USD: this order ${roundUp(amount)}, ` +
    `used ${roundUp(spent)}, left ${roundDown(left)}${free}`;
  return {
    ...{ variable, ok, message, limit },
    value: roundUp(amount),
    left: roundDown(left),
  };
}

/** What was counted, or why it can't be. */
function counted(usedUp: () => Decimal): Decimal | string {
  try {
    return usedUp();
  } catch (error) {
    if (error instanceof UnknownRate) return error.message;
    throw error;
  }
}

function leftOf(limit: string, used: Decimal): Decimal {
  const left = decimal(limit).minus(used);
  return left.lt(0) ? ZERO : left;
}

function whyNoValue({ estimated, market }: Proposal): string {
  if ("missing" in estimated) return `its value can't be told: ${estimated.missing}`;
  return `its value can't be told: the exchange tells no price of ${market.quoteSymbol} in USDC`;
}

function checkPosition(limits: Limits, proposal: Proposal, used: Used): Check | undefined {
  const { maxPositionNotional: limit } = limits;
  const { request, market, estimated, rate } = proposal;
  if (limit === "none" || market.marketType === "SPOT") return undefined;
  const variable = "BACKPACK_MAX_POSITION_NOTIONAL";
  if ("missing" in estimated || rate === undefined) {
    return { variable, ok: false, message: `a position: ${whyNoValue(proposal)}`, limit };
  }
  const exposure = exposureOf(request, used);
  const price = estimated.unit.times(rate);
  const before = exposure.lt(0) ? ZERO : exposure.times(price);
  const sum = exposure.plus(estimated.quantity);
  const after = sum.lt(0) ? ZERO : sum.times(price);
  const ok = after.lte(decimal(limit)) || reducesOnly(proposal, used.account);
  const way = request.side === "Bid" ? "long" : "short";
  const message = `a position may be worth ${limit} USD: ${market.symbol} could become ` +
    `${roundUp(after)} ${way} if all orders on that side filled`;
  const left = roundDown(leftOf(limit, before));
  return { variable, ok, message, limit, value: roundUp(after), left };
}

/** How far the position goes to that order's side if all orders there filled; base asset. */
function exposureOf({ symbol, side }: OrderRequest, { reservations, account }: Used): Decimal {
  const position = netQuantity(symbol, account);
  const signed = side === "Bid" ? position : position.negated();
  return standingOrders(reservations, account)
    .filter((standing) => standing.symbol === symbol && standing.side === side)
    .reduce((sum, { quantity }) => sum.plus(quantity), signed);
}

function netQuantity(symbol: string, account: AccountView): Decimal {
  const position = account.positions.find((position) => position.symbol === symbol);
  return position === undefined ? ZERO : decimal(position.netQuantity);
}

/** Whether the order can do nothing but make the position smaller. */
export function reducesOnly({ request, estimated }: Proposal, account: AccountView): boolean {
  if (!request.reduceOnly || "missing" in estimated) return false;
  const position = netQuantity(request.symbol, account);
  const isOpposite = request.side === "Bid" ? position.lt(0) : position.gt(0);
  return isOpposite && estimated.quantity.lte(position.abs());
}

function checkOpenOrders(limits: Limits, { request }: Proposal, used: Used): Check | undefined {
  const { maxOpenOrders: limit } = limits;
  if (limit === "none" || !mayRest(request)) return undefined;
  const count = restingCount(used.reservations, used.account);
  const resting = 1 + exitCount(request);
  return checkCount("BACKPACK_MAX_OPEN_ORDERS", limit, { count, more: resting }, "orders may rest");
}

function checkRate({ maxOrdersPerMinute: limit }: Limits, used: Used): Check | undefined {
  if (limit === "none") return undefined;
  const count = sentWithin(used.reservations, 60_000, used.nowMs).length;
  const what = "orders may be sent a minute";
  return checkCount("BACKPACK_MAX_ORDERS_PER_MINUTE", limit, { count, more: 1 }, what);
}

function checkCount(
  variable: string,
  limit: string,
  { count, more }: { count: number; more: number },
  what: string,
): Check {
  const left = Math.max(0, Number(limit) - count);
  const message = `${limit} ${what}: ${count} are there, ${left} left`;
  return { variable, ok: more <= left, message, limit, value: String(more), left: String(left) };
}
