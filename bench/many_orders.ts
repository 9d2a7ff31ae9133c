/**
 * What an account with many open orders costs: `list_orders` with 10,000 of them beside ten times
 * the same with 1,000, in time and in memory; and the answer, which has its bound.
 *
 * @module
 */

import vectors from "../tests/testdata/signing_vectors.json" with { type: "json" };
import type { Figure, Row, Tell } from "./_figure.ts";
import { Loopback } from "./_loopback.ts";
import { interleave, median, timeOf } from "./_measure.ts";
import { Program, sourcesIn, withFolder } from "./_program.ts";

const [FEW, SOME, MANY] = [10, 1_000, 10_000] as const;
const ROUNDS = { name: "many_orders", warmUp: 2, rounds: 10 };
const AS_MANY = MANY / SOME;

/** What one call took. */
interface Cost {
  readonly ms: number;
  readonly answerBytes: number;
  /** The most memory that the process has ever had. */
  readonly peakMib: number;
}

class Measured {
  readonly #loopback: Loopback;
  readonly #folder: string;

  constructor(loopback: Loopback, folder: string) {
    this.#loopback = loopback;
    this.#folder = folder;
  }

  /** A server of its own, since memory that a process has had it seldom gives back. */
  async list(openOrders: number): Promise<Cost> {
    await this.#loopback.setOpenOrders(openOrders);
    const { baseUrl } = this.#loopback;
    const env = { BACKPACK_BASE_URL: baseUrl, BACKPACK_PRIVATE_KEY: vectors.seed };
    const folder = this.#folder;
    await using program = new Program(sourcesIn(folder), { folder, env });
    await program.initialize();
    // The first call loads what is loaded only when it is needed.
    await program.call("list_orders", { marketType: "PERP" });
    let answerBytes = 0;
    const ms = await timeOf(async () => {
      answerBytes = JSON.stringify(await program.call("list_orders")).length;
    });
    return { ms, answerBytes, peakMib: peakMib(program.pid) };
  }
}

function peakMib(pid: number): number {
  const [, kib] = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`)) ?? [];
  return Number(kib) / 1024;
}

async function run(tell: Tell): Promise<readonly Row[]> {
  using loopback = await Loopback.start(FEW);
  return await withFolder(async (folder) => {
    const measured = new Measured(loopback, folder);
    const costs = new Map<number, Cost[]>();
    const take = (openOrders: number) => async (): Promise<number> => {
      const cost = await measured.list(openOrders);
      costs.set(openOrders, [...costs.get(openOrders) ?? [], cost]);
      return cost.ms;
    };
    await interleave({ floor: take(FEW), ours: () => 0 }, { ...ROUNDS, tell });
    await interleave({ floor: take(SOME), ours: take(MANY) }, { ...ROUNDS, tell });
    const of = (openOrders: number, what: keyof Cost): number =>
      median((costs.get(openOrders) ?? []).slice(ROUNDS.warmUp).map((cost) => cost[what]));
    return rowsOf(of);
  });
}

function rowsOf(of: (openOrders: number, what: keyof Cost) => number): readonly Row[] {
  const more = (openOrders: number, what: "ms" | "peakMib"): number =>
    of(openOrders, what) - of(FEW, what);
  const linear = { compare: "ratio", limit: "most", bound: 1.1, room: 1 } as const;
  const against = `${AS_MANY} times that of ${SOME.toLocaleString("en")}`;
  return [{
    what: "list_orders, 10,000 open: time beyond that of 10",
    against,
    unit: "ms",
    floor: more(SOME, "ms") * AS_MANY,
    ours: more(MANY, "ms"),
    reach: linear,
  }, {
    what: "list_orders, 10,000 open: memory beyond that of 10",
    against,
    unit: "MiB",
    floor: more(SOME, "peakMib") * AS_MANY,
    ours: more(MANY, "peakMib"),
    reach: linear,
  }, {
    what: "list_orders, 10,000 open: the answer",
    against: "the answer with 1,000",
    unit: "KB",
    floor: of(SOME, "answerBytes") / 1000,
    ours: of(MANY, "answerBytes") / 1000,
    reach: { compare: "ratio", limit: "most", bound: 1.01, room: 0 },
  }];
}

/** Many open orders. */
export const manyOrders: Figure = { name: "many_orders", run };
