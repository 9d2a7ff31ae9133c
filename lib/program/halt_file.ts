/**
 * The halt on this machine: a file named HALT, in the data directory or in the one that every desk of
 * this user looks at.
 *
 * @module
 */

import type { Config } from "../config.ts";
import { fileHalt, type Halt } from "../desk/halt.ts";
import type { Log } from "../log.ts";
import { dataDirectoryOf, everyDesksDirectoryHere } from "./sources.ts";

/**
 * A file named HALT stops new orders in every process at once: in the data directory, and in the
 * user's own, since whoever types `halt` may not know what a client sets for its server.
 */
export function haltOf(config: Config, log: Log): Halt {
  const directory = dataDirectoryOf(config) ?? "";
  const path = `${directory}/HALT`;
  const isLive = config.mode === "live";
  const every = everyDesksHalt();
  // Who may not look there could not have halted there either.
  const isForAll = (): boolean => every !== undefined && every !== path && isThere(every, false);
  // A paper desk may have no permission to look, and no journal on disk to protect.
  const exists = (): boolean => isForAll() || (mayHold(directory) && isThere(path, isLive));
  const isUntold = (): boolean => !isForAll() && isThere(path, isLive) && !isThere(path, false);
  return fileHalt({
    exists,
    isUntold,
    ...(isLive ? { create: (reason) => create(path, reason) } : {}),
  }, log);
}

/** The HALT of every desk of this user; asked before the environment is given up. */
export function everyDesksHalt(): string | undefined {
  const directory = everyDesksDirectoryHere();
  return directory === undefined ? undefined : `${directory}/HALT`;
}

/**
 * Whether the directory may hold a HALT, in upper or lower case: some file systems tell neither from
 * the other. Every answer asks, and to list a few names is quicker than to fail to find one.
 */
function mayHold(directory: string): boolean {
  try {
    return Deno.readDirSync(directory).some(({ name }) => name.toUpperCase() === "HALT");
  } catch {
    return true;
  }
}

/** Whether there is a file of that name, be it a link to nothing; `otherwise` where nobody can tell. */
function isThere(path: string, otherwise: boolean): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return error instanceof Deno.errors.NotFound ? false : otherwise;
  }
}

function create(path: string, reason: string): void {
  try {
    Deno.writeTextFileSync(path, `${reason}\n`, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
