/**
 * The account as a whole: its fees, switches, limits and margin.
 *
 * @module
 */

import type { Call } from "../clock.ts";
import { decimal } from "../decimal.ts";
import { DeskError } from "../errors.ts";
import type { Exchange } from "../exchange.ts";
import type { Account, Collateral } from "../schemas/mod.ts";
import { attempt } from "./attempt.ts";
import { given } from "./listing.ts";

/** A fee; negative for a rebate. */
export interface Fee {
  /** Hundredths of a percent, as the exchange tells it. */
  basisPoints: string;
  /** Such as `0.09`; negative for a rebate. */
  percent: string;
}

/** The account; decimals as text. */
export interface Overview {
  fees: Record<string, Fee>;
  /** The most leverage that the account may use, as text. */
  leverageLimit?: string;
  /** What the exchange does by itself. */
  switches: Record<string, boolean>;
  /** Whether the exchange is closing positions to cover a loss. */
  isLiquidating?: boolean;
  /** How many are open, resting and waiting for a trigger. */
  openOrders: { limit?: number; trigger?: number };
  /** The most that the account may borrow, and the largest position, in USD. */
  limitsUsd: { borrow?: string; position?: string };
  /** Absent when it could not be read. */
  margin?: Margin;
  /** Names what could not be read. */
  note?: string;
}

/** Amounts in USD, fractions of one, and what each asset counts for. */
export interface Margin extends Omit<Collateral, "collateral"> {
  currency: "USD";
  /** A row an asset, as the exchange weighs it. */
  collateral: Collateral["collateral"];
}

/** Fees, switches and margin; says so when the margin could not be read. */
export async function readOverview(exchange: Exchange, call: Call): Promise<Overview> {
  const [account, collateral] = await Promise.all([
    exchange.account(call),
    attempt(exchange.collateral(call)),
  ]);
  const overview = overviewOf(account);
  if (!(collateral instanceof DeskError)) return { ...overview, margin: marginOf(collateral) };
  return { ...overview, note: `Margin could not be read: ${collateral.message}` };
}

function overviewOf(account: Account): Overview {
  const { spotMakerFee, spotTakerFee, futuresMakerFee, futuresTakerFee } = account;
  const fees = {
    spotMaker: spotMakerFee,
    spotTaker: spotTakerFee,
    futuresMaker: futuresMakerFee,
    futuresTaker: futuresTakerFee,
  };
  const { autoLend, autoBorrowSettlements, autoRepayBorrows, autoRealizePnl } = account;
  return {
    fees: Object.fromEntries(
      Object.entries(given(fees)).map(([name, basisPoints]) => [name, feeOf(basisPoints)]),
    ),
    ...given({ leverageLimit: account.leverageLimit, isLiquidating: account.liquidating }),
    switches: given({ autoLend, autoBorrowSettlements, autoRepayBorrows, autoRealizePnl }),
    openOrders: given({ limit: account.limitOrders, trigger: account.triggerOrders }),
    limitsUsd: given({ borrow: account.borrowLimit, position: account.positionLimit }),
  };
}

function feeOf(basisPoints: string): Fee {
  return { basisPoints, percent: decimal(basisPoints).times(decimal("0.01")).toFixed() };
}

function marginOf({ collateral, ...margin }: Collateral): Margin {
  const isHeld = ({ totalQuantity = "1" }: { totalQuantity?: string | undefined }): boolean =>
    !decimal(totalQuantity).isZero();
  return { currency: "USD", ...margin, collateral: collateral.filter(isHeld) };
}
