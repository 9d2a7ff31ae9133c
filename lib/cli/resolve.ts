/**
 * `resolve`: the owner's word on an order that no look-up could find out about.
 *
 * @module
 */

import type { Intent, Journal } from "../journal/mod.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { dataDirectoryOf, existingJournal } from "./data.ts";
import { unknownOrders } from "./pending.ts";
import { type Column, table } from "./table.ts";
import { durationText, timeText } from "./times.ts";
import { whatOf } from "./trail.ts";
import type { World } from "./world.ts";

/** The command. */
export const resolve: Command = {
  name: "resolve",
  operands: ["CLIENTID"],
  summary: "Closes an order of unknown outcome by your word: placed, or not placed",
  details: "While an order is of unknown outcome, no further order on its asset leaves. Look on\n" +
    "Backpack first, at open orders, order history and fills: `not placed` lets the assistant\n" +
    "place it anew, and if it did stand after all, there are two. On a terminal only.",
  example: "backpack-mcp resolve 1839201842",
  options: [DATA_DIR_OPTION],
  run,
};

/** An order this young may still be waiting for its reply. */
const YOUNG_MS = 60_000;
const COLUMNS: readonly Column[] = [
  ...[{ heading: "time" }, { heading: "kind" }, { heading: "what" }],
  ...[{ heading: "state" }, { heading: "known by" }],
];

/** What the owner types, and what it is called in the journal. */
const STATES: ReadonlyMap<string, string> = new Map([
  ["placed", "placed"],
  ["not placed", "not_placed"],
]);

function run(given: Given, world: World): ExitCode {
  const { terminal } = world;
  if (!terminal.hasKeyboard || !terminal.showsNotes) {
    throw new Refusal(2, "this is decided by a person: run it on a terminal, without redirection");
  }
  const clientId = clientIdOf(given.operands[0] ?? "");
  using journal = existingJournal(dataDirectoryOf(given, world), world);
  const intent = unknownUnder(journal, clientId);
  refuseYoung(intent, world.edges.now());
  terminal.say(
    `Client id ${clientId}, ${intent.tool} on ${intent.symbol}:\n${trail(journal, intent)}`,
  );
  const answer = terminal.ask("What became of it? Type placed, or not placed: ")?.trim() ?? "";
  const state = STATES.get(answer);
  if (state === undefined) {
    terminal.say("Nothing was changed.\n");
    return 1;
  }
  // While the person looked, the desk may have found out.
  journal.transact(() => {
    const { seq } = unknownUnder(journal, clientId);
    journal.append("outcome", { intent: seq, clientId, body: { state, by: "owner" } });
  });
  terminal.print(`Closed: client id ${clientId} counts as ${answer} from now on.\n`);
  return 0;
}

function refuseYoung(intent: Intent, nowMs: number): void {
  const ageMs = nowMs - intent.atMs;
  if (ageMs >= YOUNG_MS) return;
  const sent = `it was sent ${durationText(ageMs)} ago`;
  throw new Refusal(1, `${sent}, and the desk may still find out by itself: wait a minute`);
}

function clientIdOf(operand: string): number {
  if (/^\d{1,10}$/.test(operand)) return Number(operand);
  throw new Refusal(2, "CLIENTID is a whole number, as `backpack-mcp pending` shows it");
}

function unknownUnder(journal: Journal, clientId: number): Intent {
  const found = unknownOrders(journal).find((intent) => intent.clientId === clientId);
  if (found !== undefined) return found;
  const [known] = journal.intents({ clientId, limit: 1 });
  throw new Refusal(
    1,
    known === undefined
      ? `no order with client id ${clientId} is on record; see \`backpack-mcp pending\``
      : `what became of client id ${clientId} is known: ${known.state} ` +
        `(${known.outcome?.body.by ?? "reply"})`,
  );
}

function trail(journal: Journal, { seq, clientId }: Intent): string {
  const isAboutIt = (entry: { seq: number; intent: number | undefined }): boolean =>
    entry.seq === seq || entry.intent === seq;
  const own = [
    ...journal.entries({ sinceSeq: seq, ...(clientId === undefined ? {} : { clientId }) }),
  ];
  const rows = own.filter(isAboutIt).map((entry) => [
    timeText(entry.atMs),
    entry.kind,
    whatOf(entry),
    String(entry.body.state ?? ""),
    String(entry.body.by ?? ""),
  ]);
  return table(COLUMNS, rows);
}
