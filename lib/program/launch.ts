/**
 * What this program is told before the person's own arguments: by the tasks of a checkout, and by
 * `deno task compile`, which bakes arguments in.
 *
 * @module
 */

/** What a task hands on and `compile` bakes in, before what the person types. */
export interface Launch {
  /** Only the tasks of a checkout say so: the `.env` there is the developer's own. */
  readonly trustWorkingFile: boolean;
  /** Built for any machine, so with leave to read and write everywhere, which ends as it serves. */
  readonly isRelease: boolean;
  /** The data directory that was granted, where it is not the system's custom; absolute. */
  readonly dataDir?: string;
}

const DATA_DIR_ARGUMENT = "--granted-data-dir=";

/** Splits `args` into how this program was launched and what a person typed. */
export function launchOf(args: readonly string[]): { launch: Launch; rest: readonly string[] } {
  const [first = "", ...rest] = args;
  const plain = { trustWorkingFile: false, isRelease: false };
  if (first === "--checkout") return { launch: { ...plain, trustWorkingFile: true }, rest };
  if (first === "--release") return { launch: { ...plain, isRelease: true }, rest };
  if (!first.startsWith(DATA_DIR_ARGUMENT)) return { launch: plain, rest: args };
  return { launch: { ...plain, dataDir: first.slice(DATA_DIR_ARGUMENT.length) }, rest };
}
