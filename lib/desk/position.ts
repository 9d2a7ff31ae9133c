/**
 * How far a perpetual position goes, while the exchange's list of positions may still lag behind the
 * fills that made it. Pure; what is not certain counts in full.
 *
 * A list names no time, so a position is told twice: as the list has it now, and as it was when an
 * order was judged at rest, with all fills since. Whichever is further counts, as long as a fill is
 * recent: once it is half a minute old, the list is believed.
 *
 * @module
 */

import { type Decimal, decimal, largest, ZERO } from "../decimal.ts";
import { DAY_MS } from "../intervals.ts";
import type { Fill } from "../schemas/mod.ts";
import type { SeenPosition } from "./ledger.ts";
import { netQuantity, type Used } from "./proposal.ts";

/** A fill that is older is taken to be in the position: no bound on the lag is documented. */
const LAG_MS = 30_000;

/** The position in the market on that side, less than nothing when it is on the other; base asset. */
export function heldAtMost(symbol: string, side: string, used: Used): Decimal {
  const { account } = used;
  const sign = side === "Bid" ? 1 : -1;
  const listed = netQuantity(symbol, account).times(sign);
  const fills = account.fills.filter((fill) => fill.symbol === symbol);
  const recentMs = account.atMs - LAG_MS;
  if (!fills.some(({ timestamp }) => timestamp > recentMs)) return listed;
  const atRest = newestAtRest(symbol, fills, used);
  if (atRest !== undefined) {
    const since = fills.filter(({ timestamp }) => timestamp > atRest.atMs);
    return largest([listed, sumOf(since).plus(atRest.netQuantity).times(sign)]) ?? listed;
  }
  const recent = fills.filter((fill) => fill.side === side && fill.timestamp > recentMs);
  return listed.plus(sumOf(recent).abs());
}

/** What was listed before an order left, when no fill was on its way into the list. */
function newestAtRest(
  symbol: string,
  fills: readonly Fill[],
  { reservations, account }: Used,
): SeenPosition | undefined {
  // Of the time since an earlier moment not every fill was read.
  const fromMs = account.atMs - DAY_MS + LAG_MS;
  const times = fills.map(({ timestamp }) => timestamp).sort((a, b) => b - a);
  let next = 0;
  return reservations.filter((order) => order.symbol === symbol && !order.isElsewhere)
    .map(({ position }) => position)
    .filter((position) => position !== undefined)
    .filter(({ atMs }) => atMs > fromMs)
    .sort((a, b) => b.atMs - a.atMs)
    .find(({ atMs }) => {
      while ((times[next] ?? -Infinity) > atMs) next++;
      return (times[next] ?? -Infinity) <= atMs - LAG_MS;
    });
}

function sumOf(fills: readonly Fill[]): Decimal {
  return fills.reduce((sum, { side, quantity }) => {
    return side === "Bid" ? sum.plus(decimal(quantity)) : sum.minus(decimal(quantity));
  }, ZERO);
}
