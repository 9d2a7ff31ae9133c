/**
 * The faults that `deno task mutate` puts in: each is what it says and sits in code that runs; and
 * which tests are asked about it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { codeOf } from "../scripts/mutation/code.ts";
import { EQUIVALENTS, isEquivalent } from "../scripts/mutation/equivalent.ts";
import { filesReached } from "../scripts/mutation/imports.ts";
import { hashOf } from "../scripts/mutation/known.ts";
import { changeOf, mutantsOf, mutate } from "../scripts/mutation/mutants.ts";
import { filesAbout, type Test, testsAt } from "../scripts/mutation/reach.ts";
import { percentOf, reportOf, type Verdict } from "../scripts/mutation/report.ts";
import { sampleOf } from "../scripts/mutation/sample.ts";
import { placeOf, switched } from "../scripts/mutation/switched.ts";

const ROOT = new URL("../", import.meta.url);

/** What becomes of a text's lines, one fault at a time. */
function changes(source: string): string[] {
  return mutantsOf("a.ts", source).map((mutant) => changeOf(source, mutant).becomes);
}

Deno.test("each operator of the trade is turned", () => {
  const rows: [string, string[]][] = [
    ["return a === b;", ["return a !== b;"]],
    ["return a < b;", ["return a <= b;"]],
    ["return a >= b;", ["return a > b;"]],
    ["return a && b;", ["return a || b;"]],
    ["return a ?? b;", ["return a && b;"]],
    ["return a + b;", ["return a - b;"]],
    ["return !a;", ["return a;"]],
    ["return true;", ["return false;"]],
    ["return price.minus(fee);", ["return price.plus(fee);"]],
    ["return price.times(size);", ["return price.plus(size);"]],
    ["return price.lt(limit);", ["return price.lte(limit);"]],
    ["return price.gte(limit);", ["return price.gt(limit);"]],
    ["return all.some(isOpen);", ["return all.every(isOpen);"]],
    ["return BigNumber.ROUND_UP;", ["return BigNumber.ROUND_DOWN;"]],
    ["return of(2);", ["return of((2 + 1));"]],
    ["const DAY_MS = 86_400_000;", ["const DAY_MS = (2 * 86_400_000);"]],
  ];
  for (const [source, wanted] of rows) assertEquals(changes(source), wanted, source);
});

Deno.test("a condition is decided as a whole, either way", () => {
  const both = ["if (false) {", "if (true) {", "if (a(b) && c) {"];
  assertEquals(changes("if (a(b) || c) {\n}"), both);
  assertEquals(changes("if (\n  a(\n    b,\n  )\n) {\n}"), ["if (false) {", "if (true) {"]);
  assertEquals(changes("return a ? b : c;"), [
    "return a && false ? b : c;",
    "return a || true ? b : c;",
  ]);
});

Deno.test("a whole statement is dropped, what only ends like one is not", () => {
  assertEquals(changes("{\n  seed.fill();\n}"), [""]);
  assertEquals(changes("{\n  this.#size++;\n}"), [""]);
  assertEquals(changes("{\n  level.last = link;\n}"), [""]);
  assertEquals(changes("  if (a) throw new Error();").at(-1), "if (a) ;");
  assertEquals(changes("  return of(\n    a,\n    b(c);\n"), []);
});

Deno.test("the side of an order is swapped in code, not in a type", () => {
  assertEquals(changes('const side = is("Bid");'), ['const side = is("Ask");']);
  assertEquals(changes('function f(side: "Bid" | "Ask"): void {'), []);
  assertEquals(changes('// Not "Bid".\nconst text = `"Ask"`;'), []);
});

Deno.test("strings, comments, expressions to match, types and imports are left alone", () => {
  const untouched = [
    'const a = "b === c";',
    "// a === b",
    "/** a === b */",
    "const a = `${b === c}`;",
    "const A_REGEXP = / === /g;",
    'import { a } from "b";',
    "interface A {\n  readonly b: true;\n}",
    "export type A =\n  | { b: true }\n  | { b: false };\n\n",
    "export type A = {\n  b: true;\n};\n",
  ];
  for (const source of untouched) assertEquals(changes(source), [], source);
  assertEquals(codeOf("a; // b\nc;"), "a; ~~~~\nc;");
});

Deno.test("a fault leaves all else as it was, and has no other line", () => {
  const source = "a;\nif (b === c) d;\ne;\n";
  const [fault] = mutantsOf("a.ts", source).filter(({ text }) => text === "!==");
  assertEquals(mutate(source, fault!), "a;\nif (b !== c) d;\ne;\n");
  assertEquals(changeOf(source, fault!), {
    path: "a.ts",
    line: "if (b === c) d;",
    becomes: "if (b !== c) d;",
  });
});

Deno.test("a sample is the same for the same seed, and keeps to its sizes", () => {
  const source = "a === b;\n".replace("===", " === ").repeat(40);
  const sources = new Map([["a.ts", source], ["b.ts", source]]);
  const sample = sampleOf(sources, { each: 15, sample: 20, seed: 7 });
  assertEquals(sample, sampleOf(sources, { each: 15, sample: 20, seed: 7 }));
  assertEquals(sample.length, 20);
  const ofFirst = sample.filter(({ mutant }) => mutant.path === "a.ts").length;
  assertEquals(ofFirst >= 5 && ofFirst <= 15, true);
  assertEquals(sampleOf(sources, { each: Infinity, sample: Infinity, seed: 7 }).length, 80);
});

Deno.test("a fault's tests are those that run its statement, the likeliest to notice it first", () => {
  const test = (number: number, durationMs: number, ...lines: number[]): Test => ({
    number,
    durationMs,
    places: lines.map((line) => `a.ts:${line}`),
  });
  const tests = [
    ...[test(0, 9, 1, 3), test(1, 2, 1, 3), test(2, 1, 5), test(3, 1, 1, 3, 4), test(4, 9, 3)],
  ];
  const file = { path: "t.ts", tests };
  const order = (noticed?: Map<string, number>): number[] =>
    testsAt(file, "a.ts:3", noticed ?? new Map()).map(({ number }) => number);
  assertEquals(order(), [4, 1, 0, 3]);
  assertEquals(order(new Map([["t.ts#3 in a.ts", 1], ["t.ts#0 in b.ts", 9]])), [3, 4, 1, 0]);
  assertEquals(testsAt(file, "b.ts:3", new Map()), []);
  const other = { path: "u.ts", tests: [test(0, 1, 1)] };
  assertEquals(filesAbout([other, file], "a.ts").map(({ path }) => path), ["t.ts", "u.ts"]);
  assertEquals(filesAbout([other, file], "b.ts"), []);
});

const SOURCE = `/**
 * Above all.
 */
export const LIMIT = 3;

/** One. */
export function isMore(
  count: number,
): boolean {
  const given = [
    count,
    count > LIMIT,
  ];
  if (count > LIMIT) return true;
  return given.length === 0;
}

export class Counter {
  #count = 1;

  /** How many,
   * so far. */
  more(): void {
    this.#count++;
  }
}
`;

Deno.test("a fault is in a statement, unless it is there from the start", () => {
  const places = mutantsOf("a.ts", SOURCE)
    .map((mutant) => `${mutant.line}: ${placeOf(SOURCE, mutant)}`);
  assertEquals([...new Set(places)], [
    ...["4: undefined", "12: a.ts:10", "14: a.ts:14", "15: a.ts:15"],
    ...["19: undefined", "24: a.ts:24"],
  ]);
});

Deno.test("a source with all its faults does what it did, or one of them by its number", async () => {
  const faults = mutantsOf("a.ts", SOURCE).map((mutant, index) => ({ mutant, number: index + 1 }));
  const typescript = switched("a.ts", SOURCE, faults);
  const world = globalThis as unknown as { fault: number; reached: Set<string> };
  Object.assign(world, { fault: 0, reached: new Set() });
  const { isMore } = await import(`data:text/typescript,${encodeURIComponent(typescript)}`);
  assertEquals([isMore(4), isMore(3), isMore(2)], [true, false, false]);
  assertEquals([...world.reached], ["a.ts:10", "a.ts:14", "a.ts:15"]);
  for (const { mutant: { text, line }, number } of faults) {
    world.fault = number;
    if (line === 14 && text === ">=") assertEquals(isMore(3), true);
    if (line === 14 && text === "false") assertEquals(isMore(4), false);
    if (line === 15 && text === "!==") assertEquals(isMore(2), true);
  }
});

Deno.test("a test leads to what it imports, and what that imports", () => {
  const reached = filesReached(ROOT.pathname, "tests/order_rules_test.ts");
  const own = [...reached].filter((path) => path.startsWith("lib/desk/")).sort();
  assertEquals(own, ["lib/desk/order_request.ts", "lib/desk/order_rules.ts"]);
  assertEquals(reached.has("lib/decimal.ts"), true);
});

Deno.test("what was measured holds until the test, or what it leads to, is another", async () => {
  const root = ROOT.pathname;
  const hash = await hashOf(["tests/secret_test.ts", "lib/secret.ts"], root);
  assertEquals(await hashOf(["lib/secret.ts", "tests/secret_test.ts"], root), hash);
  assertEquals(await hashOf(["lib/quote.ts", "tests/secret_test.ts"], root) === hash, false);
  assertEquals(await hashOf(["lib/secret.ts", "tests/none_test.ts"], root) === hash, false);
});

Deno.test("the part that was noticed leaves out what is no program and what changes nothing", () => {
  const verdict = (fate: Verdict["fate"]): Verdict => ({
    change: { path: "lib/a.ts", line: "a", becomes: "b" },
    line: 1,
    fate,
  });
  const fates = ["killed", "killed", "killed", "survived", "refused", "equivalent"] as const;
  const verdicts = fates.map(verdict);
  assertEquals(percentOf(verdicts), 75);
  assertEquals(percentOf([...verdicts, verdict("run by no test")]), 60);
  assertEquals(percentOf([]), 100);
  assertEquals(reportOf(verdicts, ["lib"]).split("\n")[0], "survived: lib/a.ts:1 `a` -> `b`");
});

Deno.test("what is said to change nothing is still there to be changed, and says why", async () => {
  for (const { path, line, becomes, why } of EQUIVALENTS) {
    const source = await Deno.readTextFile(new URL(path, ROOT));
    const there = mutantsOf(path, source).map((mutant) => changeOf(source, mutant))
      .filter((change) => change.line === line && change.becomes === becomes);
    assertEquals(there.length > 0, true, `${path} has no such fault: ${line} -> ${becomes}`);
    assertEquals(there.every(isEquivalent) && why.length > 20, true, `${path}: ${why}`);
  }
});
