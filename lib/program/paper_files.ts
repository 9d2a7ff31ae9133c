/**
 * The files of the paper account and of its journal.
 *
 * @module
 */

import type { Journal, JournalError } from "../journal/mod.ts";
import { freshBook } from "../paper/keeper.ts";
import { OPENING_BALANCES } from "../paper/listings.ts";
import { PaperStore } from "../paper/store.ts";
import type { PaperPrices } from "../settings.ts";
import { identityOf, makePrivate, openJournalIn } from "./journal_file.ts";

/** Made-up and live prices have an account each: profits of the one are none in the other. */
const NAMES: Readonly<Record<PaperPrices, { account: string; journal: string }>> = {
  scripted: { account: "paper.sqlite", journal: "paper-journal.sqlite" },
  live: { account: "paper-live.sqlite", journal: "paper-live-journal.sqlite" },
};

/** The name of the journal of paper orders. */
export function paperJournalName(prices: PaperPrices): string {
  return NAMES[prices].journal;
}

/** The paper account in `directory`, which is made where there is none; throws if it can't be. */
export function openPaperStoreIn(directory: string, prices: PaperPrices): PaperStore {
  makePrivate(directory);
  return PaperStore.open(`${directory}/${NAMES[prices].account}`);
}

/** Opens or makes the journal of paper orders in `directory`. */
export function openPaperJournalIn(directory: string, prices: PaperPrices): Journal | JournalError {
  return openJournalIn(directory, NAMES[prices].journal);
}

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
    const path = `${directory}/${NAMES[prices].journal}${suffix}`;
    if (identityOf(path) !== undefined) Deno.removeSync(path);
  }
}
