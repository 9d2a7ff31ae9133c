/**
 * The simulated exchange on its account, and the way to it.
 *
 * @module
 */

import type { Config } from "../config.ts";
import type { DeskOptions } from "../desk/parts.ts";
import { Http } from "../http/mod.ts";
import type { Log } from "../log.ts";
import { PaperExchange } from "../paper/exchange.ts";
import { createSigner } from "../signing.ts";
import { edges } from "./edges.ts";
import type { PaperFiles } from "./paper_files.ts";

/** The exchange that `config` asks for, the way to it, and words on where its account is kept. */
export async function openPaperExchange(
  { baseUrl, timeoutMs, windowMs, paperPrices }: Config,
  { store, note }: Pick<PaperFiles, "store" | "note">,
  log: Log,
): Promise<Pick<DeskOptions, "http" | "edges" | "paperNote">> {
  // Nothing outside this process ever sees this key or what it signs.
  const signer = await createSigner(crypto.getRandomValues(new Uint8Array(32)));
  const apiKey = signer.apiKey.reveal();
  const live = paperPrices === "live" ? { live: { baseUrl, timeoutMs, ...edges } } : {};
  const paper = new PaperExchange({ now: edges.now, apiKey, store, ...live });
  paper.watch(edges.after);
  const paperEdges = { ...edges, fetch: paper.fetch.bind(paper) };
  const http = new Http({ baseUrl, timeoutMs, windowMs, signer, edges: paperEdges, log });
  return { http, edges: paperEdges, paperNote: `account ${note}; ${paperPrices} prices` };
}
