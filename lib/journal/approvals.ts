/**
 * A person's yes, on record: what was asked, under which code, and who approved it. An order that
 * waits is a row `asked`; the yes is a row `approved` about it; the intent that uses it names the
 * asked row, so that a yes is good for one order. Codes are kept as hashes only.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";
import type { Journal } from "./mod.ts";
import type { Entry } from "./queries.ts";

/** Who said yes: through the client's form, or on a terminal. */
export type ApprovedBy = "client" | "terminal";

/** What a person is asked. */
export interface Question {
  /** The one it will be sent under. */
  clientId: number;
  symbol: string;
  /** The order as the tool took it; the yes binds to exactly this. */
  request: Record<string, unknown>;
  /** What the person reads, made by the desk alone. */
  lines: readonly string[];
  /** The best opposite prices when it was asked, with blanks between; void if one moved too far. */
  bestOpposite: string;
  /** When it was asked, Unix ms by the exchange's clock, as far as that was known. */
  exchangeMs?: number;
}

/** A question with its row in the journal. */
export interface RecordedQuestion extends Question {
  /** Its row. */
  seq: number;
}

/** A question as the journal has it now. */
export interface Asked extends RecordedQuestion {
  /** Unix ms. */
  askedAtMs: number;
  /** Unix ms. */
  expiresAtMs: number;
  /** Absent while nobody has said yes. */
  approvedBy?: ApprovedBy;
}

/** How long a question may be answered, and its yes be used. */
export const APPROVAL_MS = 5 * 60_000;
/** How far the machine may set its clock back to keep it right. */
const MAX_STEP_BACK_MS = 1000;

// Without letters and digits that look alike; 30 ** 6 codes.
const ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789";
const CODE_LENGTH = 6;

/**
 * A code to type, from a random uint32.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(codeOf(0), "AAAAAA");
 * ```
 */
export function codeOf(random: number): string {
  let rest = random;
  return Array.from({ length: CODE_LENGTH }, () => {
    const letter = ALPHABET[rest % ALPHABET.length];
    rest = Math.floor(rest / ALPHABET.length);
    return letter;
  }).join("");
}

/** Records a question that `code` answers; its row. Only inside `journal.transact`. */
export function recordQuestion(journal: Journal, question: Question, code: string): number {
  const { clientId, ...body } = question;
  return journal.append("asked", { clientId, body: { ...body, codeHash: hashOf(code) } });
}

/** Records a yes to the question of that row. Only inside `journal.transact`. */
export function recordApproval(
  journal: Journal,
  asked: RecordedQuestion,
  by: ApprovedBy,
): void {
  const { seq, clientId } = asked;
  journal.append("approved", { clientId, body: { asked: seq, by } });
}

/** Records that the question of that row is void. Only inside `journal.transact`. */
export function recordVoid(journal: Journal, asked: RecordedQuestion, reason: string): void {
  const { seq, clientId } = asked;
  journal.append("noted", { clientId, body: { event: "void", asked: seq, reason } });
}

/** The questions that can still be answered or whose yes can still be used, newest first. */
export function openQuestions(journal: Journal, nowMs: number): Asked[] {
  const sinceMs = nowMs - APPROVAL_MS;
  const asked = [...journal.entries({ kind: "asked", sinceMs, newestFirst: true })];
  const oldest = asked.at(-1);
  if (oldest === undefined) return [];
  // By their rows, not by their times: the machine's clock may have been set back since.
  const rows = [...journal.entries({ sinceSeq: oldest.seq })];
  const past = pastQuestions(rows);
  const approvals = rows.filter(({ kind }) => kind === "approved");
  return asked
    .filter((entry) => entry.atMs + APPROVAL_MS > nowMs && !past.has(entry.seq))
    .filter((entry) => !isClockSetBack(entry, rows, nowMs))
    .map((entry) => askedOf(entry, approvals));
}

/** The questions whose yes was used, and those that are void. */
function pastQuestions(rows: readonly Entry[]): Set<unknown> {
  const used = rows.filter(({ kind }) => kind === "intent")
    .map(usedQuestion);
  const voided = rows.filter(({ kind, body }) => kind === "noted" && body.event === "void")
    .map(({ body }) => body.asked);
  return new Set([...used, ...voided]);
}

/** The row of the question whose yes an intent used, if it used one. */
function usedQuestion({ body }: Pick<Entry, "body">): number | undefined {
  return (body.approval as { asked?: number } | undefined)?.asked;
}

/** Whether the clock was set back after the question: nobody knows then how old it is. */
function isClockSetBack(asked: Entry, rows: readonly Entry[], nowMs: number): boolean {
  const later = rows.filter(({ seq }) => seq > asked.seq).map(({ atMs }) => atMs);
  return [...later, nowMs].some((atMs) => atMs < asked.atMs - MAX_STEP_BACK_MS);
}

/** The open question that `code` answers; the case of its letters does not matter. */
export function questionUnder(journal: Journal, code: string, nowMs: number): Asked | undefined {
  const hash = hashOfTyped(code);
  const hashes = new Map(
    [...journal.entries({ kind: "asked", sinceMs: nowMs - APPROVAL_MS })]
      .map((entry) => [entry.seq, entry.body.codeHash]),
  );
  return openQuestions(journal, nowMs).find(({ seq }) => hashes.get(seq) === hash);
}

/** What a code is worth now. */
export type CodeState =
  | { readonly state: "waiting"; readonly asked: Asked }
  | { readonly state: "approved" | "used" | "void" | "expired" | "unknown" };

/** What `code` is worth, whenever it was given; the case of its letters does not matter. */
export function stateOfCode(journal: Journal, code: string, nowMs: number): CodeState {
  const asked = questionUnder(journal, code, nowMs);
  if (asked !== undefined) {
    return asked.approvedBy === undefined ? { state: "waiting", asked } : { state: "approved" };
  }
  const hash = hashOfTyped(code);
  const former = [...journal.entries({ kind: "asked", newestFirst: true })]
    .find(({ body }) => body.codeHash === hash);
  if (former === undefined) return { state: "unknown" };
  const isUsed = journal.intents({ sinceMs: former.atMs, clientId: former.clientId ?? 0 })
    .some((intent) => usedQuestion(intent) === former.seq);
  if (isUsed) return { state: "used" };
  const isVoid = [...journal.entries({ kind: "noted", sinceMs: former.atMs })]
    .some(({ body }) => body.event === "void" && body.asked === former.seq);
  return { state: isVoid ? "void" : "expired" };
}

/**
 * The open question about exactly this order, one that has its yes before one that has none; only
 * that of row `seq`, where it is given.
 */
export function questionAbout(
  journal: Journal,
  order: Pick<Question, "clientId" | "request">,
  nowMs: number,
  seq?: number,
): Asked | undefined {
  const wanted = canonicalJson(order.request);
  const about = openQuestions(journal, nowMs).filter((asked) =>
    asked.clientId === order.clientId && canonicalJson(asked.request) === wanted &&
    (seq === undefined || asked.seq === seq)
  );
  return about.find(({ approvedBy }) => approvedBy !== undefined) ?? about[0];
}

/** The client id of the open question about exactly this order that has its yes. */
export function approvedIdFor(
  journal: Journal,
  request: Record<string, unknown>,
  nowMs: number,
): number | undefined {
  const wanted = canonicalJson(request);
  return openQuestions(journal, nowMs).find((asked) =>
    asked.approvedBy !== undefined && canonicalJson(asked.request) === wanted
  )?.clientId;
}

function askedOf(entry: Entry, approvals: readonly Entry[]): Asked {
  const { symbol, request, lines, bestOpposite, exchangeMs } = entry.body as unknown as Question;
  const approval = approvals.find(({ body }) => body.asked === entry.seq);
  return {
    seq: entry.seq,
    clientId: entry.clientId ?? 0,
    ...{ symbol, request, lines, bestOpposite },
    askedAtMs: entry.atMs,
    expiresAtMs: entry.atMs + APPROVAL_MS,
    ...(exchangeMs === undefined ? {} : { exchangeMs }),
    ...(approval === undefined ? {} : { approvedBy: approval.body.by as ApprovedBy }),
  };
}

/** Of a code as a person types it. */
function hashOfTyped(code: string): string {
  return hashOf(code.trim().toUpperCase());
}

function hashOf(code: string): string {
  return createHash("sha256").update(code).digest("hex");
}
