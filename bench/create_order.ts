/**
 * What it costs that no order leaves before it is on the disk: `create_order` through a real
 * server over stdio, beside as many durable appends as the journal makes commits.
 *
 * @module
 */

import { UNLIMITED } from "../tests/_config.ts";
import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import type { Figure, Row, Tell } from "./_figure.ts";
import { Loopback } from "./_loopback.ts";
import { interleave, median, timeOf } from "./_measure.ts";
import { Program, sourcesIn, withFolder } from "./_program.ts";

const ROUNDS = { name: "create_order", warmUp: 20, rounds: 100 };
/** The intent before the order leaves, and its outcome. */
const COMMITS = 2;
/**
 * What SQLite writes for a commit: the seven or eight pages that changed, those of the table, its
 * indexes and the lists beside it. A file that grows is dearer to the disk than the log that SQLite
 * writes over once it is long enough, so this floor is rather too high; what else an order takes
 * (a process beside, two pipes, a request to the exchange) is ours.
 */
const COMMIT_BYTES = 8 * 4096;

const ORDER = { symbol: "SOL_USDC", side: "Bid", orderType: "Limit", quantity: "1.5" };

/** Appends that are on the disk when they return. */
function durableAppends(path: string): () => void {
  const bytes = new Uint8Array(COMMIT_BYTES);
  return () => {
    using file = Deno.openSync(path, { create: true, append: true });
    for (let commit = 0; commit < COMMITS; commit++) {
      file.writeSync(bytes);
      file.syncSync();
    }
  };
}

async function run(tell: Tell): Promise<readonly Row[]> {
  using loopback = await Loopback.start(0);
  return await withFolder(async (folder) => {
    const { baseUrl } = loopback;
    // Nothing stands in the way but the journal.
    const env = { BACKPACK_BASE_URL: baseUrl, BACKPACK_PRIVATE_KEY: vectors.seed, ...UNLIMITED };
    await using program = new Program(sourcesIn(folder), { folder, env });
    await program.initialize();
    const append = durableAppends(`${folder}/appended`);
    let cents = 0;
    // Each at another price, or it would be taken for a repetition.
    const order = (): object => ({ ...ORDER, price: `${100 + ++cents / 100}` });
    const samples = await interleave({
      floor: () => timeOf(append),
      ours: () => timeOf(() => program.call("create_order", { ...order() })),
    }, { ...ROUNDS, tell });
    return [{
      what: "create_order over stdio, journal and all",
      against: `${COMMITS} appends of ${COMMIT_BYTES / 1024} KB with fsync`,
      unit: "ms",
      floor: median(samples.floor),
      ours: median(samples.ours),
      reach: { compare: "ratio", limit: "most", bound: 2.5, room: 8 },
    }];
  });
}

/** A durable order beside the disk's own speed. */
export const createOrder: Figure = { name: "create_order", run };
