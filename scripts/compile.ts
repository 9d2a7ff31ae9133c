/**
 * `deno task compile`: the executable, with its permissions baked in.
 *
 * Never with `--env-file`, which would bake the values in too, that is, the owner's keys.
 *
 * @module
 */

import { executableSettings } from "./checkout.ts";
import { say } from "./child.ts";
import { serverGrants } from "./grants.ts";

/** What {@linkcode compile} needs to know. */
export interface CompileOptions {
  /** The checkout, with a slash at its end. */
  readonly root: string;
  /** The flags of the registries that can be reached. */
  readonly worldFlags: readonly string[];
  /** After this, the runtime's download counts as hanging. */
  readonly limitMs?: number;
}

const LIMIT_MS = 180_000;
const WINDOWS = Deno.build.os === "windows";

/** Writes `dist/backpack-mcp` or nothing at all; resolves to the exit code. */
export async function compile(options: CompileOptions): Promise<number> {
  const suffix = WINDOWS ? ".exe" : "";
  const target = `${options.root}dist/backpack-mcp${suffix}`;
  // Beside the target, so that renaming is atomic and an older executable stays until then.
  const partial = `${options.root}dist/partial-${Deno.pid}${suffix}`;
  await Deno.mkdir(`${options.root}dist`, { recursive: true });
  try {
    const { code, stderr } = await runCompiler(options, partial);
    if (code !== 0) {
      say(explain(stderr));
      return 1;
    }
    await Deno.rename(partial, target);
    say(`wrote ${target}`);
    return 0;
  } finally {
    await removeLeftovers(`${options.root}dist`, `partial-${Deno.pid}`);
  }
}

async function runCompiler(
  { root, worldFlags, limitMs = LIMIT_MS }: CompileOptions,
  output: string,
): Promise<{ code: number; stderr: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--bundle", "--minify", "--no-code-cache"],
      ...worldFlags,
      ...serverGrants(executableSettings()),
      `--output=${output}`,
      `${root}main.ts`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(limitMs),
  });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** One line where the runtime is missing; otherwise what the compiler said. */
function explain(stderr: string): string {
  // The compiler fetches everything else before it asks for the runtime.
  const isRuntime = /base binary|denort/i.test(stderr);
  if (!isRuntime) return stderr.trimEnd();
  const found = Deno.env.get("DENORT_BIN");
  if (found) return `DENORT_BIN does not name a runtime that can be used: ${found}`;
  return "The runtime that the executable embeds (denort) can't be downloaded from Deno's host " +
    "here: connect to the network, or let DENORT_BIN name one.";
}

async function removeLeftovers(folder: string, prefix: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (name.startsWith(prefix)) await Deno.remove(`${folder}/${name}`);
  }
}
