/**
 * The journal's newest rows, as its owner reads them: what was asked, what became of it, and how
 * that is known. Small on purpose: no bodies, no codes, no key but its fingerprint.
 *
 * @module
 */

import { withIntents } from "../journal/about.ts";
import type { Entry, Intent, Journal } from "../journal/mod.ts";
import { plainText } from "../quote.ts";

/** One row. */
export interface TrailRow {
  /** Its place in the journal, from 1. */
  seq: number;
  /** ISO 8601, UTC. */
  time: string;
  /** Such as `intent`, `outcome`, `halted`. */
  kind: string;
  /** The row of the intent that it is about. */
  intent?: number;
  /** The tool that asked for the effect. */
  tool?: string;
  symbol?: string;
  clientId?: number;
  /** The fingerprint of the API key that was to sign. */
  key?: string;
  /** What was asked for, as the tool took it. */
  asked?: Record<string, string | number | boolean>;
  /** What became of it. */
  state?: string;
  /** How that is known: `reply`, a look-up, `inference` or `owner`. */
  by?: string;
  /** The exchange's id of the order. */
  orderId?: string;
  /** The code of its failure. */
  code?: string;
  /** Why the desk was halted. */
  reason?: string;
}

/** The newest rows. */
export interface Trail {
  /** How many rows the journal has. */
  entries: number;
  /** The newest row's; kept elsewhere, it proves that no row was lost. */
  newestHash: string;
  /** The newest first. */
  rows: TrailRow[];
}

const MAX_ROWS = 50;
const MAX_MEMBERS = 20;

/** The newest rows of `journal`. */
export function trailOf(journal: Journal): Trail {
  const entries = [...journal.entries({ newestFirst: true, limit: MAX_ROWS })];
  const rows = [...withIntents(journal, entries)].map(([entry, intent]) => rowOf(entry, intent));
  const [newest] = entries;
  return { entries: newest?.seq ?? 0, newestHash: newest?.hash ?? "", rows };
}

function rowOf(entry: Entry, intent: Intent | undefined): TrailRow {
  const { seq, kind, body } = entry;
  const row = { seq, time: new Date(entry.atMs).toISOString(), kind };
  if (kind === "intent") return { ...row, ...whatWasAsked(intent) };
  if (kind !== "outcome" && kind !== "delivered" && kind !== "halted") return row;
  const { order } = body as { order?: { id?: unknown } };
  return {
    ...row,
    ...whatItIsAbout(intent),
    ...texts({ state: body.state, by: body.by, orderId: order?.id, code: body.code }),
    ...texts({ reason: body.reason }),
  };
}

function whatItIsAbout(intent: Intent | undefined): Partial<TrailRow> {
  if (intent === undefined) return {};
  const { seq, clientId, tool, symbol } = intent;
  return {
    intent: seq,
    ...texts({ tool, symbol }),
    ...(clientId === undefined ? {} : { clientId }),
  };
}

function whatWasAsked(intent: Intent | undefined): Partial<TrailRow> {
  const { intent: _, ...about } = whatItIsAbout(intent);
  const members = Object.entries(intent?.request ?? {}).slice(0, MAX_MEMBERS)
    .map(([name, value]) => [plainText(name), typeof value === "string" ? plainText(value) : value])
    .filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return { ...about, ...texts({ key: intent?.key }), asked: Object.fromEntries(members) };
}

function texts<Name extends string>(
  members: Record<Name, unknown>,
): Partial<Record<Name, string>> {
  const given = Object.entries(members).filter(([, value]) => typeof value === "string");
  return Object.fromEntries(
    given.map(([name, value]) => [name, plainText(value as string)]),
  ) as Partial<Record<Name, string>>;
}
