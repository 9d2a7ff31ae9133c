/**
 * What the tasks of `deno.json` do, a line each: Deno's arguments with the permissions of that task
 * and no other.
 *
 * @module
 */

import { buildOf } from "./build.ts";
import { checkoutSettings, hasFile, ROOT, temporaryDirectory } from "./checkout.ts";
import { runDeno } from "./child.ts";
import { compile } from "./compile.ts";
import { Supervisor } from "./dev.ts";
import { checkCommand, runGates, testCommand, testEnvironment } from "./gates.ts";
import { namedDataDirectory, serverGrants } from "./grants.ts";
import { writeLock } from "./lock.ts";
import { neutralEnvironment, NOWHERE } from "./neutral.ts";
import { packageFlags, type World, worldFlags } from "./world.ts";

/** Gets what the person typed behind the task's name; resolves to the exit code. */
export type Task = (extra: readonly string[], world: World) => Promise<number>;

/** Every task that the launcher knows. */
export const TASKS: Readonly<Record<string, Task>> = {
  start: (extra, world) => runDeno([...serverCommand(world, dataDirFor(extra)), ...extra]),
  dev: watch,
  demo: (extra, world) => runOnPaper(demoCommand(extra, world)),
  picture: (_extra, world) => runOnPaper(pictureCommand(world)),
  exchange: (extra, world) =>
    runDeno([...script("scripts/exchange.ts", world, ["--allow-net=127.0.0.1"]), ...extra]),
  test: (extra, world) => runDeno(testCommand(extra, world), { env: testEnvironment() }),
  fuzz: (extra, world) =>
    runNeutral([...script("tests/_fuzz_task.ts", world, loopbackGrants()), ...extra]),
  soak: (extra, world) =>
    runNeutral([...script("tests/_soak.ts", world, loopbackGrants()), ...extra]),
  mutate: (extra, world) => runNeutral(mutateCommand(extra, world)),
  others: (extra, world) =>
    runNeutral([...script("tests/others/mod.ts", world, othersGrants()), ...extra]),
  bench: (extra, world) => runNeutral(benchCommand(extra, world)),
  check: (_extra, world) => runDeno(checkCommand(world)),
  ok: runGates,
  compile: (extra, world) =>
    compile({ root: ROOT, worldFlags: packageFlags(world), build: buildOf(extra) }),
  tools: (_extra, world) => runDeno(toolsCommand(world)),
  "try:bundle": (_extra, world) => runDeno(tryBundleCommand(world)),
  "lint:workflows": (_extra, world) =>
    runDeno(script("scripts/lint_workflows.ts", world, ["--allow-read"])),
  lock: (_extra, world) => writeLock(world),
};

/** Deno's arguments for a script that may do no more than `grants` say. */
function script(path: string, world: World, grants: readonly string[]): string[] {
  return ["run", "--quiet", ...packageFlags(world), "--no-prompt", ...grants, `${ROOT}${path}`];
}

function runNeutral(command: readonly string[]): Promise<number> {
  return runDeno(command, { env: neutralEnvironment() });
}

/** Runs what drives a paper desk, in a folder that has no `.env`. */
function runOnPaper(command: readonly string[]): Promise<number> {
  const env = { ...neutralEnvironment(), BACKPACK_MODE: "paper", BACKPACK_PROXY: "allow" };
  return runDeno(command, { env, cwd: `${ROOT}scripts` });
}

function watch(extra: readonly string[], world: World): Promise<number> {
  const command = (): string[] => [...serverCommand(world), ...extra];
  return new Supervisor({ command, root: ROOT }).run();
}

/** Deno's arguments for a server that trusts the `.env` of this checkout. */
function serverCommand(world: World, dataDir?: string): string[] {
  const grants = serverGrants(checkoutSettings(dataDir));
  return ["run", "--quiet", ...packageFlags(world), ...grants, `${ROOT}main.ts`, "--checkout"];
}

/** The `--data-dir` of a command, if it names one; one that is malformed the command refuses itself. */
function dataDirFor(extra: readonly string[]): string | undefined {
  try {
    return namedDataDirectory(extra);
  } catch {
    return undefined;
  }
}

/** The demo gets the arguments for a server of its own that no setting of the owner reaches. */
function demoCommand(extra: readonly string[], world: World): string[] {
  const userFilePath = `${NOWHERE}/backpack-mcp/.env`;
  const grants = serverGrants({ userFilePath, baseUrl: undefined, dataDirectory: undefined });
  const server = ["run", "--quiet", ...packageFlags(world), ...grants, `${ROOT}main.ts`];
  const permissions = [`--allow-run=${Deno.execPath()}`, "--allow-env=NO_COLOR"];
  const demo = [...script("scripts/demo.ts", world, permissions), ...extra];
  return [...demo, "--", ...server];
}

function pictureCommand(world: World): string[] {
  const path = `${ROOT}.github/demo.svg`;
  const files = [`--allow-read=${path}`, `--allow-write=${path}`];
  const grants = [`--allow-run=${Deno.execPath()}`, ...files];
  return [...script("scripts/picture.ts", world, grants), "--", ...demoCommand([], world)];
}

/** The flags for the tests have relative paths, which lead into the copies of the checkout. */
function mutateCommand(extra: readonly string[], world: World): string[] {
  const inTheCopy = worldFlags(world, "", hasFile(`${ROOT}deno.lock`));
  const mutate = ["run", "-A", ...packageFlags(world), `${ROOT}scripts/mutation/mod.ts`];
  return [...mutate, ...extra, "--", ...inTheCopy];
}

/** For other people's programs, which run in folders of their own, against paper trading. */
function othersGrants(): string[] {
  const reads = `--allow-read=${ROOT},${temporaryDirectory()}`;
  const writes = `--allow-write=${temporaryDirectory()}`;
  return ["--allow-run", "--allow-net=127.0.0.1", "--allow-env", reads, writes];
}

/** For what starts servers of its own, in folders of their own, and watches them. */
function loopbackGrants(): string[] {
  const temporary = temporaryDirectory();
  const executable = Deno.env.get("BACKPACK_MCP_EXECUTABLE");
  // Only the system's own programs may read what the kernel says of another process.
  const readers = ["/bin/cat", "/bin/ls"].filter(hasFile);
  const programs = [Deno.execPath(), ...readers, ...(executable ? [executable] : [])];
  return [
    ...["--allow-net=127.0.0.1", `--allow-run=${programs.join(",")}`],
    `--allow-read=${temporary},${programs.join(",")}`,
    ...[`--allow-write=${temporary}`, "--allow-env=TMPDIR,TMP,TEMP,BACKPACK_MCP_EXECUTABLE"],
  ];
}

/** Deno lets the memory of another process be read only where all is allowed. */
function benchCommand(extra: readonly string[], world: World): string[] {
  const run = ["run", "--quiet", "--v8-flags=--expose-gc", ...packageFlags(world), "--allow-all"];
  return [...run, `${ROOT}bench/mod.ts`, ...extra];
}

function toolsCommand(world: World): string[] {
  const written = `${ROOT}tests/testdata/tools.json,${ROOT}README.md`;
  const grants = [`--allow-read=${ROOT}README.md`, `--allow-write=${written}`];
  return script("scripts/tools.ts", world, grants);
}

/** The bundle runs with what its executable was granted; this is for the client beside it. */
function tryBundleCommand(world: World): string[] {
  const temporary = `--allow-write=${temporaryDirectory()}`;
  const grants = ["--allow-read", temporary, "--allow-run", "--allow-env=SystemRoot"];
  return [...script("scripts/release/try_bundle.ts", world, grants), `${ROOT}dist/release`];
}
