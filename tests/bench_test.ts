/**
 * The arithmetic of the bench: when a row is short, what the table says, and that measuring goes
 * by turns.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type Reach, type Row, verdictOf } from "../bench/_figure.ts";
import { interleave, median, percentile } from "../bench/_measure.ts";
import { isTooFar, json, table } from "../bench/_table.ts";

function row(floor: number, ours: number, reach: Reach): Row {
  return { what: "ours", against: "theirs", unit: "ms", floor, ours, reach };
}

const TWICE: Reach = { compare: "ratio", limit: "most", bound: 2, room: 0.5 };

Deno.test("a row is short only past its bound and its room for noise", () => {
  const half: Reach = { compare: "ratio", limit: "least", bound: 0.5, room: 0.1 };
  const more: Reach = { compare: "difference", limit: "most", bound: 1, room: 1 };
  const itself: Reach = { compare: "itself", limit: "most", bound: 250, room: 0 };
  const rows: [Row, string][] = [
    [row(10, 20, TWICE), "reached"],
    [row(10, 25, TWICE), "short"],
    [row(10, 25.1, TWICE), "TOO FAR"],
    [row(10, 5, half), "reached"],
    [row(10, 4.5, half), "short"],
    [row(10, 3.9, half), "TOO FAR"],
    [row(10, 11, more), "reached"],
    [row(10, 12, more), "short"],
    [row(10, 12.1, more), "TOO FAR"],
    [row(193, 250, itself), "reached"],
    [row(193, 251, itself), "TOO FAR"],
    [row(0, 0, TWICE), "TOO FAR"],
  ];
  assertEquals(rows.map(([row]) => verdictOf(row)), rows.map(([, verdict]) => verdict));
});

Deno.test("the bench's table says what was compared, and what could not be measured", () => {
  const measured = { figure: "a", rows: [row(10, 31, TWICE)] };
  const missing = { figure: "b", rows: [], notMeasured: "there is no executable" };
  assertEquals(table([measured, missing]).split("\n").slice(2, 4), [
    "| ours | theirs | 10 ms | 31 ms | 3.1 times | at most 2 times | TOO FAR |",
    "| b |  |  |  |  |  | not measured: there is no executable |",
  ]);
  assertEquals([measured, missing].map(isTooFar), [true, false]);
  const [first, second] = JSON.parse(json([measured, missing]));
  assertEquals([first.compared, first.verdict], [3.1, "TOO FAR"]);
  assertEquals(second, { figure: "b", notMeasured: "there is no executable" });
});

Deno.test("the bench measures by turns, and leaves the warm-up out", async () => {
  const turns: string[] = [];
  const take = (name: string) => (): number => turns.push(name);
  const options = { name: "x", warmUp: 1, rounds: 2, tell: () => {} };
  const samples = await interleave({ floor: take("floor"), ours: take("ours") }, options);
  assertEquals(turns, ["floor", "ours", "floor", "ours", "floor", "ours"]);
  assertEquals(samples, { floor: [3, 5], ours: [4, 6] });
});

Deno.test("the bench's median and percentiles are samples that were taken", () => {
  const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
  assertEquals([median(samples), percentile(samples, 0.99), percentile([7], 0.99)], [50, 99, 7]);
  assertEquals(Number.isNaN(median([])), true);
});
