/**
 * Which data directory a command works on, and its journal.
 *
 * @module
 */

import { grantAdvice } from "../data_directory.ts";
import { Journal } from "../journal/mod.ts";
import { DATA_DIR } from "../settings.ts";
import { type Given, Refusal } from "./command.ts";
import type { DataDirectory, World } from "./world.ts";

/**
 * The directory that `--data-dir` names, or that the settings do.
 *
 * @throws {Refusal} where it can't be known or used: a halt in the wrong place would halt nothing
 */
export function dataDirectoryOf(given: Given, world: World): DataDirectory {
  const path = given.values.get("data-dir");
  if (path !== undefined && DATA_DIR.read(path) === undefined) {
    throw new Refusal(2, `--data-dir: wanted ${DATA_DIR.wanted}`);
  }
  const { configuration } = world;
  const [name] = DATA_DIR.names;
  const problems = configuration.ok ? [] : configuration.problems;
  const fault = problems.find(({ variable }) => variable === name);
  if (path === undefined && fault !== undefined) {
    throw new Refusal(2, `${name}: ${fault.message}; correct it, or name it with --data-dir`);
  }
  const data = world.data(path);
  if (data === undefined) {
    throw new Refusal(2, "nothing names the data directory: set HOME, or give --data-dir");
  }
  if (!data.isPermitted) throw new Refusal(2, notPermitted(data.path));
  return data;
}

/**
 * Where HALT stands or shall stand: in the one directory that `--data-dir` names, or in the settings'
 * and in the one that every desk of this user looks at, where this program may.
 */
export function haltPlaces(given: Given, world: World): [DataDirectory, ...DataDirectory[]] {
  const data = dataDirectoryOf(given, world);
  const every = given.values.has("data-dir") ? undefined : otherHalt(data, world);
  return every?.isPermitted ? [data, every] : [data];
}

/** The directory whose HALT stops every desk, where it is another than `data`. */
export function otherHalt(data: DataDirectory, world: World): DataDirectory | undefined {
  const every = world.everyDesk();
  return every?.path === data.path ? undefined : every;
}

/**
 * The journal there, to be closed.
 *
 * @throws {Refusal} if there is none
 * @throws {JournalError} if it can't be opened
 */
export function existingJournal(data: DataDirectory, world: World): Journal {
  const { configuration, terminal } = world;
  const mode = configuration.ok ? configuration.config.mode : configuration.mode;
  if (mode === "paper") {
    terminal.say(
      `BACKPACK_MODE=paper: this is the journal of paper orders, in ${data.path}.\n`,
    );
  }
  if (!data.hasJournal()) {
    throw new Refusal(
      1,
      `there is no journal in ${data.path}: no order was recorded there. A server ` +
        "with another data directory needs --data-dir",
    );
  }
  const journal = data.openJournal();
  if (journal instanceof Journal) return journal;
  throw journal;
}

function notPermitted(path: string): string {
  return `this program has no permission for ${path}: ${grantAdvice(path)}`;
}
