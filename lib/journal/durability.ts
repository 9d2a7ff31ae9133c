/**
 * When a commit waits for the disk: always, but for what may be lost. A commit that does not wait
 * is seen by every process at once and outlives them all; only a machine that loses its power may
 * forget it, and what comes after it in the log with it.
 *
 * @module
 */

import type { DatabaseSync } from "node:sqlite";
import { prepared } from "./statements.ts";

/** Does `work`, whose commits don't wait for the disk; those after it do again. */
export function unhurried<T>(db: DatabaseSync, work: () => T): T {
  prepared(db, "PRAGMA synchronous = NORMAL").all();
  try {
    return work();
  } finally {
    // A transaction that could not be ended would refuse it; the connection is of no use then.
    if (db.isOpen && !db.isTransaction) prepared(db, "PRAGMA synchronous = FULL").all();
  }
}
