/**
 * A desk put together from its settings: on the live exchange, or on the simulated one. Its files are
 * opened at once, so that a server that answers is one that can record; its code is loaded when it
 * is first asked for, and the simulated exchange only where it is wanted.
 *
 * @module
 */

import { type Config, type Configuration, problemText } from "../config.ts";
import type { Desk } from "../desk/mod.ts";
import type { DeskOptions } from "../desk/parts.ts";
import type { Exchange } from "../exchange.ts";
import { Http } from "../http/mod.ts";
import { JournalError } from "../journal/mod.ts";
import type { Log } from "../log.ts";
import type { ClosedDesk } from "../requests.ts";
import { fingerprint } from "../signing.ts";
import { edges } from "./edges.ts";
import { haltOf } from "./halt_file.ts";
import { openJournalIn } from "./journal_file.ts";
import { openPaperFiles, type PaperFiles } from "./paper_files.ts";
import { dataDirectoryOf } from "./sources.ts";

/** A desk whose files are open and whose code is loaded when it is asked for, once. */
export type LateDesk = () => Promise<Desk>;

/** The desk that the settings ask for, its files open; or what is wrong with them. */
export function openDesk(configuration: Configuration, log: Log): LateDesk | ClosedDesk {
  if (!configuration.ok) return { problems: configuration.problems.map(problemText) };
  return openLiveOrPaper(configuration.config, log);
}

/** A desk with its journal; a journal that can't be opened is on the log, and in every answer. */
export function openLiveOrPaper(config: Config, log: Log): LateDesk {
  const paper = config.mode === "paper" ? openPaperFiles(config, log) : undefined;
  const journal = paper?.journal ?? openJournalIn(dataDirectoryOf(config) ?? "");
  if (journal instanceof JournalError) log.error("journal", { problem: journal.message });
  const { limits, mode } = config;
  const parts = { log, journal, halt: haltOf(config, log), limits, mode };
  return async (): Promise<Desk> => {
    const { Desk } = await import("../desk/mod.ts");
    return new Desk({ ...parts, ...await wayTo(config, paper, log) });
  };
}

/** The reads alone; of the files only those of a paper account are opened. */
export async function openExchange(config: Config, log: Log): Promise<Exchange> {
  const { Exchange } = await import("../exchange.ts");
  const paper = config.mode === "paper" ? openPaperFiles(config, log) : undefined;
  return new Exchange((await wayTo(config, paper, log)).http);
}

type WayTo = Pick<DeskOptions, "http" | "edges" | "key" | "paperNote">;

/** The way to the exchange, and the name of the key that it goes with. */
async function wayTo(config: Config, paper: PaperFiles | undefined, log: Log): Promise<WayTo> {
  if (paper !== undefined) {
    const { openPaperExchange } = await import("./paper.ts");
    return { ...await openPaperExchange(config, paper, log), key: "paper" };
  }
  const { baseUrl, timeoutMs, windowMs, signer } = config;
  const http = new Http({ baseUrl, timeoutMs, windowMs, edges, log, ...(signer && { signer }) });
  return { http, edges, key: signer === undefined ? "none" : await fingerprint(signer.apiKey) };
}
