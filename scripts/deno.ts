/**
 * What every task of `deno.json` runs: finds out which registries can be reached, computes the
 * permissions, and starts Deno with both. Imports nothing remote, so that it runs anywhere.
 *
 * @module
 */

import { KNOWN_NAMES } from "../lib/settings.ts";
import { checkoutSettings, hasFile, ROOT, temporaryDirectory } from "./checkout.ts";
import { runDeno, say } from "./child.ts";
import { buildOf } from "./build.ts";
import { compile } from "./compile.ts";
import { Supervisor } from "./dev.ts";
import { lintDocs } from "./doc_lint.ts";
import { namedDataDirectory, serverGrants } from "./grants.ts";
import { reachableWorld, type World, worldFlags } from "./world.ts";

/** Resolves to the exit code. */
type Task = (extra: readonly string[], world: World) => Promise<number>;

/** Refuses at once. */
const UNREACHABLE = "http://127.0.0.1:9";
/** Does not exist. */
const NOWHERE = `${ROOT}dist/nowhere`;

const TASKS: Readonly<Record<string, Task>> = {
  start: (extra, world) => runDeno([...serverCommand(world, dataDirFor(extra)), ...extra]),
  dev: (extra, world) => {
    const command = (): string[] => [...serverCommand(world), ...extra];
    return new Supervisor({ command, root: ROOT }).run();
  },
  demo: (extra, world) => runOnPaper(demoCommand(extra, world)),
  picture: (_extra, world) => runOnPaper(pictureCommand(world)),
  exchange: (extra, world) => {
    const command = ["run", ...flags(world), "--no-prompt", "--allow-net=127.0.0.1"];
    return runDeno([...command, `${ROOT}scripts/exchange.ts`, ...extra]);
  },
  test: (extra, world) => runDeno(testCommand(extra, world), { env: neutralEnvironment() }),
  fuzz: (extra, world) => {
    const command = ["run", ...flags(world), ...loopbackGrants(), `${ROOT}tests/_fuzz_task.ts`];
    return runDeno([...command, ...extra], { env: neutralEnvironment() });
  },
  soak: (extra, world) => {
    const command = ["run", ...flags(world), ...loopbackGrants(), `${ROOT}tests/_soak.ts`];
    return runDeno([...command, ...extra], { env: neutralEnvironment() });
  },
  mutate: (extra, world) =>
    // The flags hold in a copy of the checkout, where relative paths lead.
    runDeno([
      "run",
      "-A",
      ...flags(world),
      `${ROOT}scripts/mutation/mod.ts`,
      ...extra,
      "--",
      ...worldFlags(world, "", hasFile(`${ROOT}deno.lock`)),
    ]),
  others: (extra, world) => {
    const run = ["run", ...flags(world), "--no-prompt", ...othersGrants()];
    return runDeno([...run, `${ROOT}tests/others/mod.ts`, ...extra], { env: neutralEnvironment() });
  },
  bench: (extra, world) => runDeno(benchCommand(extra, world), { env: neutralEnvironment() }),
  check: (_extra, world) => runDeno(checkCommand(world)),
  ok: runGates,
  compile: compileWith,
  tools: (_extra, world) => {
    const written = `${ROOT}tests/testdata/tools.json,${ROOT}README.md`;
    const grants = ["--no-prompt", `--allow-read=${ROOT}README.md`, `--allow-write=${written}`];
    return runDeno(["run", ...flags(world), ...grants, `${ROOT}scripts/tools.ts`]);
  },
  "try:bundle": tryBundle,
  "lint:workflows": (_extra, world) => {
    const grants = ["--no-prompt", "--allow-read"];
    return runDeno([
      "run",
      "--quiet",
      ...flags(world),
      ...grants,
      `${ROOT}scripts/lint_workflows.ts`,
    ]);
  },
  lock: (_extra, world) => writeLock(world),
};

/** What it starts is other people's: it runs in folders of its own, against paper trading. */
function othersGrants(): string[] {
  const reads = `--allow-read=${ROOT},${temporaryDirectory()}`;
  const writes = `--allow-write=${temporaryDirectory()}`;
  return ["--allow-run", "--allow-net=127.0.0.1", "--allow-env", reads, writes];
}

function compileWith(extra: readonly string[], world: World): Promise<number> {
  return compile({ root: ROOT, worldFlags: flags(world), build: buildOf(extra) });
}

/** A command of the person's may work on another directory; what is malformed it says itself. */
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
  const server = ["run", "--quiet", ...flags(world), ...grants, `${ROOT}main.ts`];
  const permissions = ["--no-prompt", `--allow-run=${Deno.execPath()}`, "--allow-env=NO_COLOR"];
  const demo = ["run", ...flags(world), ...permissions, `${ROOT}scripts/demo.ts`, ...extra];
  return [...demo, "--", ...server];
}

/** Runs what drives a paper desk, in a folder that has no `.env`. */
function runOnPaper(command: readonly string[]): Promise<number> {
  const env = { ...neutralEnvironment(), BACKPACK_MODE: "paper", BACKPACK_PROXY: "allow" };
  return runDeno(command, { env, cwd: `${ROOT}scripts` });
}

function pictureCommand(world: World): string[] {
  const path = `${ROOT}.github/demo.svg`;
  const grants = [
    `--allow-run=${Deno.execPath()}`,
    `--allow-read=${path}`,
    `--allow-write=${path}`,
  ];
  const picture = ["run", ...flags(world), "--no-prompt", ...grants, `${ROOT}scripts/picture.ts`];
  return [...picture, "--", ...demoCommand([], world)];
}

/** The bundle runs with what its executable was granted; this is for the client beside it. */
function tryBundle(_extra: readonly string[], world: World): Promise<number> {
  const temporary = `--allow-write=${temporaryDirectory()}`;
  const grants = [
    "--no-prompt",
    "--allow-read",
    temporary,
    "--allow-run",
    "--allow-env=SystemRoot",
  ];
  const script = `${ROOT}scripts/release/try_bundle.ts`;
  return runDeno(["run", "--quiet", ...flags(world), ...grants, script, `${ROOT}dist/release`]);
}

/** Every gate in turn, up to the first that fails. */
async function runGates(extra: readonly string[], world: World): Promise<number> {
  // The linter asks JSR of its own accord, and waits for it without end.
  const jsr: Record<string, string> = world === "npm" ? { JSR_URL: UNREACHABLE } : {};
  const env = { ...neutralEnvironment(), ...jsr };
  const run = (command: readonly string[]) => (): Promise<number> =>
    runDeno(command, { env, cwd: ROOT });
  const gates: Record<string, () => Promise<number>> = {
    format: run(["fmt", "--check"]),
    lint: run(["lint"]),
    "type check": run(checkCommand(world)),
    "doc lint": () => lintDocs(flags(world), filesUnder(`${ROOT}lib`)),
    ...(extra.includes("--no-tests") ? {} : { tests: run(testCommand([], world)) }),
  };
  for (const [name, gate] of Object.entries(gates)) {
    say(`ok: ${name}`);
    const code = await gate();
    if (code === 0) continue;
    say(`not ok: ${name}`);
    return code;
  }
  return 0;
}

/** Started afresh, since Deno adds to a lock file and takes nothing out. */
async function writeLock(world: World): Promise<number> {
  const path = world === "npm" ? `${ROOT}scripts/npm_only.lock` : `${ROOT}deno.lock`;
  if (hasFile(path)) await Deno.remove(path);
  const write = worldFlags(world, ROOT, true).map((flag) => flag.replace("--frozen", "$&=false"));
  const code = await runDeno(["cache", ...write, ...sources()]);
  say(code === 0 ? `wrote ${path}` : `could not write ${path}`);
  return code;
}

/** Deno's arguments for a server that trusts the `.env` of this checkout. */
function serverCommand(world: World, dataDir?: string): string[] {
  const grants = serverGrants(checkoutSettings(dataDir));
  return ["run", "--quiet", ...flags(world), ...grants, `${ROOT}main.ts`, "--checkout"];
}

function checkCommand(world: World): string[] {
  return ["check", ...flags(world), ...sources()];
}

function testCommand(extra: readonly string[], world: World): string[] {
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
  return [
    ...["test", ...flags(world), "--doc", "--parallel", "--sanitize-ops", "--sanitize-resources"],
    "--no-prompt",
    `--allow-run=${programs.join(",")}`,
    "--allow-net=127.0.0.1,localhost,[::1]",
    `--allow-read=${[ROOT, `${ROOT}../shared`, temporary, ...programs].join(",")}`,
    `--allow-write=${temporary}`,
    `--allow-env=${names.join(",")}`,
    ...extra,
    ...(namesFile ? [] : [`${ROOT}lib`, `${ROOT}tests`]),
  ];
}

/** That one, and those of the other kinds. */
function executablesBeside(executable: string): string[] {
  const folder = executable.replace(/[^/\\]*$/, "");
  return [...Deno.readDirSync(folder)].filter(({ name }) => name.startsWith("backpack-mcp"))
    .map(({ name }) => `${folder}${name}`);
}

/** Deno lets the memory of another process be read only where all is allowed. */
function benchCommand(extra: readonly string[], world: World): string[] {
  const run = ["run", "--quiet", "--v8-flags=--expose-gc", ...flags(world), "--allow-all"];
  return [...run, `${ROOT}bench/mod.ts`, ...extra];
}

/** For a task that starts servers of its own, in a folder of its own, and watches them. */
function loopbackGrants(): string[] {
  const temporary = temporaryDirectory();
  const executable = Deno.env.get("BACKPACK_MCP_EXECUTABLE");
  // Only the system's own programs may read what the kernel says of another process.
  const readers = ["/bin/cat", "/bin/ls"].filter(hasFile);
  const programs = [Deno.execPath(), ...readers, ...(executable ? [executable] : [])];
  return [
    ...["--no-prompt", "--allow-net=127.0.0.1", `--allow-run=${programs.join(",")}`],
    `--allow-read=${temporary},${programs.join(",")}`,
    ...[`--allow-write=${temporary}`, "--allow-env=TMPDIR,TMP,TEMP,BACKPACK_MCP_EXECUTABLE"],
  ];
}

function flags(world: World): string[] {
  return worldFlags(world, ROOT, hasFile(`${ROOT}deno.lock`));
}

/** All our modules; what `std_assert.ts` imports is there in the npm-only world alone. */
function sources(): string[] {
  const files = ["lib", "scripts", "tests", "bench"].flatMap((folder) =>
    filesUnder(`${ROOT}${folder}`)
  );
  return [`${ROOT}main.ts`, ...files.filter((path) => !path.endsWith("/std_assert.ts"))];
}

function filesUnder(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return filesUnder(`${folder}/${name}`);
    return name.endsWith(".ts") ? [`${folder}/${name}`] : [];
  }).sort();
}

/** None of the owner's settings reach what must come out the same for everybody. */
function neutralEnvironment(): Record<string, string> {
  const empty = Object.fromEntries(KNOWN_NAMES.map((name) => [name, ""]));
  return { ...empty, XDG_CONFIG_HOME: NOWHERE, APPDATA: NOWHERE };
}

async function main([name = "", ...extra]: readonly string[]): Promise<number> {
  const task = Object.hasOwn(TASKS, name) ? TASKS[name] : undefined;
  if (task !== undefined) return await run(task, extra);
  say(`${name} is no task; there are: ${Object.keys(TASKS).join(", ")}`);
  return 2;
}

async function run(task: Task, extra: readonly string[]): Promise<number> {
  const world = await reachableWorld();
  try {
    return await task(extra, world);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    say(error.message);
    return 2;
  }
}

Deno.exit(await main(Deno.args));
