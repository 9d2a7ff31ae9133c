/**
 * `halt`: stops new orders of every running process at once. Needs no key, no journal and no
 * settings in order: whoever types it is in a hurry.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { JournalError } from "../journal/mod.ts";
import { cancelEverything } from "./cancel_everything.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { haltPlaces, otherHalt } from "./data.ts";
import { haltText } from "./resume.ts";
import type { DataDirectory, World } from "./world.ts";

/** The command. */
export const halt: Command = {
  name: "halt",
  summary: "Stops new orders of every running desk at once; cancels still work",
  details:
    "It writes the file HALT into the data directory, and into the one that every desk of this\n" +
    "user looks at before it sends an order, wherever its journal lies; with --data-dir into that\n" +
    "one alone. --cancel-all spares reduce-only triggers: a stop protects a position.",
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
  const [data, ...others] = haltPlaces(given, world);
  const before = data.readHalt();
  if (before === undefined) {
    write(data);
    terminal.print(`Halted: no new order leaves a desk whose data directory is ${data.path}.\n`);
    record(data, world);
  } else {
    terminal.print(`${haltText(before, world.edges.now())} (${data.path}).\n`);
  }
  const code = others.every((other) => haltOthers(other, world)) ? 0 : 1;
  if (code === 0) terminal.say(reach(given, data, world));
  if (given.switches.has("cancel-all")) return await cancelEverything(data, world) || code;
  terminal.say("Open orders stand; `halt --cancel-all` cancels them, `resume` ends the halt.\n");
  return code;
}

/** Halts the desks that have another data directory; whether that worked. */
function haltOthers(every: DataDirectory, { terminal }: World): boolean {
  try {
    if (every.readHalt() === undefined) write(every);
    terminal.print(
      `Halted: nor does one leave another desk of this user's (${every.path}/HALT).\n`,
    );
    return true;
  } catch (error) {
    const reason = messageOf(error);
    terminal.say(`Desks of this user with another data directory go on: ${reason}\n`);
    return false;
  }
}

/** Which desks the halt reaches, and which it does not. */
function reach(given: Given, data: DataDirectory, world: World): string {
  const every = otherHalt(data, world);
  if (given.values.has("data-dir") && every !== undefined) {
    return "Desks with another data directory go on: `halt` without --data-dir stops them too.\n";
  }
  if (every?.isPermitted === false) {
    return `A desk whose client sets another data directory goes on, since ${every.path}/HALT ` +
      "can't be written from here: `halt --data-dir DIR` stops it.\n";
  }
  return "A desk of another user or HOME goes on, and one that may not look at that file.\n";
}

function write(data: DataDirectory): void {
  try {
    data.writeHalt(`${REASON}\n`);
  } catch (error) {
    const reason = messageOf(error);
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
