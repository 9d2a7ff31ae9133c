/**
 * The owner's limits, against sequences that nobody thought of, and the other half of the sequences
 * of `sequences_test.ts`.
 *
 * @module
 */

import fc from "fast-check";
import { NO_LIMITS } from "./_helpers.ts";
import { holding } from "./_sequences.ts";

Deno.test("no sequence exceeds a limit of the owner's in the exchange's own book", async () => {
  const limits = { ...NO_LIMITS, maxDailyNotional: "4500", maxOpenOrders: "2" };
  await fc.assert(holding({ limits }), { seed: 20260102, numRuns: 300 });
});

Deno.test("no sequence without limits breaks a promise either", async () => {
  await fc.assert(holding(), { seed: 20260103, numRuns: 1000 });
});
