/**
 * `doctor` and what is wrong on this machine: permissions, directories, the journal, a halt.
 *
 * @module
 */

import { Journal, JournalError } from "../lib/journal/mod.ts";
import type { Person } from "./_cli.ts";
import { SEED, USER } from "./_config.ts";
import { file, KEY, testDoctor } from "./_doctor.ts";
import { MEMORY, START_MS } from "./_helpers.ts";

const PATH = "/data/journal.sqlite";
const JOURNAL = "✗ journal   the journal in /data can't be used, so no order can leave: ";

function unknownOrder(): Journal {
  const journal = Journal.open(MEMORY, () => START_MS);
  const body = { tool: "create_order", symbol: "SOL_USDC", key: "k", request: {} };
  journal.transact(() => journal.append("intent", { clientId: 8, body }));
  return journal;
}

function halted(person: Person): void {
  person.halt = { sinceMs: START_MS - 60_000, reason: "the day's loss" };
}

/** As SQLite says it, with its result code. */
function unwritable(problem: string, errcode: number): JournalError {
  return new JournalError("unwritable", PATH, problem, { errcode });
}

testDoctor([
  {
    name: "a file that others can read",
    given: { ...file(`BACKPACK_PRIVATE_KEY=${SEED}\n`), machine: { modeOf: () => 0o100640 } },
    line: `✗ files     ${USER} holds a key, and others on this machine may read it`,
    todo: `chmod 600 ${USER}`,
  },
  {
    name: "all permissions",
    given: { machine: { unlimited: ["net", "run"] } },
    line: "✗ sandbox   it may do anything with: net, run",
    todo: "deno task start",
  },
  {
    name: "a data directory that is no absolute path",
    given: { env: { ...KEY, BACKPACK_DATA_DIR: "data" } },
    line: "✗ data      the journal has no place",
    todo: "wanted an absolute path",
  },
  {
    name: "a data directory without permission",
    given: { forbidden: true },
    line: "✗ data      the journal has no place",
    todo: "deno task compile --data-dir /data",
  },
  {
    name: "a directory that is read-only",
    given: { journal: unwritable("attempt to write a readonly database", 8) },
    line: `${JOURNAL}attempt to write a readonly database`,
    todo: "Let this user write the file and its directory",
  },
  {
    name: "a damaged journal",
    given: { journal: new JournalError("damaged", PATH, "row 17 was changed") },
    line: `${JOURNAL}row 17 was changed`,
    todo: "Nothing was overwritten. Keep the file",
  },
  {
    name: "a journal of a later version",
    given: { journal: new JournalError("newer", PATH, "its version is 9") },
    line: `${JOURNAL}its version is 9`,
    todo: "Update backpack-mcp",
  },
  {
    name: "halted",
    given: {},
    prepare: halted,
    line: "✗ halt      Halted since 2025-12-31 23:59:00Z (1 min ago): the day's loss",
    todo: "`backpack-mcp resume`",
  },
  {
    name: "an order of unknown outcome",
    given: { journal: unknownOrder() },
    line: "✗ orders    of unknown outcome: client id 8",
    todo: "`backpack-mcp pending` and `resolve` say more",
  },
  {
    name: "nothing that names a home",
    given: { homeless: true },
    line: "✗ data      the journal has no place",
    todo: "set HOME, or give --data-dir",
  },
  {
    name: "a journal that another process holds",
    given: { journal: unwritable("database is locked", 5) },
    line: `${JOURNAL}database is locked`,
    todo: "End the other process that holds it",
  },
  {
    name: "a full disk",
    given: { journal: unwritable("database or disk is full", 13) },
    line: `${JOURNAL}database or disk is full`,
    todo: "Free disk space",
  },
]);
