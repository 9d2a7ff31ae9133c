/**
 * Tests that are asked about one fault after another in a process of their own: what counts as
 * noticed, and what a fault that leaves something behind does to those after it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "node:path";
import type { Start } from "../scripts/mutation/process.ts";
import { measure, Trials } from "../scripts/mutation/trials.ts";

/** Each test runs a statement of its own and fails by its own faults. */
const TESTS = `
const here = (line) => globalThis.reached.add("a.ts:" + line);
const isThere = (...faults) => faults.includes(globalThis.fault);
let isSpoiled = false;
Deno.test("fails at once", () => {
  here(1);
  if (isThere(1)) throw new Error();
});
Deno.test("fails later", () => {
  here(2);
  if (isThere(2)) void Promise.reject(new Error());
});
Deno.test("is ended", async () => {
  here(3);
  if (isThere(3)) await new Promise(() => {});
});
Deno.test("spoils those after it", () => {
  here(4);
  isSpoiled ||= isThere(4);
  if (isSpoiled) throw new Error();
});
Deno.test("fails without a fault", () => {
  throw new Error();
});
Deno.test({ name: "is left out", ignore: true, fn: () => here(6) });
let count = 0;
Deno.test("passes once", () => {
  here(7);
  if (count++ > 0) throw new Error();
});
`;

async function withTests(work: (start: Start, path: string) => Promise<void>): Promise<void> {
  const root = `${Deno.realPathSync(Deno.makeTempDirSync())}/`;
  try {
    const program = "scripts/mutation/trial.ts";
    Deno.mkdirSync(join(root, "scripts/mutation"), { recursive: true });
    Deno.copyFileSync(new URL(`../${program}`, import.meta.url), `${root}${program}`);
    Deno.writeTextFileSync(`${root}some_test.ts`, TESTS);
    const { signal } = new AbortController();
    await work({ root, temporary: root, flags: ["--no-config"], signal }, "some_test.ts");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

Deno.test("only tests that pass twice are asked, each about the statements that it runs", async () => {
  await withTests(async (start, path) => {
    const { tests } = await measure(start, path);
    assertEquals(tests.map(({ number, places }) => [number, places]), [
      ...[[0, ["a.ts:1"]], [1, ["a.ts:2"]], [2, ["a.ts:3"]], [3, ["a.ts:4"]]],
    ]);
    const noticed = new Map<string, number>();
    await using trials = new Trials(start, { path, tests }, noticed);
    // A fault, the statement that it is in, and whether it is noticed.
    const rows: [number, number, boolean][] = [[1, 1, true], [5, 1, false], [2, 2, true]];
    rows.push([3, 3, true], [4, 4, true], [5, 4, false], [1, 9, false]);
    for (const [fault, line, isNoticed] of rows) {
      const row = `fault ${fault} in line ${line}`;
      assertEquals(await trials.isNoticed(fault, `a.ts:${line}`), isNoticed, row);
    }
    assertEquals(noticed.get("some_test.ts#0 in a.ts"), 1);
  });
});
