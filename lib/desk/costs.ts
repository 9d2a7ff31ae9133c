/**
 * What an order would cost: its value, what would fill at once, the fee, and whether the account
 * holds what it needs. Estimates by the prices of now.
 *
 * Follows the API digest, 4.3: fees are basis points, lent funds are not in `capital`.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { type Decimal, decimal, divide, roundDown, roundUp, ZERO } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Account } from "../schemas/mod.ts";
import type { Estimate } from "./estimate.ts";
import { isTrigger } from "./order_request.ts";
import type { DeskParts } from "./parts.ts";
import { opposite } from "./prices.ts";
import { type Proposal, valueOf } from "./proposal.ts";

/** What an order would cost; a part that can't be told is named in `notes`. */
export interface Costs {
  /** USD, at the worse of the order's price and the market's. */
  notionalUsd?: string;
  /** What would fill at once. */
  fill?: { quantity: string; averagePrice: string; worstPrice: string };
  /** In the quote asset; of what fills at once as taker, of the rest as maker. */
  fee?: { atOnce: string; resting: string; asset: string };
  /** What must be there, and what is; for a perpetual, margin in USD at the account's leverage. */
  balance?: { asset: string; needed: string; available: string; isEnough: boolean };
  /** What the estimate leaves out or could not know, and what the exchange would refuse. */
  notes: string[];
}

/** Estimates the costs; reads fees and balances, and says so where they can't be had. */
export async function costsOf(desk: DeskParts, proposal: Proposal, call: Call): Promise<Costs> {
  const { estimated } = proposal;
  if ("missing" in estimated) return { notes: [`No estimate: ${estimated.missing}`] };
  const value = valueOf(proposal);
  const notes: string[] = [];
  const noted = async <T>(what: string, work: Promise<T>): Promise<T | undefined> => {
    return await work.catch((error) => {
      if (!(error instanceof DeskError)) throw error;
      notes.push(`${what} could not be read: ${error.message}`);
      return undefined;
    });
  };
  const account = await noted("The fees", desk.exchange.account(call));
  const balance = await noted("The balance", balanceOf(desk, proposal, estimated, account, call));
  notes.push(...crossing(proposal), ...shortage(balance));
  return {
    ...(value === undefined ? {} : { notionalUsd: roundUp(value.notional) }),
    ...fillOf(estimated),
    ...(account === undefined ? {} : feeOf(proposal, estimated, account)),
    ...(balance === undefined ? {} : { balance }),
    notes,
  };
}

/** A postOnly order that would match is refused by the exchange (API digest, 6.1). */
function crossing({ request, prices }: Proposal): string[] {
  const { side, price, postOnly } = request;
  const best = opposite(prices, side)[0]?.price;
  if (!postOnly || price === undefined || best === undefined || isTrigger(request)) return [];
  const matches = side === "Bid" ? best.lte(price) : best.gte(price);
  if (!matches) return [];
  const touch = `the best ${side === "Bid" ? "ask" : "bid"}, ${best.toFixed()}`;
  return [`The exchange would refuse it: postOnly, and ${price} matches ${touch}, at once`];
}

function shortage(balance: Costs["balance"]): string[] {
  if (balance === undefined || balance.isEnough) return [];
  const { asset, needed, available } = balance;
  return [`It needs ${needed} ${asset}, and ${available} is available`];
}

function fillOf({ fill }: Estimate): Pick<Costs, "fill"> {
  if (fill === undefined) return {};
  const averagePrice = divide(fill.cost, fill.quantity, 8)?.toFixed() ?? "0";
  const quantity = roundDown(fill.quantity, 8);
  return { fill: { quantity, averagePrice, worstPrice: fill.worstPrice.toFixed() } };
}

function feeOf(proposal: Proposal, { fill }: Estimate, account: Account): Pick<Costs, "fee"> {
  const { market, request } = proposal;
  const isSpot = market.marketType === "SPOT";
  const [maker, taker] = isSpot
    ? [account.spotMakerFee, account.spotTakerFee]
    : [account.futuresMakerFee, account.futuresTakerFee];
  if (maker === undefined || taker === undefined) return {};
  const costNow = fill?.cost ?? ZERO;
  const costLater = restOf(proposal, fill?.quantity ?? ZERO).times(request.price ?? "0");
  return {
    fee: {
      atOnce: roundUp(costNow.times(basisPoints(taker)), 8),
      resting: roundUp(costLater.times(basisPoints(maker)), 8),
      asset: market.quoteSymbol,
    },
  };
}

function restOf({ request }: Proposal, filled: Decimal): Decimal {
  const rests = request.orderType === "Limit" && (request.timeInForce ?? "GTC") === "GTC";
  return rests ? decimal(request.quantity ?? "0").minus(filled) : ZERO;
}

function basisPoints(text: string): Decimal {
  return decimal(text).times("0.0001");
}

async function balanceOf(
  desk: DeskParts,
  proposal: Proposal,
  estimated: Estimate,
  account: Account | undefined,
  call: Call,
): Promise<Costs["balance"]> {
  const { request, market } = proposal;
  if (market.marketType !== "SPOT") return await marginOf(desk, proposal, account, call);
  const isBid = request.side === "Bid";
  const asset = isBid ? market.quoteSymbol : market.baseSymbol;
  const held = decimal((await desk.exchange.capital(call))[asset]?.available ?? "0");
  const needed = isBid ? costOf(request.price, estimated) : estimated.quantity;
  return told(asset, needed, held);
}

function costOf(price: string | undefined, { quantity, notional }: Estimate): Decimal {
  return price === undefined ? notional : decimal(price).times(quantity);
}

async function marginOf(
  desk: DeskParts,
  proposal: Proposal,
  account: Account | undefined,
  call: Call,
): Promise<Costs["balance"]> {
  const value = valueOf(proposal);
  const leverage = decimal(account?.leverageLimit ?? "1");
  const { netEquityAvailable } = await desk.exchange.collateral(call);
  if (value === undefined || netEquityAvailable === undefined) return undefined;
  const margin = divide(value.notional, leverage) ?? value.notional;
  const needed = proposal.request.reduceOnly ? ZERO : margin;
  return told("USD margin", needed, decimal(netEquityAvailable));
}

function told(asset: string, needed: Decimal, held: Decimal): NonNullable<Costs["balance"]> {
  return {
    asset,
    needed: roundUp(needed, 8),
    available: held.toFixed(),
    isEnough: held.gte(needed),
  };
}
