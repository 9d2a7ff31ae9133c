/**
 * The desk's promises about lost replies and limits, against sequences that nobody thought of.
 *
 * @module
 */

import fc from "fast-check";
import { NO_LIMITS } from "./_helpers.ts";
import { holding } from "./_sequences.ts";

Deno.test("no sequence of calls, faults and kills breaks a promise", async () => {
  await fc.assert(holding(), { seed: 20260101, numRuns: 2000 });
});

Deno.test("nor does one that was never tried before", async () => {
  await fc.assert(holding(), { numRuns: 200 });
});

Deno.test("no sequence exceeds a limit of the owner's in the exchange's own book", async () => {
  const limits = { ...NO_LIMITS, maxDailyNotional: "2500", maxOpenOrders: "2" };
  await fc.assert(holding({ limits }), { seed: 20260102, numRuns: 300 });
});
