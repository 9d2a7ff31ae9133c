/**
 * The halt on this machine: a file named HALT in the data directory.
 *
 * @module
 */

import type { Config } from "../config.ts";
import { fileHalt, type Halt } from "../desk/halt.ts";
import type { Log } from "../log.ts";
import { identityOf } from "./journal_file.ts";
import { dataDirectoryOf } from "./sources.ts";

/** A file named HALT in the data directory stops new orders in every process at once. */
export function haltOf(config: Config, log: Log): Halt {
  const path = `${dataDirectoryOf(config)}/HALT`;
  const isLive = config.mode === "live";
  const exists = (): boolean => {
    try {
      return identityOf(path) !== undefined;
    } catch {
      // A paper desk may have no permission to look, and no journal on disk to protect.
      return isLive;
    }
  };
  return fileHalt({ exists, ...(isLive ? { create: (reason) => create(path, reason) } : {}) }, log);
}

function create(path: string, reason: string): void {
  try {
    Deno.writeTextFileSync(path, `${reason}\n`, { createNew: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}
