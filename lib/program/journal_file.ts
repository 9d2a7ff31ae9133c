/**
 * The journal's file on this machine: its directory, its mode, and how a replaced one shows.
 *
 * @module
 */

import { messageOf } from "../errors.ts";
import { Journal, JournalError } from "../journal/mod.ts";
import { edges } from "./edges.ts";

/** Opens or makes the journal in `directory`, which is made where there is none. */
export function openJournalIn(directory: string, name = "journal.sqlite"): Journal | JournalError {
  const path = `${directory}/${name}`;
  try {
    makePrivate(directory);
    return Journal.open({ path, identity: () => identityOf(path) }, edges.now);
  } catch (error) {
    if (error instanceof JournalError) return error;
    return new JournalError("unwritable", path, reasonOf(error, directory), error);
  }
}

/** Why nothing can be kept in `directory`. */
export function reasonOf(error: unknown, directory: string): string {
  if (error instanceof Deno.errors.NotCapable) {
    return `this program has no permission for ${directory}`;
  }
  return messageOf(error);
}

/** Device and inode, by which a journal that was replaced shows; `undefined` without a file. */
export function identityOf(path: string): string | undefined {
  try {
    const { dev, ino } = Deno.statSync(path);
    return `${dev}:${ino}`;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Makes the directory for its owner alone, and has every file that this process makes be so. */
export function makePrivate(directory: string): void {
  Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (Deno.build.os !== "windows") Deno.umask(0o077);
}
