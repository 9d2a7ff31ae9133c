/**
 * A desk put together from its settings: on the live exchange, or on the simulated one, which is
 * loaded only where it is wanted.
 *
 * @module
 */

import { type Config, type Configuration, problemText } from "../config.ts";
import { Desk, type DeskOptions } from "../desk/mod.ts";
import { Exchange } from "../exchange.ts";
import { Http } from "../http/mod.ts";
import { type Journal, JournalError } from "../journal/mod.ts";
import type { Log } from "../log.ts";
import type { ClosedDesk } from "../server.ts";
import { fingerprint } from "../signing.ts";
import { edges } from "./edges.ts";
import { haltOf } from "./halt_file.ts";
import { openJournalIn } from "./journal_file.ts";
import { dataDirectoryOf } from "./sources.ts";

/** The desk that the settings ask for, or what is wrong with them. */
export async function openDesk(configuration: Configuration, log: Log): Promise<Desk | ClosedDesk> {
  if (!configuration.ok) {
    return { problems: configuration.problems.map(problemText) };
  }
  return await openLiveOrPaper(configuration.config, log);
}

/** A desk with its journal; a journal that can't be opened is on the log, and in every answer. */
export async function openLiveOrPaper(config: Config, log: Log): Promise<Desk> {
  if (config.mode === "paper") {
    const { journal, ...paper } = await openPaper(config, log);
    return new Desk({ ...commonParts(config, journal, log), ...paper, key: "paper" });
  }
  const journal = openJournalIn(dataDirectoryOf(config) ?? "");
  const { signer } = config;
  const key = signer === undefined ? "none" : await fingerprint(signer.apiKey);
  const http = liveHttp(config, log);
  return new Desk({ ...commonParts(config, journal, log), http, edges, key });
}

/** The reads alone, without a journal. */
export async function openExchange(config: Config, log: Log): Promise<Exchange> {
  const http = config.mode === "paper"
    ? (await openPaper(config, log)).http
    : liveHttp(config, log);
  return new Exchange(http);
}

type CommonParts = Pick<DeskOptions, "log" | "journal" | "halt" | "limits" | "mode">;

function commonParts(config: Config, journal: Journal | JournalError, log: Log): CommonParts {
  if (journal instanceof JournalError) log.error("journal", { problem: journal.message });
  const { limits, mode } = config;
  return { log, journal, halt: haltOf(config, log), limits, mode };
}

function liveHttp({ baseUrl, timeoutMs, windowMs, signer }: Config, log: Log): Http {
  return new Http({ baseUrl, timeoutMs, windowMs, edges, log, ...(signer ? { signer } : {}) });
}

type PaperParts = Pick<DeskOptions, "http" | "edges" | "journal" | "paperNote">;

async function openPaper(config: Config, log: Log): Promise<PaperParts> {
  const { openPaperExchange } = await import("./paper.ts");
  return await openPaperExchange(config, log);
}
