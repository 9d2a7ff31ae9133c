/**
 * Writes what clients see of the tools: the snapshot `tests/testdata/tools.json`, which says what
 * they were promised and what it costs, and the README's table.
 *
 * @module
 */

import { say } from "./child.ts";
import { sizeLine, toolSnapshot } from "./tool_snapshot.ts";
import { withToolTable } from "./tool_table.ts";

const root = new URL("../", import.meta.url);
const definitions = toolSnapshot();
Deno.writeTextFileSync(
  new URL("tests/testdata/tools.json", root),
  JSON.stringify(definitions, null, 2) + "\n",
);
const readme = new URL("README.md", root);
Deno.writeTextFileSync(readme, withToolTable(Deno.readTextFileSync(readme)));
say(sizeLine(definitions));
