import { assertEquals, assertMatch } from "@std/assert";
import { type Sample, Watch } from "./_flatness.ts";

/** Two minutes of calls, 50 a second, of which the first quarter warms up. */
function faultsOf(change: (sample: Sample, at: number) => Partial<Sample>): readonly string[] {
  const watch = new Watch(1);
  for (let at = 0; at < 60; at++) {
    const warm = 28_000 - 5000 * Math.max(0, 1 - at / 15);
    const noise = 150 * Math.sin(at * 7) + (at < 40 ? 0 : 1500);
    const sample = { calls: at * 100, residentKb: 90_000, descriptors: 28, keptKb: warm + noise };
    watch.samples.push({ ...sample, ...change(sample, at) });
  }
  return watch.faults();
}

Deno.test("the soak takes warming up and noise for neither", () => {
  assertEquals(faultsOf(() => ({})), []);
});

Deno.test("the soak notices 1 KB that each call leaves behind", () => {
  const [fault = "", ...others] = faultsOf(({ calls, keptKb = 0 }) => ({ keptKb: keptKb + calls }));
  assertEquals([fault.replace(/\d\.\d+/, "N"), others], ["each call leaves N KB behind", []]);
});

Deno.test("the soak notices memory outside of the heap, and descriptors that stay open", () => {
  assertEquals(faultsOf((_, at) => ({ residentKb: 60_000 + 1000 * at })).length, 1);
  assertEquals(faultsOf((_, at) => ({ descriptors: 28 + at })).length, 1);
});

Deno.test("the soak does not take a process that it could not look at for a flat one", () => {
  const blind = ["the system did not tell of the process"];
  assertEquals(faultsOf(() => ({ descriptors: 0 })), blind);
  assertEquals(faultsOf(() => ({ residentKb: 0 })), blind);
});

Deno.test("the soak says what kept it from looking to the end", async () => {
  const heap = { keptKb: () => Promise.reject(new Error("no answer")), close: () => {} };
  // Where tests may not run the system's programs, that is what keeps it.
  const watch = new Watch(1, heap);
  await watch.until(Date.now() + 60_000, () => 0);
  const [fault = "", ...others] = watch.faults();
  assertMatch(fault, /^not looked at to the end: /);
  assertEquals(others, []);
});
