/**
 * The simulated exchange, put together with its account and its journal.
 *
 * @module
 */

import type { Config } from "../config.ts";
import type { DeskOptions } from "../desk/mod.ts";
import { Http } from "../http/mod.ts";
import { Journal, type JournalError } from "../journal/mod.ts";
import type { Log } from "../log.ts";
import { PaperExchange } from "../paper/exchange.ts";
import { PaperStore } from "../paper/store.ts";
import { createSigner } from "../signing.ts";
import { edges } from "./edges.ts";
import { openPaperJournalIn, openPaperStoreIn } from "./paper_files.ts";
import { dataDirectoryOf } from "./sources.ts";

/** The exchange that `config` asks for, the way to it, its journal, and words on where it is kept. */
export async function openPaperExchange(
  config: Config,
  log: Log,
): Promise<Pick<DeskOptions, "http" | "edges" | "journal" | "paperNote">> {
  const { baseUrl, timeoutMs, windowMs, paperPrices } = config;
  const { journal, note, store } = openFiles(config, log);
  // Nothing outside this process ever sees this key or what it signs.
  const signer = await createSigner(crypto.getRandomValues(new Uint8Array(32)));
  const apiKey = signer.apiKey.reveal();
  const live = paperPrices === "live" ? { live: { baseUrl, timeoutMs, ...edges } } : {};
  const paper = new PaperExchange({ now: edges.now, apiKey, store, ...live });
  paper.watch(edges.after);
  const paperEdges = { ...edges, fetch: paper.fetch.bind(paper) };
  const http = new Http({ baseUrl, timeoutMs, windowMs, signer, edges: paperEdges, log });
  return { http, edges: paperEdges, journal, paperNote: `account ${note}; ${paperPrices} prices` };
}

/** The paper account and its journal. */
interface PaperFiles {
  readonly store: PaperStore;
  readonly journal: Journal | JournalError;
  /** Where they are kept, for the owner. */
  readonly note: string;
}

/** Where the data directory can't be written, the paper account and its journal end together. */
function openFiles(config: Config, log: Log): PaperFiles {
  const directory = dataDirectoryOf(config);
  try {
    if (directory === undefined) throw new Error("nothing names a data directory: set HOME");
    const store = openPaperStoreIn(directory, config.paperPrices);
    const journal = openPaperJournalIn(directory, config.paperPrices);
    return { store, journal, note: `kept in ${directory}` };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    log.warn("paper", { problem, account: "in memory" });
    const path = ":memory:";
    const journal = Journal.open({ path, identity: () => path }, edges.now);
    const note = `in memory, gone when this server ends (${problem})`;
    return { store: PaperStore.open(path), journal, note };
  }
}
