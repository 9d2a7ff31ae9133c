/**
 * The doctor's look at this machine: program, permissions, data directory, journal, halt, orders
 * of unknown outcome, and what a client is going to see.
 *
 * @module
 */

import { type Configuration, problemText } from "../config.ts";
import { messageOf } from "../errors.ts";
import { Journal } from "../journal/mod.ts";
import { TOOL_GROUPS } from "../settings.ts";
import { offered } from "../tools/mod.ts";
import { type Given, Refusal } from "./command.ts";
import { dataDirectoryOf, otherHalt } from "./data.ts";
import type { Finding } from "./finding.ts";
import { unknownOrders } from "./pending.ts";
import { startFindings } from "./starts_check.ts";
import { haltsOnRecord, haltText } from "./resume.ts";
import type { DataDirectory, HaltFile, World } from "./world.ts";

const OWN = "permissions are limited to what it needs";
const RELEASE =
  "a release: one exchange; a command may use any file, and a server keeps, before it " +
  "answers, its data directory alone";

/** Program and permissions. */
export function checkProgram({ version, machine }: World): Finding[] {
  const { os, program, unlimited, isRelease } = machine;
  const text = `backpack-mcp ${version} on ${os}: ${program.join(" ")}`;
  return [
    { check: "program", state: "ok", text },
    unlimited.length === 0 ? { check: "sandbox", state: "ok", text: isRelease ? RELEASE : OWN } : {
      check: "sandbox",
      state: "problem",
      text: `it may do anything with: ${unlimited.join(", ")}`,
      todo: "start it by the executable or by `deno task start`, not with --allow-all",
    },
  ];
}

/** Data directory, journal, halt, open questions. */
export function checkData(given: Given, world: World): Finding[] {
  let data: DataDirectory;
  try {
    data = dataDirectoryOf(given, world);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return [{
      check: "data",
      state: "problem",
      text: "the journal has no place",
      todo: error.message,
    }];
  }
  return [...haltFindings(data, world), ...journalFindings(data, world), ...startFindings(data)];
}

/** What a client sees of all this. */
export function checkClient({ configuration }: World): Finding {
  if (configuration.ok) {
    const { mode, limits: { readOnly }, tools: groups } = configuration.config;
    const suffix = mode === "paper" ? " (paper)" : "";
    const count = offered({ readOnly, groups }).length;
    const of = groups.length < TOOL_GROUPS.length ? ` of ${groups.join(" and ")}` : "";
    const acts = readOnly ? ", none of which acts" : "";
    const text = `a client sees backpack-mcp${suffix} with ${count} tools${of}${acts}`;
    return { check: "client", state: "ok", text };
  }
  const todo = "correct the settings above, and restart the client";
  return { check: "client", state: "problem", text: closedText(configuration), todo };
}

function closedText({ problems }: Extract<Configuration, { ok: false }>): string {
  const [first] = problems;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return `a client sees a closed desk: ${first === undefined ? "" : problemText(first)}${more}`;
}

/** The halt of this data directory, and that of every desk. */
function haltFindings(data: DataDirectory, world: World): Finding[] {
  const every = otherHalt(data, world);
  const own = haltFinding(data, world);
  if (!every?.isPermitted) return [own];
  const trouble = [own, haltFinding(every, world)].filter(({ state }) => state !== "ok");
  return trouble.length === 0 ? [own] : trouble;
}

function haltFinding(data: DataDirectory, { edges }: World): Finding {
  let halt: HaltFile | undefined;
  try {
    halt = data.readHalt();
  } catch (error) {
    const reason = messageOf(error);
    const text = `whether the desk is halted can't be told, so no order can leave: ${reason}`;
    const todo = `make ${data.path} a directory that this user may read and write`;
    return { check: "halt", state: "problem", text, todo };
  }
  if (halt === undefined) return { check: "halt", state: "ok", text: "not halted" };
  const todo = "`backpack-mcp resume`, when new orders may leave again";
  return { check: "halt", state: "problem", text: haltText(halt, edges.now()), todo };
}

function journalFindings(data: DataDirectory, { edges, configuration }: World): Finding[] {
  const journal = data.openJournal();
  if (!(journal instanceof Journal)) {
    const { problem, reason, advice } = journal;
    const isPaper = configuration.ok && configuration.config.mode === "paper";
    // A paper account that can't be kept is in memory, with its journal.
    const effect = isPaper && reason === "unwritable"
      ? "what is traded on paper ends with its server"
      : "no order can leave";
    const text = `the journal in ${data.path} can't be used, so ${effect}: ${problem}`;
    return [{ check: "journal", state: "problem", text, todo: advice }];
  }
  using open = journal;
  const text = `the journal in ${data.path} is sound (\`audit --verify\` checks all of it)`;
  const halts = haltsOnRecord(open).map((halt): Finding => ({
    check: "halt",
    state: "problem",
    text: haltText(halt, edges.now()),
    todo: "look at that order, cancel it if it is not wanted, then `backpack-mcp resume`",
  }));
  return [{ check: "journal", state: "ok", text }, ...halts, unknownFinding(open)];
}

function unknownFinding(journal: Journal): Finding {
  const ids = unknownOrders(journal).map(({ clientId }) => clientId);
  if (ids.length === 0) {
    return { check: "orders", state: "ok", text: "the outcome of every order is known" };
  }
  return {
    check: "orders",
    state: "problem",
    text: `of unknown outcome: client id ${ids.join(", ")}`,
    todo: "a running desk goes on looking; `backpack-mcp pending` and `resolve` say more",
  };
}
