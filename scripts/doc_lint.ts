/**
 * The gate on documentation: what `deno doc --lint` says of our exports, less two of its rules.
 * Both want every type spelled out for readers outside the package; ours are inferred from zod
 * schemas, which say each field once. A member needs words only where its name does not say all.
 *
 * @module
 */

import { say } from "./child.ts";

const WAIVED = ["missing-explicit-type", "private-type-ref"];

/** Lints the files; resolves to the exit code. `flags` say where packages come from. */
export async function lintDocs(
  flags: readonly string[],
  files: readonly string[],
): Promise<number> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--lint", ...flags, ...files],
    env: { NO_COLOR: "1", RUST_BACKTRACE: "0" },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const { code, stderr } = await command.output();
  if (code === 0) return 0;
  const text = new TextDecoder().decode(stderr);
  const findings = documentationFindings(text);
  // Without a finding of any kind it failed for another reason, which is not to be swallowed.
  if (findings === undefined) say(text);
  for (const finding of findings ?? []) say(finding);
  return findings?.length === 0 ? 0 : 1;
}

/** The findings that count; `undefined` if the text holds none at all. */
export function documentationFindings(text: string): string[] | undefined {
  const findings = text.split(/^(?=error(?:\[|:))/m).filter((part) => part.startsWith("error["));
  if (findings.length === 0) return undefined;
  return findings.filter((part) => !WAIVED.some((rule) => part.startsWith(`error[${rule}]`)))
    .filter((part) => !isMember(part) && !isForeign(part))
    .map((part) => part.trimEnd());
}

/** Whether it is about a package's own code, which this project passes on. */
function isForeign(finding: string): boolean {
  return /^ *--> .*\.d\.[cm]?ts:/m.test(finding);
}

/** Whether it is about a member: the line that a finding quotes then does not begin with `export`. */
function isMember(finding: string): boolean {
  if (!finding.startsWith("error[missing-jsdoc]")) return false;
  const quoted = /^ *\d+ \| (.*)$/m.exec(finding)?.[1] ?? "";
  return !/^export\b/.test(quoted);
}
