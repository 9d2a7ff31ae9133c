import { assertEquals } from "@std/assert";
import { Absence } from "../lib/desk/absence.ts";

const END_MS = 1_000_000;

/** Whether each round, given as seconds after the signature's end, proves absence. */
function verdicts(
  rounds: readonly [atS: number, isComplete: boolean, showsLaterRow: boolean][],
  isTrigger = false,
): boolean[] {
  const absence = new Absence(END_MS, isTrigger);
  return rounds.map(([atS, isComplete, showsLaterRow]) =>
    absence.add({ atMs: END_MS + atS * 1000, isComplete, showsLaterRow })
  );
}

Deno.test("absence takes two complete rounds 15 s apart, 5 s after the end, and a later row", () => {
  assertEquals(verdicts([[5, true, true], [20, true, true]]), [false, true]);
  assertEquals(verdicts([[4.9, true, true], [20, true, true]]), [false, false]);
  assertEquals(verdicts([[5, true, true], [19.9, true, true]]), [false, false]);
  assertEquals(verdicts([[5, false, true], [20, true, true]]), [false, false]);
  assertEquals(verdicts([[5, true, true], [20, false, true], [21, true, true]]), [
    false,
    false,
    true,
  ]);
});

Deno.test("absence without a later row takes a second round two minutes after the end", () => {
  assertEquals(verdicts([[5, true, false], [119.9, true, false], [120, true, false]]), [
    false,
    false,
    true,
  ]);
  assertEquals(verdicts([[120, true, false]]), [false]);
});

Deno.test("a trigger order is never called absent", () => {
  assertEquals(verdicts([[5, true, true], [300, true, true], [9000, true, true]], true), [
    false,
    false,
    false,
  ]);
});
