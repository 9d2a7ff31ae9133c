/**
 * `pending`: what waits for a person: orders that need a yes, and orders of unknown outcome.
 *
 * @module
 */

import { type Asked, openQuestions } from "../journal/approvals.ts";
import type { Intent, Journal } from "../journal/mod.ts";
import { plainText } from "../quote.ts";
import { plural } from "../tools/line.ts";
import {
  type Command,
  DATA_DIR_OPTION,
  type ExitCode,
  type Given,
  JSON_OPTION,
} from "./command.ts";
import { dataDirectoryOf, existingJournal } from "./data.ts";
import { durationText, timeText } from "./times.ts";
import type { World } from "./world.ts";

/** The command. */
export const pending: Command = {
  name: "pending",
  summary: "Lists the orders that wait for your yes, and those of unknown outcome",
  details: "A code is never shown: it is in the answer that the assistant got.",
  example: "backpack-mcp pending",
  options: [JSON_OPTION, DATA_DIR_OPTION],
  run,
};

function run(given: Given, world: World): ExitCode {
  using journal = existingJournal(dataDirectoryOf(given, world), world);
  const nowMs = world.edges.now();
  const waiting = openQuestions(journal, nowMs);
  const unknown = unknownOrders(journal);
  if (given.switches.has("json")) {
    const value = { waiting: waiting.map(questionValue), unresolved: unknown.map(orderValue) };
    world.terminal.print(`${JSON.stringify(value)}\n`);
    return 0;
  }
  const texts = [
    ...waiting.map((asked) => questionText(asked, nowMs)),
    ...unknown.map((intent) => orderText(intent, nowMs)),
  ];
  world.terminal.print(texts.length === 0 ? "Nothing waits.\n" : texts.join("\n"));
  return 0;
}

/** The orders that may stand although nobody knows, newest first. */
export function unknownOrders(journal: Journal): Intent[] {
  return journal.intents({ unresolved: true }).filter(({ clientId }) => clientId !== undefined);
}

/** What the person is asked, line by line. */
export function linesOf({ lines }: Asked): string {
  return lines.map((line) => `  ${plainText(line)}\n`).join("");
}

/** The client ids of the orders that one yes is for. */
export function idsIn({ clientId, request }: Asked): number[] {
  if (!Array.isArray(request.orders)) return [clientId];
  return request.orders.map((order: { clientId: number }) => order.clientId);
}

/** Such as `client id 7` or `client ids 7, 8`. */
export function idsText(asked: Asked): string {
  const ids = idsIn(asked);
  return `${plural(ids.length, "client id")} ${ids.join(", ")}`;
}

function questionText(asked: Asked, nowMs: number): string {
  const { approvedBy, askedAtMs, expiresAtMs } = asked;
  const state = approvedBy === undefined ? "Waits for your yes" : `Approved (${approvedBy})`;
  const age = `asked ${durationText(nowMs - askedAtMs)} ago`;
  const end = `ends in ${durationText(expiresAtMs - nowMs)}`;
  return `${state}, ${age}, ${end}, ${idsText(asked)}:\n${linesOf(asked)}`;
}

function orderText(intent: Intent, nowMs: number): string {
  const { clientId, symbol, atMs, state } = intent;
  const age = `sent ${timeText(atMs)} (${durationText(nowMs - atMs)} ago)`;
  return `Outcome ${state === "in_flight" ? "not known yet" : "unknown"}: client id ${clientId}, ` +
    `${plainText(symbol)}, ${age}\n` +
    `  The desk goes on looking while it runs; \`backpack-mcp resolve ${clientId}\` closes it ` +
    "by your word\n";
}

function questionValue(asked: Asked): Record<string, unknown> {
  const { clientId, symbol, request, lines, askedAtMs, expiresAtMs, approvedBy } = asked;
  const approval = approvedBy === undefined ? {} : { approvedBy };
  return { clientId, symbol, request, lines, askedAtMs, expiresAtMs, ...approval };
}

function orderValue({ clientId, symbol, state, atMs, request }: Intent): Record<string, unknown> {
  return { clientId, symbol, state, sentAtMs: atMs, request };
}
