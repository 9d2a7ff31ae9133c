/**
 * The faults that `deno task mutate` puts in: each is what it says and sits in code that runs; and
 * what it takes from a coverage report.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { codeOf } from "../scripts/mutation/code.ts";
import { linesIn, type TestFile, testsOf } from "../scripts/mutation/coverage.ts";
import { EQUIVALENTS, isEquivalent } from "../scripts/mutation/equivalent.ts";
import { filesReached } from "../scripts/mutation/imports.ts";
import { hashOf, type Measured, stillKnown } from "../scripts/mutation/known.ts";
import { changeOf, mutantsOf, mutate } from "../scripts/mutation/mutants.ts";
import { percentOf, reportOf, type Verdict } from "../scripts/mutation/report.ts";
import { sampleOf } from "../scripts/mutation/sample.ts";

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

Deno.test("a fault's tests are those that run its line, the likeliest to notice it first", () => {
  const file = (path: string, durationMs: number, ...lines: number[]): TestFile => ({
    path,
    durationMs,
    lines: { "a.ts": lines },
  });
  const files = [
    ...[file("slow", 900, 1, 3), file("quick", 20, 1, 3), file("elsewhere", 1, 1, 5)],
    ...[file("thorough", 1000, 1, 2, 3, 4), file("keen", 1000, 3)],
  ];
  const order = (line: number, noticed?: Map<string, number>): string[] =>
    testsOf(files, { path: "a.ts", line }, noticed).map(({ path }) => path);
  assertEquals(order(3), ["thorough", "quick", "slow", "keen"]);
  const noticed = new Map([["keen in a.ts", 1], ["slow in b.ts", 9]]);
  assertEquals(order(3, noticed), ["keen", "thorough", "quick", "slow"]);
  // Of `if (a) return b;` a report may only know that b was not returned.
  assertEquals(order(6), ["elsewhere"]);
  assertEquals(testsOf(files, { path: "b.ts", line: 3 }), []);
});

Deno.test("a test leads to what it imports, and what that imports", () => {
  const reached = filesReached(ROOT.pathname, "tests/order_rules_test.ts");
  const own = [...reached].filter((path) => path.startsWith("lib/desk/")).sort();
  assertEquals(own, ["lib/desk/order_request.ts", "lib/desk/order_rules.ts"]);
  assertEquals(reached.has("lib/decimal.ts"), true);
});

Deno.test("what was measured holds until the test, or what it runs, is another", async () => {
  const file = { path: "tests/secret_test.ts", durationMs: 1, lines: { "lib/secret.ts": [1] } };
  const hash = await hashOf(file, ROOT.pathname);
  const ask = (known: Measured): Promise<TestFile | undefined> =>
    stillKnown(new Map([[file.path, known]]), file.path, ROOT.pathname);
  assertEquals(await ask({ file, hash }), file);
  assertEquals(await ask({ file: { ...file, lines: { "lib/quote.ts": [1] } }, hash }), undefined);
  assertEquals(await stillKnown(new Map(), file.path, ROOT.pathname), undefined);
});

Deno.test("a coverage report gives the lines that were run", () => {
  const lcov = "SF:/root/lib/a.ts\nDA:1,2\nDA:2,0\nend_of_record\nSF:/root/lib/b.ts\nDA:7,1\n";
  assertEquals(linesIn(lcov, "/root/"), { "lib/a.ts": [1], "lib/b.ts": [7] });
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
