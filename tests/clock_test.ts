import { assertEquals, assertRejects } from "@std/assert";
import { DeadlineError, sleep, withDeadline } from "../lib/clock.ts";
import { json, TestClock, testEdges } from "./_helpers.ts";

const fetch = (): Response => json({});

Deno.test("sleep() ends after its time and leaves no listener behind", async () => {
  const clock = new TestClock();
  await clock.run(sleep(testEdges(clock, fetch), 5000, new AbortController().signal));
  assertEquals(clock.monotonic(), 5000);
});

Deno.test("sleep() is rejected with the reason of an abort, before or during it", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, fetch);
  const controller = new AbortController();
  const work = sleep(edges, 5000, controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => work, Error, "enough");
  await assertRejects(() => sleep(edges, 1, controller.signal), Error, "enough");
  assertEquals(clock.monotonic(), 0);
});

Deno.test("withDeadline() aborts its work when time is up and tells what is left", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, fetch);
  const left: number[] = [];
  const work = withDeadline(edges, 1000, async (call) => {
    left.push(call.remainingMs());
    await sleep(edges, 400, call.signal);
    left.push(call.remainingMs());
    await sleep(edges, 1000, call.signal);
  });
  await assertRejects(() => clock.run(work), DeadlineError, "No answer within 1 s");
  assertEquals(left, [1000, 600]);
});

Deno.test("withDeadline() passes its parent's abort on", async () => {
  const clock = new TestClock();
  const edges = testEdges(clock, fetch);
  const parent = new AbortController();
  const work = withDeadline(
    edges,
    1000,
    (call) => sleep(edges, 500, call.signal),
    parent.signal,
  );
  parent.abort(new Error("cancelled"));
  await assertRejects(() => clock.run(work), Error, "cancelled");
});
