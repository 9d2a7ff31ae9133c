/**
 * `approve`: a person's yes to one order, typed on a terminal. It can't be piped in, and there is
 * no switch for it: whoever runs programs for a model must not be able to say it.
 *
 * @module
 */

import { type Asked, type CodeState, recordApproval, stateOfCode } from "../journal/approvals.ts";
import type { Journal } from "../journal/mod.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { dataDirectoryOf, existingJournal, otherHalt } from "./data.ts";
import { idsIn, idsText, linesOf } from "./pending.ts";
import { haltsOnRecord, haltText } from "./resume.ts";
import { durationText } from "./times.ts";
import type { DataDirectory, HaltFile, World } from "./world.ts";

/** The command. */
export const approve: Command = {
  name: "approve",
  operands: ["CODE"],
  summary: "Shows the order that waits under CODE and asks for your yes",
  details: "The yes is typed on the terminal, in full. It is good for this one order, which the\n" +
    "assistant then sends by asking for it again.",
  example: "backpack-mcp approve K7QX2M",
  options: [DATA_DIR_OPTION],
  run,
};

function run(given: Given, world: World): ExitCode {
  const { terminal } = world;
  if (!terminal.hasKeyboard || !terminal.showsNotes) {
    throw new Refusal(2, "a yes is typed by a person: run this on a terminal, without redirection");
  }
  const data = dataDirectoryOf(given, world);
  using journal = existingJournal(data, world);
  const [code = ""] = given.operands;
  const asked = waitingUnder(journal, code, world);
  const [halt] = haltsOf(data, journal, world);
  if (halt !== undefined) {
    terminal.say(`${haltText(halt, world.edges.now())}\nUntil \`resume\` it is refused.\n`);
  }
  const left = durationText(asked.expiresAtMs - world.edges.now());
  const count = idsIn(asked).length;
  const what = count === 1 ? "this order" : `these ${count} orders`;
  terminal.say(`${linesOf(asked)}For ${idsText(asked)}; ends in ${left}.\n`);
  if (terminal.ask(`Approve ${what}? Type yes: `)?.trim() !== "yes") {
    terminal.say(
      "Not approved: only yes, in full, is a yes. Until it ends it can be asked again.\n",
    );
    return 1;
  }
  // While the person read, it may have run out, or somebody else may have said yes.
  journal.transact(() => {
    recordApproval(journal, waitingUnder(journal, code, world), "terminal");
  });
  terminal.print(`Approved: the assistant can now ask for ${what} again.\n`);
  return 0;
}

/** What halts the desk there: its own HALT, that of every desk, its journal. */
function haltsOf(data: DataDirectory, journal: Journal, world: World): HaltFile[] {
  const every = otherHalt(data, world);
  const places = every?.isPermitted ? [data, every] : [data];
  const files = places.map((place) => place.readHalt()).filter((halt) => halt !== undefined);
  return [...files, ...haltsOnRecord(journal)];
}

/**
 * The question that still waits.
 *
 * @throws {Refusal} for any other code
 */
function waitingUnder(journal: Journal, code: string, world: World): Asked {
  const found = stateOfCode(journal, code, world.edges.now());
  if (found.state === "waiting") return found.asked;
  throw new Refusal(1, WORDS[found.state]);
}

const WORDS: Readonly<Record<Exclude<CodeState["state"], "waiting">, string>> = {
  unknown: "no order was ever asked about under this code: compare it with the assistant's " +
    "answer, and see `backpack-mcp pending`; another data directory needs --data-dir",
  expired: "this code has run out, five minutes after it was given; if the order is still " +
    "wanted, let the assistant ask for it again, which gives a new code",
  void:
    "the market moved too far since this order was asked about, and the yes is void; if it is " +
    "still wanted, let the assistant ask for it again, which gives a new code",
  used: "this code was used: its order was sent. `backpack-mcp audit` shows what became of it",
  approved: "this order is approved already; the assistant can ask for it again now",
};
