/**
 * What the desk adds to a read: `list_orders` through a real server over stdio, beside one signed
 * request for the same reply out of this process.
 *
 * @module
 */

import { createSigner, signingMessage } from "../lib/signing.ts";
import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import type { Figure, Row, Tell } from "./_figure.ts";
import { Loopback } from "./_loopback.ts";
import { interleave, median, percentile, timeOf } from "./_measure.ts";
import { Program, sourcesIn, withFolder } from "./_program.ts";

const OPEN_ORDERS = 10;
const ROUNDS = { name: "list_orders", warmUp: 200, rounds: 500 };
const WINDOW_MS = 5000;

/** One signed read, as any program would make it. */
async function signedFetch(baseUrl: string): Promise<() => Promise<unknown>> {
  const signer = await createSigner(Uint8Array.fromBase64(vectors.seed));
  const params = { marketType: "SPOT" };
  return async () => {
    const stamp = { timestampMs: Date.now(), windowMs: WINDOW_MS };
    const message = signingMessage({ instruction: "orderQueryAll", params, ...stamp });
    const headers = {
      "X-API-Key": signer.apiKey.reveal(),
      "X-Timestamp": String(stamp.timestampMs),
      "X-Window": String(stamp.windowMs),
      "X-Signature": await signer.sign(new TextEncoder().encode(message)),
    };
    const response = await fetch(`${baseUrl}/api/v1/orders?${new URLSearchParams(params)}`, {
      headers,
    });
    return await response.json();
  };
}

async function run(tell: Tell): Promise<readonly Row[]> {
  using loopback = await Loopback.start(OPEN_ORDERS);
  return await withFolder(async (folder) => {
    const { baseUrl } = loopback;
    const env = { BACKPACK_BASE_URL: baseUrl, BACKPACK_PRIVATE_KEY: vectors.seed };
    await using program = new Program(sourcesIn(folder), { folder, env });
    await program.initialize();
    const floor = await signedFetch(baseUrl);
    const samples = await interleave({
      floor: () => timeOf(floor),
      ours: () => timeOf(() => program.call("list_orders")),
    }, { ...ROUNDS, tell });
    return rowsOf(samples.floor, samples.ours);
  });
}

function rowsOf(floor: readonly number[], ours: readonly number[]): readonly Row[] {
  const at = (what: string, share: number, bound: number, room: number): Row => ({
    what: `list_orders over stdio, ${what}`,
    against: "a signed fetch of the same reply",
    unit: "ms",
    floor: share === 0.5 ? median(floor) : percentile(floor, share),
    ours: percentile(ours, share),
    reach: { compare: "difference", limit: "most", bound, room },
  });
  return [at("median", 0.5, 1, 3), at("p99", 0.99, 3, 9)];
}

/** What `list_orders` adds to a signed `fetch`. */
export const listOrders: Figure = { name: "list_orders", run };
