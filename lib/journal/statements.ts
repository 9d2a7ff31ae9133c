/**
 * Statements that are prepared once for each connection: SQLite takes longer to read most of the
 * journal's SQL than to run it. Texts must be few and fixed, since they are kept for good.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";

const PREPARED = new WeakMap<DatabaseSync, Map<string, StatementSync>>();

/**
 * The statement of that text. It must be run to its end (`run`, `get`, `all`) before it is asked
 * for again.
 */
export function prepared(db: DatabaseSync, sql: string): StatementSync {
  const statements = PREPARED.get(db) ?? new Map<string, StatementSync>();
  PREPARED.set(db, statements);
  const found = statements.get(sql);
  if (found !== undefined) return found;
  const statement = db.prepare(sql);
  statements.set(sql, statement);
  return statement;
}
