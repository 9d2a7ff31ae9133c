/**
 * `halt`: stops new orders of every running process at once. Needs no key, no journal and no
 * settings in order: whoever types it is in a hurry.
 *
 * @module
 */

import { JournalError } from "../journal/mod.ts";
import { cancelEverything } from "./cancel_everything.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { dataDirectoryOf } from "./data.ts";
import { haltText } from "./resume.ts";
import type { DataDirectory, World } from "./world.ts";

/** The command. */
export const halt: Command = {
  name: "halt",
  summary: "Stops new orders of every running desk at once; cancels still work",
  details:
    "It writes the file HALT into the data directory, which every process looks for before\n" +
    "it sends an order. --cancel-all spares reduce-only triggers: a stop protects a position.",
  example: "backpack-mcp halt --cancel-all",
  options: [
    { name: "cancel-all", meaning: "cancel every open order too, on spot and perpetuals" },
    DATA_DIR_OPTION,
  ],
  run,
};

const REASON = "The owner halted the desk by backpack-mcp halt";

async function run(given: Given, world: World): Promise<ExitCode> {
  const { terminal } = world;
  const data = dataDirectoryOf(given, world);
  const before = data.readHalt();
  if (before === undefined) {
    write(data);
    terminal.print(`Halted: no new order leaves a desk whose data directory is ${data.path}.\n`);
    record(data, world);
  } else {
    terminal.print(`${haltText(before, world.edges.now())} (${data.path}).\n`);
  }
  if (given.switches.has("cancel-all")) return await cancelEverything(data, world);
  terminal.say("Open orders stand; `halt --cancel-all` cancels them, `resume` ends the halt.\n");
  return 0;
}

function write(data: DataDirectory): void {
  try {
    data.writeHalt(`${REASON}\n`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Refusal(
      1,
      `NOT halted: ${data.path}/HALT can't be written (${reason}). End the ` +
        "client that runs the desk, and delete the API key on Backpack if you must be sure",
    );
  }
  if (data.readHalt() !== undefined) return;
  throw new Refusal(1, `NOT halted: ${data.path}/HALT was written and is not there`);
}

/** The halt stands whether or not it is on record. */
function record(data: DataDirectory, { terminal }: World): void {
  const journal = data.openJournal();
  try {
    if (journal instanceof JournalError) throw journal;
    journal.transact(() => journal.append("halted", { body: { by: "terminal", reason: REASON } }));
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    terminal.say(`The halt stands, but could not be recorded: ${error.message}\n`);
  } finally {
    if (!(journal instanceof JournalError)) journal.close();
  }
}
