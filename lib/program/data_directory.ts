/**
 * The data directory as a person's commands see it: the journal, and the file HALT.
 *
 * @module
 */

import type { DataDirectory, HaltFile } from "../cli/world.ts";
import type { PaperPrices } from "../settings.ts";
import { identityOf, openJournalIn } from "./journal_file.ts";
import { paperJournalName } from "./paper_files.ts";
import { resetPaperIn } from "./paper_reset.ts";
import { readStartLogs } from "./start_log.ts";

/** The directory of the journal and of HALT; `paper`: with the journal of paper orders. */
export function dataDirectoryAt(path: string, paper?: PaperPrices): DataDirectory {
  const journal = paper === undefined ? "journal.sqlite" : paperJournalName(paper);
  const haltPath = `${path}/HALT`;
  const isGranted = (name: "read" | "write"): boolean =>
    Deno.permissions.querySync({ name, path }).state === "granted";
  return {
    path,
    isPermitted: isGranted("read") && isGranted("write"),
    hasJournal: () => identityOf(`${path}/${journal}`) !== undefined,
    openJournal: () => openJournalIn(path, journal),
    readHalt: () => haltAt(haltPath),
    writeHalt: (reason) => {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      Deno.writeTextFileSync(haltPath, reason, { createNew: true, mode: 0o600 });
    },
    readStarts: (count) => readStartLogs(path, count),
    removeHalt: () => Deno.removeSync(haltPath),
    resetPaper: (prices, usdc) => resetPaperIn(path, prices, usdc),
  };
}

function haltAt(path: string): HaltFile | undefined {
  try {
    const sinceMs = Deno.lstatSync(path).mtime?.getTime();
    return { sinceMs, reason: haltReason(path) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A file that can't be read halts all the same. */
function haltReason(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
