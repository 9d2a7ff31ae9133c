/**
 * A new start for the paper account.
 *
 * @module
 */

import { freshBook } from "../paper/keeper.ts";
import { OPENING_BALANCES } from "../paper/listings.ts";
import type { PaperPrices } from "../settings.ts";
import { identityOf } from "./journal_file.ts";
import { openPaperStoreIn, paperJournalName } from "./paper_files.ts";

/** Starts the paper account afresh, with that USDC and nothing else if given, and its journal. */
export function resetPaperIn(
  directory: string,
  prices: PaperPrices,
  usdc: string | undefined,
): void {
  const store = openPaperStoreIn(directory, prices);
  store.reset(freshBook(usdc === undefined ? OPENING_BALANCES : { USDC: usdc }));
  store.close();
  for (const suffix of ["", "-wal", "-shm"]) {
    const path = `${directory}/${paperJournalName(prices)}${suffix}`;
    if (identityOf(path) !== undefined) Deno.removeSync(path);
  }
}
