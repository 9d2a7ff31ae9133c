/**
 * `deno task compile`: the executable, with its permissions baked in.
 *
 * Never with `--env-file`, which would bake the values in too, that is, the owner's keys.
 *
 * @module
 */

import { bakedOf, type Build } from "./build.ts";
import { bundle } from "./bundle.ts";
import { forwardSignals, say } from "./child.ts";

/** What {@linkcode compile} needs to know. */
export interface CompileOptions {
  /** The checkout, with a slash at its end. */
  readonly root: string;
  /** The flags of the registries that can be reached. */
  readonly worldFlags: readonly string[];
  /** What is built. */
  readonly build: Build;
  /** After this, the runtime's download counts as hanging. */
  readonly limitMs?: number;
}

const WRONG_RUNTIME = "DENORT_BIN does not name a runtime (denort) that this Deno can use.";
const LIMIT_MS = 180_000;
/**
 * A server of one client is better off small: young garbage is collected early, the heap grows by
 * little, and code is compiled twice at most. Without these it holds twice the memory after 10,000
 * calls, and answers no faster.
 */
const HEAP_FLAGS =
  "--v8-flags=--max-semi-space-size=1,--heap-growing-percent=15,--no-maglev,--optimize-for-size";
const WINDOWS = Deno.build.os === "windows";

/** Writes the executable into `dist`, or nothing at all; resolves to the exit code. */
export async function compile(options: CompileOptions): Promise<number> {
  const dist = `${options.root}dist`;
  const { name, target } = options.build;
  // Beside the target, so that an older executable stays until the new one is whole.
  const work = `${dist}/partial-${Deno.pid}`;
  await Deno.mkdir(work, { recursive: true });
  try {
    const problem = await runBuild(options, work);
    if (problem !== undefined) {
      say(explain(problem));
      return 1;
    }
    // Those of another system can't be tried here.
    if (target === Deno.build.target && !await isProgram(`${work}/${name}`)) {
      say(WRONG_RUNTIME);
      return 1;
    }
    await Deno.rename(`${work}/${name}`, `${dist}/${name}`);
    say(`wrote ${dist}/${name}`);
    return 0;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Resolves to what went wrong, if anything did. */
async function runBuild(
  { root, worldFlags, build, limitMs = LIMIT_MS }: CompileOptions,
  work: string,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(limitMs);
  const bundled = await bundle({ root, worldFlags, entry: build.entry, work, signal });
  if ("problem" in bundled) return bundled.problem;
  const { code, stderr } = await runCompiler(bundled.entry, work, { build, signal });
  return code === 0 ? undefined : stderr;
}

async function runCompiler(
  entry: string,
  work: string,
  { build, signal }: { build: Build; signal: AbortSignal },
): Promise<{ code: number; stderr: string }> {
  const { grants, args } = bakedOf(build);
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      // Nothing but what the bundler wrote; its output has no types to check.
      ...["compile", "--no-check", "--no-config", "--no-lock", "--no-remote", "--no-npm"],
      ...["--no-code-cache", HEAP_FLAGS],
      ...grants,
      `--output=${work}/${build.name}`,
      `--target=${build.target}`,
      entry,
      ...args,
    ],
    env: runtimeEnvironment(),
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  });
  const child = command.spawn();
  const stopForwarding = forwardSignals((signal) => child.kill(signal));
  const { code, stderr } = await child.output();
  stopForwarding();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** A relative path means the same although the compiler runs elsewhere. */
function runtimeEnvironment(): Record<string, string> {
  const path = Deno.env.get("DENORT_BIN");
  if (!path) return {};
  const isAbsolute = WINDOWS ? /^[a-z]:|^\\\\/i.test(path) : path.startsWith("/");
  return { DENORT_BIN: isAbsolute ? path : `${Deno.cwd()}/${path}` };
}

/** Whatever DENORT_BIN names is taken for a runtime by the compiler. */
async function isProgram(path: string): Promise<boolean> {
  try {
    const command = new Deno.Command(path, { args: ["--version"], stdin: "null", stderr: "null" });
    const { success, stdout } = await command.output();
    return success && new TextDecoder().decode(stdout).startsWith("backpack-mcp ");
  } catch {
    return false;
  }
}

/** One line where the runtime is missing; otherwise what the compiler said. */
function explain(stderr: string): string {
  // The compiler fetches everything else before it asks for the runtime.
  const isRuntime = /base binary|denort/i.test(stderr);
  if (!isRuntime) return stderr.trimEnd();
  if (Deno.env.get("DENORT_BIN")) return WRONG_RUNTIME;
  return "The runtime that the executable embeds (denort) can't be downloaded from Deno's host " +
    "here: connect to the network, or let DENORT_BIN name one.";
}
