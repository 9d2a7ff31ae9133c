/**
 * Writes the tools' definitions to `tests/testdata/tools.json`: the snapshot that says what
 * clients were promised.
 *
 * @module
 */

import { TOOLS } from "../lib/tools/mod.ts";
import { definitionOf } from "../lib/tools/tool.ts";

const path = new URL("../tests/testdata/tools.json", import.meta.url);
Deno.writeTextFileSync(path, JSON.stringify(TOOLS.map(definitionOf), null, 2) + "\n");
