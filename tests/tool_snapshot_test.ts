/**
 * What clients were promised of the tools, and what every session pays for it. After a change that
 * is meant, `deno task tools` writes both files anew.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { median, sizeLine, toolSnapshot } from "../scripts/tool_snapshot.ts";
import { toolTable, withToolTable } from "../scripts/tool_table.ts";
import { TOOLS } from "../lib/tools/mod.ts";
import snapshot from "./testdata/tools.json" with { type: "json" };

const RUN = "run `deno task tools` and read the difference";
const MEASURED = toolSnapshot();

Deno.test("the tools are the ones that clients were promised, and cost what is said", () => {
  assertEquals(JSON.parse(JSON.stringify(MEASURED)), snapshot, RUN);
});

Deno.test("definitions cost a model little: every session carries them", () => {
  const tokens = MEASURED.map(({ tokens }) => tokens);
  assert(tokens.every((count) => count > 50));
  assert(median(tokens) <= 250, sizeLine(MEASURED));
  const [, bytes] = /(\d+) bytes$/.exec(sizeLine(MEASURED)) ?? [];
  assert(Number(bytes) <= 28_000, sizeLine(MEASURED));
});

Deno.test("the README's table of tools is the one that the definitions give", () => {
  const readme = Deno.readTextFileSync(new URL("../README.md", import.meta.url));
  assertEquals(readme, withToolTable(readme), RUN);
});

Deno.test("the table has a row for each tool, and says what it does to the exchange", () => {
  const rows = toolTable().split("\n").slice(2);
  assertEquals(rows.length, TOOLS.length);
  const create = rows.find((row) => row.startsWith("| `create_order` |")) ?? "";
  assertMatch(
    create,
    /^\| `create_order` \| Places one order on the exchange: .* \| places \| `orders` \|$/,
  );
  for (const row of rows) assertEquals(row.split(/(?<!\\)\|/).length, 6, row);
});

Deno.test("a table that is no longer what the definitions say is written anew", () => {
  const [begin, end] = ["<!-- tools: written by `deno task tools` -->", "<!-- /tools -->"];
  const stale = `before\n${begin}\n| an old tool |\n${end}\nafter\n`;
  assertEquals(withToolTable(stale), `before\n${begin}\n${toolTable()}\n${end}\nafter\n`);
  assertThrows(() => withToolTable("no table"), RangeError, "must hold the lines");
});
