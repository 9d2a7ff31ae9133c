/**
 * The journal's entries as rows of one table: what an entry does not say itself is taken from the
 * intent that it is about.
 *
 * @module
 */

import { withIntents } from "../journal/about.ts";
import type { Entry, Intent, Journal } from "../journal/mod.ts";
import type { Column } from "./table.ts";
import { timeText } from "./times.ts";

/** What each row of {@linkcode trailRows} holds. */
export const TRAIL_COLUMNS: readonly Column[] = [
  { heading: "time" },
  { heading: "kind" },
  { heading: "tool" },
  { heading: "symbol" },
  { heading: "client id", isNumber: true },
  { heading: "what" },
  { heading: "state" },
  { heading: "known by" },
  { heading: "approved by" },
];

/** The entries from `sinceMs` on, oldest first. */
export function trailRows(journal: Journal, filter: { sinceMs?: number }): string[][] {
  return [...withIntents(journal, journal.entries(filter))]
    .map(([entry, intent]) => rowOf(entry, intent));
}

function rowOf(entry: Entry, intent: Intent | undefined): string[] {
  const { body, kind } = entry;
  // A cancel has no client id of its own: it names the one of the order that shall go.
  const clientId = entry.clientId ?? intent?.clientId ?? (intent?.request as Body)?.clientId;
  const approval = body.approval as Body | undefined;
  return [
    timeText(entry.atMs),
    kind,
    intent?.tool ?? "",
    text(body.symbol) || (intent?.symbol ?? ""),
    text(clientId),
    short(whatOf(entry)),
    text(body.state),
    kind === "approved" ? "" : text(body.by),
    text(kind === "approved" ? body.by : approval?.by),
  ];
}

/** A row stays one line of a screen; `--json` has it whole. */
function short(text: string): string {
  const letters = [...text];
  return letters.length <= MAX_WHAT ? text : `${letters.slice(0, MAX_WHAT - 1).join("")}…`;
}

const MAX_WHAT = 56;

type Body = Readonly<Record<string, unknown>>;

/** What the entry adds, in a few words. */
export function whatOf({ kind, body }: Entry): string {
  const words: Readonly<Record<string, () => string>> = {
    intent: () => pairs(body.request as Body),
    outcome: () => outcomeText(body),
    asked: () => Array.isArray(body.lines) ? text(body.lines[0]) : "",
    halted: () => text(body.reason),
    resumed: () => text(body.wasHaltedFor),
    opened: () => "a new journal",
    noted: () => pairs(body),
  };
  return words[kind]?.() ?? "";
}

function outcomeText({ order, code, message }: Body): string {
  const { id, status, executedQuantity } = (order ?? {}) as Body;
  const found = id === undefined ? [] : [`id ${text(id)}`, text(status)];
  const filled = executedQuantity === undefined ? [] : [`filled ${text(executedQuantity)}`];
  return [...found, ...filled, text(code), text(message)].filter(Boolean).join(" ");
}

/** The members that have no column of their own, as `side=Bid price=140.10`. */
function pairs(members: Body): string {
  return Object.entries(members).filter(([name]) => name !== "symbol" && name !== "clientId")
    .map(([name, value]) => `${name}=${text(value)}`).join(" ");
}

function text(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
