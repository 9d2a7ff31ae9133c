/**
 * `resume`: lets new orders leave again.
 *
 * @module
 */

import { JournalError } from "../journal/mod.ts";
import { plainText } from "../quote.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { dataDirectoryOf } from "./data.ts";
import { durationText, timeText } from "./times.ts";
import type { DataDirectory, HaltFile, World } from "./world.ts";

/** The command. */
export const resume: Command = {
  name: "resume",
  summary: "Ends the halt: new orders may leave again",
  details: "Says since when and why the desk was halted, and asks on the terminal first.",
  example: "backpack-mcp resume",
  options: [{ name: "yes", meaning: "do not ask" }, DATA_DIR_OPTION],
  run,
};

function run(given: Given, world: World): ExitCode {
  const { terminal } = world;
  const data = dataDirectoryOf(given, world);
  const halt = data.readHalt();
  if (halt === undefined) {
    terminal.print(`Not halted: there is no HALT in ${data.path}.\n`);
    return 0;
  }
  terminal.say(`${haltText(halt, world.edges.now())}\n`);
  if (!given.switches.has("yes") && !isConfirmed(world)) {
    terminal.say("Still halted.\n");
    return 1;
  }
  data.removeHalt();
  if (data.readHalt() !== undefined) {
    throw new Refusal(1, `still halted: ${data.path}/HALT is there again`);
  }
  terminal.print(`Resumed: new orders may leave again (${data.path}).\n`);
  record(data, halt, world);
  return 0;
}

/** Such as `Halted since 2026-01-01 00:00:00Z (2 min ago): by the owner, on a terminal`. */
export function haltText({ sinceMs, reason }: HaltFile, nowMs: number): string {
  const since = sinceMs === undefined
    ? ""
    : ` since ${timeText(sinceMs)} (${durationText(nowMs - sinceMs)} ago)`;
  return `Halted${since}: ${plainText(reason) || "HALT says no reason"}`;
}

function isConfirmed({ terminal }: World): boolean {
  if (!terminal.hasKeyboard) {
    throw new Refusal(2, "this asks on a terminal, and there is none: add --yes");
  }
  return terminal.ask("Let new orders leave again? Type yes: ")?.trim() === "yes";
}

function record(data: DataDirectory, { reason }: HaltFile, { terminal }: World): void {
  const journal = data.openJournal();
  try {
    if (journal instanceof JournalError) throw journal;
    const body = { by: "terminal", wasHaltedFor: plainText(reason) };
    journal.transact(() => journal.append("resumed", { body }));
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    terminal.say(`It could not be recorded: ${error.message}\n`);
  } finally {
    if (!(journal instanceof JournalError)) journal.close();
  }
}
