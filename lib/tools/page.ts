/**
 * What the tools of the past have in common: pages, periods, and the line above a page.
 *
 * @module
 */

import * as z from "zod";
import type { Period } from "../account/histories.ts";
import type { Listing } from "../account/listing.ts";
import type { Call } from "../clock.ts";
import type { Desk } from "../desk/mod.ts";
import { DeskError } from "../errors.ts";
import type { Mode } from "../settings.ts";
import { cursorArgument, limitArgument, timeArgument } from "./arguments.ts";
import { plural, sentence } from "./line.ts";

/** The arguments that ask for a page. */
export const PAGING = { limit: limitArgument().optional(), cursor: cursorArgument().optional() };

/** The arguments that bound the time, both of them included. */
export const PERIOD = {
  from: timeArgument("2026-01-31T12:00:00Z, 2026-01-31 or Unix ms").optional(),
  to: timeArgument("Like from").optional(),
};

/** What every page says of itself; `total` where the exchange counts. */
export const PAGE_OUTPUT = { nextCursor: z.string().optional(), total: z.int().optional() };

/** Such as `LIVE 100 of 2500 orders; nextCursor has more`. */
export function pageLine(
  mode: Mode,
  noun: string,
  rows: readonly unknown[],
  { total, nextCursor }: Omit<Listing<unknown>, "rows">,
): string {
  const count = total === undefined ? `${rows.length}` : `${rows.length} of ${total}`;
  const more = nextCursor === undefined ? "" : "nextCursor has more";
  return sentence([`${mode.toUpperCase()} ${count} ${plural(total ?? rows.length, noun)}`, more]);
}

/**
 * Stops a period that ends before it begins; times in Unix ms.
 *
 * @throws {DeskError} `invalid_input`
 */
export function refuseBackward({ from, to }: Period): void {
  if (from === undefined || to === undefined || from <= to) return;
  throw new DeskError("invalid_input", "from is after to", {
    hint: "from is the older of the two; times without a zone are UTC",
  });
}

/**
 * Stops a question about a market that does not exist.
 *
 * @throws {DeskError} `invalid_input`, naming those that sound like it
 */
export async function refuseUnknown(
  desk: Desk,
  symbol: string | undefined,
  call: Call,
): Promise<void> {
  if (symbol !== undefined) await desk.markets.refuseUnknown(symbol, call);
}

/**
 * Stops a question whose symbol is not of its market type: each answer to it would be wrong.
 *
 * @throws {DeskError} `invalid_input`
 */
export function refuseOtherType(
  { symbol, marketType }: { symbol?: string | undefined; marketType?: string | undefined },
): void {
  if (symbol === undefined || marketType === undefined || marketType === "ALL") return;
  if (marketType === (symbol.endsWith("_PERP") ? "PERP" : "SPOT")) return;
  throw new DeskError("invalid_input", `${symbol} is not of marketType ${marketType}`, {
    hint: "Leave marketType out: the symbol says which it is",
  });
}
