/**
 * The desk at a glance: whether the exchange is reached and at work, whether an order could leave
 * now, and what stands in its way. Needs no key; a part that can't be had is named, never guessed.
 *
 * @module
 */

import { attempt } from "../account/attempt.ts";
import { type Call, withDeadline } from "../clock.ts";
import { DeskError } from "../errors.ts";
import type { Intent } from "../journal/mod.ts";
import { haltReasons } from "./halt.ts";
import { limitsInForce, type LimitState } from "./limits_report.ts";
import type { DeskParts } from "./parts.ts";

/** The desk, its exchange and its journal; absent is what could not be told. */
export interface DeskStatus {
  /** Whether the tools that act are left out. */
  readOnly: boolean;
  /** The fingerprint of the API key, `none`, or `paper`. */
  key: string;
  /** In paper mode: where the account is kept, and whose prices it trades at. */
  paper?: string;
  /** Why no new order would leave now, each a clause; empty when nothing stands in the way. */
  obstacles: string[];
  /** Whether it answers, and what it says of itself. */
  exchange: ExchangeStatus;
  /** Whether new orders are stopped. */
  halted: boolean;
  /** Whether effects can be recorded, and how many rows there are. */
  journal: { ok: boolean; rows?: number };
  /** Effects whose outcome is not known. */
  unresolved?: { count: number; oldest?: Unresolved };
  /** Those in force, without what is used of them. */
  limits: LimitState[];
  /** What could not be told, and why. */
  notes: string[];
}

/** The exchange as it answers now. */
export interface ExchangeStatus {
  /** `Ok` or `Maintenance`, in the exchange's word. */
  status?: string;
  /** What the exchange adds to it. */
  announcement?: string;
  /** From the first byte sent to the last received, ms. */
  roundTripMs?: number;
  /** How far the exchange's clock is ahead of this machine's; good to half a round trip. */
  clockOffsetMs?: number;
}

/** An effect that nobody knows the outcome of. */
export interface Unresolved {
  /** The tool that asked for it. */
  tool: string;
  symbol: string;
  clientId?: number;
  /** ISO 8601, UTC. */
  time: string;
}

/** A client that asks how things are does not want to wait for a lost connection. */
const EXCHANGE_MS = 5000;

/** What can be told within five seconds; throws nothing for what can't. */
export async function deskStatus(desk: DeskParts, call: Call): Promise<DeskStatus> {
  const notes: string[] = [];
  const exchange = await withDeadline(
    desk.edges,
    EXCHANGE_MS,
    (asking) => askExchange(desk, notes, asking),
    call.signal,
  );
  const record = recordStatus(desk, notes);
  const halts = haltsOf(desk);
  return {
    readOnly: desk.limits.readOnly,
    key: desk.key,
    ...(desk.paperNote === undefined ? {} : { paper: desk.paperNote }),
    obstacles: [...halts, ...obstaclesOf(desk, exchange, record.journal.ok)],
    exchange,
    halted: halts.length > 0,
    ...record,
    limits: limitsInForce(desk.limits),
    notes,
  };
}

async function askExchange(desk: DeskParts, notes: string[], call: Call): Promise<ExchangeStatus> {
  const [status, clockOffsetMs] = await Promise.all([
    attempt(desk.exchange.status(call)),
    attempt(readOffset(desk, call)),
  ]);
  const told: ExchangeStatus = {};
  if (status instanceof DeskError) {
    notes.push(`The exchange tells no status: ${status.message}`);
  } else {
    const { status: word, message: announcement } = status.value;
    const more = announcement === undefined ? {} : { announcement };
    Object.assign(told, { status: word, roundTripMs: Math.round(status.tookMs), ...more });
  }
  if (typeof clockOffsetMs === "number") told.clockOffsetMs = clockOffsetMs;
  else notes.push(`The exchange tells no time: ${clockOffsetMs.message}`);
  return told;
}

async function readOffset({ exchange, edges }: DeskParts, call: Call): Promise<number> {
  const { value, tookMs } = await exchange.timing(call);
  return Math.round(value - edges.now() + tookMs / 2);
}

function obstaclesOf(desk: DeskParts, { status }: ExchangeStatus, hasJournal: boolean): string[] {
  return [
    ...(desk.limits.readOnly ? ["the owner lets this desk only look"] : []),
    ...(desk.key === "none" ? ["there is no API key"] : []),
    ...(hasJournal ? [] : ["the journal can't be used"]),
    ...(status === undefined ? ["the exchange was not reached"] : []),
    ...(status === "Maintenance" ? ["the exchange is in maintenance"] : []),
  ];
}

/** The halt's file is looked for even where the journal, which has the reasons, can't be read. */
function haltsOf(desk: DeskParts): string[] {
  try {
    return haltReasons(desk);
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    const isHalted = desk.halt.isHalted() || desk.watch.unrecorded.length > 0;
    return isHalted ? ["the desk is halted, and why can't be read"] : [];
  }
}

function recordStatus(
  { intents }: DeskParts,
  notes: string[],
): Pick<DeskStatus, "journal" | "unresolved"> {
  try {
    // In a transaction, as an order would be recorded: a file that was deleted can still be read.
    const rows = intents.read((journal) =>
      journal.transact(() => [...journal.entries({ newestFirst: true, limit: 1 })])
    );
    const [oldest, ...newer] = intents.inDoubt().reverse();
    const unresolved = oldest === undefined
      ? { count: 0 }
      : { count: newer.length + 1, oldest: unresolvedOf(oldest) };
    return { journal: { ok: true, rows: rows[0]?.seq ?? 0 }, unresolved };
  } catch (error) {
    if (!(error instanceof DeskError)) throw error;
    notes.push(`What is unresolved is not known: ${error.message}`);
    return { journal: { ok: false } };
  }
}

function unresolvedOf({ tool, symbol, clientId, atMs }: Intent): Unresolved {
  const id = clientId === undefined ? {} : { clientId };
  return { tool, symbol, ...id, time: new Date(atMs).toISOString() };
}
