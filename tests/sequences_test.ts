/**
 * The desk's promises about lost replies, against sequences that nobody thought of. The other half of
 * them is in `sequences_limits_test.ts`, so that two cores share the work.
 *
 * @module
 */

import fc from "fast-check";
import { holding } from "./_sequences.ts";

Deno.test("no sequence of calls, faults and kills breaks a promise", async () => {
  await fc.assert(holding(), { seed: 20260101, numRuns: 1000 });
});

Deno.test("nor does one that was never tried before", async () => {
  await fc.assert(holding(), { numRuns: 200 });
});
