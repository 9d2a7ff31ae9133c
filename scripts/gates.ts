/**
 * The gates that a change goes through: format, lint, types, documentation, tests. Nothing that they
 * run may write into the checkout.
 *
 * @module
 */

import { hasFile, ROOT, temporaryDirectory } from "./checkout.ts";
import { runDeno, say } from "./child.ts";
import { lintDocs } from "./doc_lint.ts";
import { neutralEnvironment } from "./neutral.ts";
import { allSources, sourcesIn } from "./sources.ts";
import { packageFlags, type World } from "./world.ts";

/** Refuses at once. */
const UNREACHABLE = "http://127.0.0.1:9";

/** They begin before all others, so that none of them is left running alone. */
const LONGEST_TESTS = ["sequences_limits", "sequences", "secrets", "fuzz", "cli_doctor_program"];

/** Every gate in turn, up to the first that fails, with `--no-tests` without the last; the exit code. */
export async function runGates(extra: readonly string[], world: World): Promise<number> {
  // The linter asks JSR of its own accord, and waits for it without end.
  const jsr: Record<string, string> = world === "npm" ? { JSR_URL: UNREACHABLE } : {};
  const env = { ...testEnvironment(), ...jsr };
  const run = (command: readonly string[]) => (): Promise<number> =>
    runDeno(command, { env, cwd: ROOT });
  const gates: Record<string, () => Promise<number>> = {
    format: run(["fmt", "--check"]),
    lint: run(["lint"]),
    "type check": run(checkCommand(world)),
    "doc lint": () => lintDocs(packageFlags(world), sourcesIn("lib")),
    ...(extra.includes("--no-tests") ? {} : { tests: run(testCommand([], world)) }),
  };
  for (const [name, gate] of Object.entries(gates)) {
    const code = await gate();
    say(`${code === 0 ? "ok" : "not ok"}: ${name}`);
    if (code !== 0) return code;
  }
  return 0;
}

/** Deno's arguments that check the types of all our modules. */
export function checkCommand(world: World): string[] {
  return ["check", ...packageFlags(world), ...allSources()];
}

/** Deno's arguments that run all tests, or those of the files that `extra` names. */
export function testCommand(extra: readonly string[], world: World): string[] {
  const executable = Deno.env.get("BACKPACK_MCP_EXECUTABLE");
  // A terminal for the commands that ask a person.
  const terminal = hasFile("/usr/bin/script") ? ["/usr/bin/script"] : [];
  const programs = [
    Deno.execPath(),
    ...(executable ? executablesBeside(executable) : []),
    ...terminal,
  ];
  const temporary = temporaryDirectory();
  const names = ["BACKPACK_MCP_EXECUTABLE", "HOME", "PATH", "DENO_DIR", "TMPDIR", "TMP", "TEMP"];
  const namesFile = extra.some((arg) => !arg.startsWith("-") && /\/|\.ts$/.test(arg));
  const checks = ["--doc", "--parallel", "--sanitize-ops", "--sanitize-resources"];
  return [
    ...["test", ...packageFlags(world), ...checks, "--no-prompt"],
    `--allow-run=${programs.join(",")}`,
    "--allow-net=127.0.0.1,localhost,[::1]",
    `--allow-read=${[ROOT, `${ROOT}../shared`, temporary, ...programs].join(",")}`,
    `--allow-write=${temporary}`,
    `--allow-env=${names.join(",")}`,
    ...extra,
    ...(namesFile ? [] : [
      ...LONGEST_TESTS.map((name) => `${ROOT}tests/${name}_test.ts`),
      ...[`${ROOT}lib`, `${ROOT}tests`],
    ]),
  ];
}

/** One file more at once than there are cores: some wait most of the time for what they started. */
export function testEnvironment(): Record<string, string> {
  const jobs = Deno.env.get("DENO_JOBS") || String(navigator.hardwareConcurrency + 1);
  return { ...neutralEnvironment(), DENO_JOBS: jobs };
}

/** That one, and those of the other kinds. */
function executablesBeside(executable: string): string[] {
  const folder = executable.replace(/[^/\\]*$/, "");
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("backpack-mcp"))
    .map(({ name }) => `${folder}${name}`);
}
