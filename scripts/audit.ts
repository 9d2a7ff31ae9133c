/**
 * Asks the package registry whether anything that is locked is known to be vulnerable. Ends with 1
 * if so; where nobody can be asked it says so, and does not call that a clean bill.
 *
 * @module
 */

import npmOnly from "./npm_only.json" with { type: "json" };
import { LOCKS } from "./dependencies.ts";
import { MCPB } from "./release/tool.ts";

const ROOT = new URL("../", import.meta.url);

/** What each lock file locks. */
const IMPORTS: Readonly<Record<string, Record<string, string>>> = {
  "scripts/npm_only.lock": npmOnly.imports,
  "scripts/release/tools.lock": { mcpb: MCPB },
};

/** What the tool's end means: `unknown` where it could ask nobody. */
function verdictOf(success: boolean, said: string): "clean" | "unknown" | "vulnerable" {
  if (success) return "clean";
  return /vulnerabilit/i.test(said) ? "vulnerable" : "unknown";
}

async function audit(lock: string): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "backpack-mcp-audit-" });
  try {
    const packages = Object.entries(IMPORTS[lock] ?? {})
      .filter(([name, specifier]) => specifier.startsWith("npm:") && !name.endsWith("/"));
    const imports = Object.fromEntries(packages);
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify({ imports }));
    await Deno.copyFile(new URL(lock, ROOT), `${folder}/deno.lock`);
    const command = new Deno.Command(Deno.execPath(), { args: ["audit"], cwd: folder });
    const { success, stdout, stderr } = await command.output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const verdict = verdictOf(success, said);
    say(`${lock}: ${TEXTS[verdict]}`);
    if (verdict !== "clean") say(said.split("Stack backtrace")[0]?.trimEnd() ?? "");
    return verdict !== "vulnerable";
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const TEXTS = {
  clean: "no known vulnerability",
  unknown: "NOT CHECKED, the registry's advisories can't be had here:",
  vulnerable: "known vulnerabilities:",
};

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

if (import.meta.main) {
  const results = await Promise.all(Object.values(LOCKS).map(audit));
  Deno.exit(results.every(Boolean) ? 0 : 1);
}
