/**
 * What can be wrong with the journal, in the four ways that ask for different steps of the owner.
 * SQLite's failures are told apart by their result codes, since its texts change between versions.
 *
 * @module
 */

import { grantAdvice } from "../data_directory.ts";

/**
 * `damaged`: its content can't be trusted. `newer`: written by a later version of this program.
 * `unwritable`: the disk, the permissions or another process stand in the way. `gone`: the file
 * was deleted, moved or replaced while it was open.
 */
export type JournalProblem = "damaged" | "newer" | "unwritable" | "gone";

/** The journal can't be used; its message says why and what the owner can do. */
export class JournalError extends Error {
  override readonly name = "JournalError";
  /** What kind of failure it is, from a closed list. */
  readonly reason: JournalProblem;
  /** What was found, such as "row 17 was changed", without the advice. */
  readonly problem: string;
  /** What the owner can do, a sentence without its period. */
  readonly advice: string;

  /** `problem` is a clause about the journal at `path`; `cause` is for the log. */
  constructor(reason: JournalProblem, path: string, problem: string, cause?: unknown) {
    const advice = adviceFor(reason, path, cause);
    super(`The journal ${path} ${LEAD[reason]}: ${problem}. ${advice}`, { cause });
    this.reason = reason;
    this.problem = problem;
    this.advice = advice;
  }
}

const LEAD: Readonly<Record<JournalProblem, string>> = {
  damaged: "is damaged",
  newer: "is of a later version",
  unwritable: "can't be written",
  gone: "is no longer the file that was opened",
};

const ADVICE: Readonly<Record<JournalProblem, string>> = {
  damaged: "Nothing was overwritten. Keep the file: move it, with its -wal and -shm, to another " +
    "directory (SAFETY.md), look at the open orders on the exchange, and start again; a new " +
    "journal is made, and for its first 24 hours the limits also count what the exchange shows",
  newer: "Update backpack-mcp to the version that wrote it",
  unwritable: "Free disk space, let this user write the file and its directory, or end the " +
    "process that holds it, and try again",
  gone: "Put the file back, with its -wal and -shm, or start again; a new journal is made, and " +
    "for its first 24 hours the limits also count what the exchange shows",
};

/** What stands in the way, by SQLite's primary result code: BUSY, LOCKED, READONLY, FULL. */
const WAYS: Readonly<Record<number, string>> = {
  5: "End the other process that holds it (another server here, a backup), and try again",
  6: "End the other process that holds it (another server here, a backup), and try again",
  8: "Let this user write the file and its directory, and try again",
  13: "Free disk space, and try again",
};

function adviceFor(reason: JournalProblem, path: string, cause: unknown): string {
  const { errcode, name } = (cause ?? {}) as { errcode?: unknown; name?: unknown };
  // The runtime's error where the program was not given a permission.
  if (name === "NotCapable") return grantAdvice(path.slice(0, path.lastIndexOf("/")));
  const way = typeof errcode === "number" ? WAYS[errcode & 0xff] : undefined;
  return reason === "unwritable" && way !== undefined ? way : ADVICE[reason];
}

/** Does `work`; a failure of SQLite, or content that can't be read, becomes a {@linkcode JournalError}. */
export function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toJournalError(path, error);
  }
}

function toJournalError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof JournalError) return error;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  const unreadable = code === "ERR_OUT_OF_RANGE" || error instanceof SyntaxError;
  if (unreadable) return new JournalError("damaged", path, "a row can't be read", error);
  if (code !== "ERR_SQLITE_ERROR") return error;
  const reason = isDamage(errcode) ? "damaged" : "unwritable";
  return new JournalError(reason, path, error.message, error);
}

/** ERROR (such as malformed JSON in a row), CORRUPT, CONSTRAINT, MISMATCH, NOTADB; short reads. */
function isDamage(errcode: unknown): boolean {
  if (typeof errcode !== "number") return false;
  return [1, 11, 19, 20, 26].includes(errcode & 0xff) || errcode === 522;
}
