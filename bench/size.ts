/**
 * What a download weighs beyond the runtime that every executable embeds.
 *
 * @module
 */

import { type Executables, withExecutables } from "./_executables.ts";
import type { Figure, Row } from "./_figure.ts";

const BYTES_A_MB = 1_000_000;

function measure({ ours, empty }: Executables): Promise<readonly Row[]> {
  const megabytes = (path: string): number => Deno.statSync(path).size / BYTES_A_MB;
  return Promise.resolve([{
    what: "size of the executable",
    against: "an empty program",
    unit: "MB",
    floor: megabytes(empty),
    ours: megabytes(ours),
    reach: { compare: "difference", limit: "most", bound: 3, room: 0 },
  }]);
}

/** The size of the executable. */
export const size: Figure = { name: "size", run: () => withExecutables(measure) };
