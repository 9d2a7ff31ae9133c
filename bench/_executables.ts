/**
 * The executable, and an empty program by the same compiler, both made for the occasion: a floor
 * counts only beside what was built with it.
 *
 * @module
 */

import { hasFile, ROOT } from "../scripts/checkout.ts";
import { compile } from "../scripts/compile.ts";
import { worldFlags } from "../scripts/world.ts";
import { NotMeasuredError } from "./_figure.ts";
import { withFolder } from "./_program.ts";

/** Their paths, in a folder of their own. */
export interface Executables {
  readonly folder: string;
  readonly ours: string;
  readonly empty: string;
  /** Ours finds its directories by these. */
  readonly env: Readonly<Record<string, string>>;
}

const NAME = "backpack-mcp-bench";
const NO_RUNTIME =
  "the runtime that executables embed (denort) can't be had: let DENORT_BIN name one";

/**
 * Builds both for `work`.
 *
 * @throws {NotMeasuredError} where there is no runtime to build with
 */
export async function withExecutables<T>(work: (built: Executables) => Promise<T>): Promise<T> {
  return await withFolder(async (folder) => {
    const paths = { folder, ours: `${folder}/backpack-mcp`, empty: `${folder}/empty` };
    await buildOurs(paths);
    await buildEmpty(paths.empty);
    // Where it was told to look for a user's `.env` when it was built; there is none.
    const config = { XDG_CONFIG_HOME: Deno.env.get("XDG_CONFIG_HOME") ?? "" };
    const env = { HOME: folder, BACKPACK_DATA_DIR: `${folder}/data`, ...config };
    return await work({ ...paths, env });
  });
}

async function buildOurs({ folder, ours }: { folder: string; ours: string }): Promise<void> {
  const isNpmOnly = import.meta.resolve("@std/assert").includes("std_assert.ts");
  const flags = worldFlags(isNpmOnly ? "npm" : "jsr", ROOT, hasFile(`${ROOT}deno.lock`));
  const target = { isRelease: false, target: Deno.build.target };
  const build = { ...target, entry: "main.ts", name: NAME, dataDir: `${folder}/data` };
  if (await compile({ root: ROOT, worldFlags: flags, build }) !== 0) {
    throw new NotMeasuredError(NO_RUNTIME);
  }
  await Deno.copyFile(`${ROOT}dist/${NAME}`, ours);
  await Deno.remove(`${ROOT}dist/${NAME}`);
}

async function buildEmpty(path: string): Promise<void> {
  const flags = ["--quiet", "--no-check", "--no-config", "--no-lock", "--no-code-cache"];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["compile", ...flags, `--output=${path}`, `${ROOT}bench/_empty.ts`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  if (!(await command.output()).success) throw new NotMeasuredError(NO_RUNTIME);
}
