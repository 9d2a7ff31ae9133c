/**
 * The files of the record of starts, `starts/` in the data directory: one for each start, so that no
 * two processes write the same, for their owner alone. Nothing that goes wrong here stops a server.
 *
 * @module
 */

import { outdatedStarts, type StartFile, startFileName } from "../starts.ts";
import { writeAll } from "./edges.ts";

const MAX_CHARACTERS = 64 * 1024;
const RECENT_LINES = 50;
/** A longer line is left out: nobody could read it. */
const MAX_LINE_CHARACTERS = 4096;

/** The file of one start. */
export interface StartLog {
  /** Takes one line; never throws. */
  keep(line: string): void;
  /** Closes the file. */
  close(): void;
}

const NOWHERE: StartLog = { keep: () => {}, close: () => {} };

/**
 * Opens the file of this start, and deletes the oldest ones beyond those that are kept. Without a
 * directory, or where the file can't be written, lines are dropped and nothing is said.
 */
export function openStartLog(directory: string | undefined, nowMs: number): StartLog {
  try {
    const folder = `${directory}/starts`;
    if (directory === undefined) return NOWHERE;
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    makeRoom(folder);
    const path = `${folder}/${startFileName(nowMs, Deno.pid)}`;
    const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    lock(file);
    return { keep: keeperOf(file), close: () => file.close() };
  } catch {
    return NOWHERE;
  }
}

/**
 * Locks the file for as long as the process runs: the system lets go of it however the process
 * ends. Not on Windows, where nobody else could read a locked file.
 */
function lock(file: Deno.FsFile): void {
  if (Deno.build.os === "windows") return;
  try {
    file.tryLockSync(true);
  } catch {
    // A file system without locks: a running server can't be told from a killed one.
  }
}

/** The newest `count` files, newest first; none where there is no directory, or no permission. */
export function readStartLogs(directory: string, count: number): StartFile[] {
  try {
    const folder = `${directory}/starts`;
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort().reverse();
    return names.slice(0, count).map((name) => `${folder}/${name}`)
      .map((path) => ({ text: Deno.readTextFileSync(path), ...runningState(path) }));
  } catch {
    return [];
  }
}

/** A server holds a lock on its file while it runs; nothing is said where locks don't work. */
function runningState(path: string): Pick<StartFile, "isRunning"> {
  if (Deno.build.os === "windows") return {};
  using file = Deno.openSync(path, { read: true });
  try {
    return { isRunning: !file.tryLockSync(false) };
  } catch {
    return {};
  }
}

function makeRoom(folder: string): void {
  for (const name of outdatedStarts([...Deno.readDirSync(folder)].map(({ name }) => name))) {
    try {
      Deno.removeSync(`${folder}/${name}`);
    } catch (error) {
      // Another process makes room too.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Writes lines until the file is full. It then begins again with its first line and the latest
 * ones: how a start began and how it ended matter most.
 */
function keeperOf(file: Deno.FsFile): StartLog["keep"] {
  let first: string | undefined;
  let recent: string[] = [];
  let written = 0;
  const write = (text: string): void => {
    writeAll(file, text);
    written += text.length;
  };
  return (line) => {
    if (line.length > MAX_LINE_CHARACTERS) return;
    first ??= line;
    recent = [...recent, line].slice(-RECENT_LINES);
    try {
      if (written + line.length <= MAX_CHARACTERS) return write(line);
      file.truncateSync(0);
      file.seekSync(0, Deno.SeekMode.Start);
      written = 0;
      write(first);
      // A few long lines must leave room for the next.
      write(latestWithin(recent, MAX_CHARACTERS / 2));
    } catch {
      // A full disk ends the record, not the desk.
    }
  };
}

function latestWithin(lines: readonly string[], maxCharacters: number): string {
  let text = "";
  for (const line of lines.toReversed()) {
    if (text.length + line.length > maxCharacters) break;
    text = line + text;
  }
  return text;
}
