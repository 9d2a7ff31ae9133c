/**
 * What a desk is made of, and what it hands to each of its parts.
 *
 * @module
 */

import type { Edges } from "../edges.ts";
import type { Effects } from "../effects.ts";
import type { Exchange } from "../exchange.ts";
import type { Http } from "../http/mod.ts";
import type { Journal, JournalError } from "../journal/mod.ts";
import type { Limits } from "../limit_settings.ts";
import type { Log } from "../log.ts";
import type { Mode } from "../settings.ts";
import type { Halt } from "./halt.ts";
import type { Intents } from "./intents.ts";
import type { Markets } from "./markets.ts";
import type { Resolver } from "./resolver.ts";
import type { Watch } from "./watch.ts";

/** What a desk is made of. */
export interface DeskOptions {
  /** The only way to the exchange. */
  readonly http: Http;
  readonly edges: Edges;
  readonly log: Log;
  /** The journal, or why there is none: then nothing is sent. */
  readonly journal: Journal | JournalError;
  /** The fingerprint of the API key, recorded with every effect. */
  readonly key: string;
  /** Asked before each order. */
  readonly halt: Halt;
  /** What every order is held against. */
  readonly limits: Limits;
  /** Named to a person who is asked for a yes. */
  readonly mode: Mode;
  /** In paper mode: where the account is kept, and whose prices it trades at. */
  readonly paperNote?: string;
}

/** What every part of the desk works with. */
export interface DeskParts {
  /** Reads. */
  readonly exchange: Exchange;
  /** The requests that act. */
  readonly effects: Effects;
  readonly markets: Markets;
  /** What was recorded, and recording. */
  readonly intents: Intents;
  /** Looks in the background for what is not known. */
  readonly resolver: Resolver;
  /** Looks for orders that reappear. */
  readonly watch: Watch;
  readonly halt: Halt;
  /** What every order is held against. */
  readonly limits: Limits;
  /** `live` or `paper`. */
  readonly mode: Mode;
  /** The fingerprint of the API key, `none`, or `paper`. */
  readonly key: string;
  /** In paper mode: where the account is kept, and whose prices it trades at. */
  readonly paperNote: string | undefined;
  readonly edges: Edges;
  readonly log: Log;
}
