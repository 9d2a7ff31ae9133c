/**
 * The files of the paper account and of its journal.
 *
 * @module
 */

import type { Config } from "../config.ts";
import { Journal, type JournalError } from "../journal/mod.ts";
import type { Log } from "../log.ts";
import { PaperStore } from "../paper/store.ts";
import type { PaperPrices } from "../settings.ts";
import { edges } from "./edges.ts";
import { makePrivate, openJournalIn, reasonOf } from "./journal_file.ts";
import { dataDirectoryOf } from "./sources.ts";

/** The paper account and its journal. */
export interface PaperFiles {
  readonly store: PaperStore;
  readonly journal: Journal | JournalError;
  /** Where they are kept, for the owner. */
  readonly note: string;
}

/** Made-up and live prices have an account each: profits of the one are none in the other. */
const NAMES: Readonly<Record<PaperPrices, { account: string; journal: string }>> = {
  scripted: { account: "paper.sqlite", journal: "paper-journal.sqlite" },
  live: { account: "paper-live.sqlite", journal: "paper-live-journal.sqlite" },
};

/** The name of the journal of paper orders. */
export function paperJournalName(prices: PaperPrices): string {
  return NAMES[prices].journal;
}

/**
 * Opens the account and its journal. Where the data directory can't be written, both are kept in
 * memory, so that neither outlives the other.
 */
export function openPaperFiles(config: Config, log: Log): PaperFiles {
  const directory = dataDirectoryOf(config);
  try {
    if (directory === undefined) throw new Error("nothing names a data directory: set HOME");
    const store = openPaperStoreIn(directory, config.paperPrices);
    const journal = openJournalIn(directory, paperJournalName(config.paperPrices));
    return { store, journal, note: `kept in ${directory}` };
  } catch (error) {
    const problem = reasonOf(error, directory ?? "");
    log.warn("paper", { problem, account: "in memory" });
    const path = ":memory:";
    const journal = Journal.open({ path, identity: () => path }, edges.now);
    const note = `in memory, gone when this server ends (${problem})`;
    return { store: PaperStore.open(path), journal, note };
  }
}

/** The paper account in `directory`, which is made where there is none; throws if it can't be. */
export function openPaperStoreIn(directory: string, prices: PaperPrices): PaperStore {
  makePrivate(directory);
  return PaperStore.open(`${directory}/${NAMES[prices].account}`);
}
