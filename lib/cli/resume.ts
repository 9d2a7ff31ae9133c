/**
 * `resume`: lets new orders leave again.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { haltsSinceResumed } from "../journal/halts.ts";
import { type Journal, JournalError } from "../journal/mod.ts";
import { plainText } from "../quote.ts";
import { type Command, DATA_DIR_OPTION, type ExitCode, type Given, Refusal } from "./command.ts";
import { haltPlaces, otherHalt } from "./data.ts";
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
  const places = haltPlaces(given, world);
  const [data] = places;
  const found = places.map((place) => ({ place, halt: place.readHalt() }));
  const halts = found.map(({ halt }) => halt).filter((halt) => halt !== undefined);
  // The file keeps its first reason: what showed up since is in the journal alone.
  const told = new Set(halts.map(({ reason }) => plainText(reason)));
  const recorded = standingHalts(data, world).filter(({ reason }) => !told.has(plainText(reason)));
  const standing = [...halts, ...recorded];
  if (standing.length === 0) {
    terminal.print(`Not halted: there is no HALT in ${data.path}.\n`);
    return stillHalted(data, world);
  }
  for (const each of standing) {
    terminal.say(`${haltText(each, world.edges.now())}\n`);
  }
  if (!given.switches.has("yes") && !isConfirmed(world)) {
    terminal.say("Still halted.\n");
    return 1;
  }
  for (const { place, halt } of found) if (halt !== undefined) remove(place);
  const problem = record(data, halts[0]);
  if (problem !== undefined) throw new Refusal(1, problem);
  terminal.print(`Resumed: new orders may leave again (${data.path}).\n`);
  return stillHalted(data, world);
}

/** The HALT of every desk outlasts what `--data-dir` resumes. */
function stillHalted(data: DataDirectory, world: World): ExitCode {
  const every = otherHalt(data, world);
  if (every === undefined || !every.isPermitted || every.readHalt() === undefined) return 0;
  world.terminal.say(
    `Still halted: ${every.path}/HALT stops every desk of this user; \`resume\` without ` +
      "--data-dir ends that.\n",
  );
  return 1;
}

/**
 * The halts that stand by the journal alone, since the owner last resumed: an order that had been
 * called not placed showed up.
 */
export function haltsOnRecord(journal: Journal): HaltFile[] {
  return haltsSinceResumed(journal).filter(({ body }) => body.cause === "reappeared")
    .map(({ atMs, body }) => ({ sinceMs: atMs, reason: String(body.reason ?? "") }));
}

function standingHalts(data: DataDirectory, { terminal }: World): HaltFile[] {
  if (!data.hasJournal()) return [];
  const journal = data.openJournal();
  if (journal instanceof JournalError) {
    terminal.say(`Whether the journal halts the desk is not known: ${journal.message}\n`);
    return [];
  }
  using open = journal;
  return haltsOnRecord(open);
}

function remove(data: DataDirectory): void {
  try {
    data.removeHalt();
  } catch (error) {
    const reason = messageOf(error);
    throw new Refusal(1, `still halted: ${data.path}/HALT can't be removed (${reason})`);
  }
  if (data.readHalt() === undefined) return;
  throw new Refusal(1, `still halted: ${data.path}/HALT is there again`);
}

/** Such as `Halted since 2026-01-01 00:00:00Z (2 min ago): The owner halted the desk by backpack-mcp halt`. */
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

/** What stands in the way, if it can't be recorded: the desk halts by its journal too. */
function record(data: DataDirectory, halt: HaltFile | undefined): string | undefined {
  const journal = data.openJournal();
  try {
    if (journal instanceof JournalError) throw journal;
    const wasHaltedFor = plainText(halt?.reason ?? "an order that showed up");
    journal.transact(() => journal.append("resumed", { body: { by: "terminal", wasHaltedFor } }));
    return undefined;
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const removed = halt === undefined ? "" : `${data.path}/HALT is gone, but `;
    return `${removed}nothing can be recorded, and without a record no order leaves: ${error.message}`;
  } finally {
    if (!(journal instanceof JournalError)) journal.close();
  }
}
