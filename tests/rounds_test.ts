/**
 * Work in the background: when rounds come, and that none comes any more once it is stopped.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Round, Rounds } from "../lib/desk/rounds.ts";
import { collectingLog, TestClock, testEdges, turns } from "./_helpers.ts";

interface Running {
  rounds: Rounds;
  /** When each round began, in milliseconds. */
  begun: number[];
  log: ReturnType<typeof collectingLog>;
  /** Lets time pass, and what is due happen. */
  pass(durationMs: number): Promise<void>;
}

function running(changes: Partial<Round> = {}): Running {
  const clock = new TestClock();
  const begun: number[] = [];
  const log = collectingLog();
  const edges = testEdges(clock, () => new Response());
  const { run = (): Promise<void> => Promise.resolve(), ...rest } = changes;
  const counted = (): Promise<void> => {
    begun.push(clock.monotonic());
    return run();
  };
  const round = { pauseMs: 100, isDone: () => false, ...rest, run: counted };
  const pass = async (durationMs: number): Promise<void> => {
    clock.advance(durationMs);
    await turns();
  };
  return { rounds: new Rounds(() => ({ edges, log }), round), begun, log, pass };
}

Deno.test("rounds come pause by pause, the first one after a pause of its own", async () => {
  const { rounds, begun, pass } = running({ firstPauseMs: 20 });
  rounds.wake();
  rounds.wake();
  for (const ms of [19, 1, 99, 1, 100]) await pass(ms);
  assertEquals(begun, [20, 120, 220]);
});

Deno.test("what is done rests until it is woken, and what fails goes on", async () => {
  let left = 2;
  const { rounds, begun, log, pass } = running({
    run: () => left-- > 1 ? Promise.reject(new Error("no")) : Promise.resolve(),
    isDone: () => left <= 0,
  });
  rounds.wake();
  for (const ms of [100, 100, 100]) await pass(ms);
  assertEquals([begun, log.events], [[100, 200], ["round"]]);
  rounds.wake();
  await pass(100);
  assertEquals(begun, [100, 200, 400]);
});

Deno.test("where nobody can tell what is left, it is said, and rounds go on", async () => {
  const { rounds, begun, log, pass } = running({
    isDone: () => {
      throw new Error("no journal");
    },
  });
  rounds.wake();
  for (const ms of [100, 100]) await pass(ms);
  assertEquals([begun, log.events], [[100, 200], ["round", "round"]]);
});

Deno.test("what is stopped begins no other round, waiting, woken or running", async () => {
  const waiting = running();
  waiting.rounds.wake();
  waiting.rounds.stop();
  await waiting.pass(1000);
  waiting.rounds.wake();
  await waiting.pass(1000);
  assertEquals(waiting.begun, []);
  const held = Promise.withResolvers<void>();
  const isDone = (): boolean => {
    throw new Error("the journal is closed");
  };
  const busy = running({ run: () => held.promise, isDone });
  busy.rounds.wake();
  await busy.pass(100);
  busy.rounds.stop();
  busy.rounds.wake();
  held.resolve();
  for (const ms of [0, 1000, 1000]) await busy.pass(ms);
  busy.rounds.wake();
  await busy.pass(1000);
  assertEquals([busy.begun, busy.log.events], [[100], []]);
});
