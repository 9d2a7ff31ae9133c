/**
 * Other people's programs against ours: `deno task others [PART...]`. It needs the npm registry,
 * Node.js and a minute or two, so the tests do without it, and CI does not.
 *
 * @module
 */

import { messageOf } from "../../lib/errors.ts";
import { withFolder } from "../_program.ts";
import { ccxt } from "./ccxt.ts";
import { conformance } from "./conformance.ts";
import { inspector } from "./inspector.ts";
import { newcomer } from "./newcomer.ts";
import type { Part, Report } from "./part.ts";
import { stress } from "./stress.ts";

const PARTS: Readonly<Record<string, Part>> = {
  inspector,
  conformance,
  stress,
  ccxt,
  newcomer,
};

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** A part that throws has failed. */
async function tried(part: Part): Promise<Report> {
  let report: Report = { lines: [], problems: [] };
  try {
    await withFolder(async (folder) => {
      report = await part(folder);
    });
  } catch (error) {
    return { lines: [], problems: [messageOf(error)] };
  }
  return report;
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) {
    say(`${unknown} is no part; there are: ${Object.keys(PARTS).join(", ")}`);
    return 2;
  }
  let failed = 0;
  for (const [name, part] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const { lines, problems } = await tried(part);
    say(`${problems.length === 0 ? "ok" : "not ok"}  ${name}`);
    for (const line of lines) say(`    ${line}`);
    for (const problem of problems) say(`    ! ${problem}`);
    failed += problems.length;
  }
  say(failed === 0 ? "All went well." : `${failed} to mend.`);
  return failed === 0 ? 0 : 1;
}

Deno.exit(await main(Deno.args));
