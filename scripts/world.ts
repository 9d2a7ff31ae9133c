/**
 * Which registries this machine can reach. `deno.json` names `jsr:` packages; where JSR can't be
 * reached, `npm_only.json` maps the same names to npm packages, with a lock file of its own, since
 * a lock made in one world fails in the other.
 *
 * Deno itself is asked, so that `JSR_URL`, certificates, proxies and the cache count as they will
 * for the task.
 *
 * @module
 */

import denoJson from "../deno.json" with { type: "json" };
import { hasFile, ROOT } from "./checkout.ts";

/** What can be reached: both registries, or only npm's. */
export type World = "jsr" | "npm";

/** What {@linkcode reachableWorld} can be told. */
export interface ProbeOptions {
  /** The packages that must be there; those of `deno.json` by default. */
  readonly specifiers?: readonly string[];
  /** After this, JSR counts as out of reach. */
  readonly limitMs?: number;
  /** Added to the environment of the probe. */
  readonly env?: Record<string, string>;
}

/** The `jsr:` packages of `deno.json`. */
export const JSR_SPECIFIERS: readonly string[] = Object.values(denoJson.imports)
  .filter((specifier) => specifier.startsWith("jsr:"));

/** `jsr` if all of the packages can be had within the limit, `npm` otherwise. */
export async function reachableWorld(options: ProbeOptions = {}): Promise<World> {
  const { specifiers = JSR_SPECIFIERS, limitMs = 2000, env = {} } = options;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  try {
    const probes = specifiers.map((specifier) => canLoad(specifier, env, limit.signal));
    return (await Promise.all(probes)).every(Boolean) ? "jsr" : "npm";
  } finally {
    clearTimeout(timer);
    // The first failure decides: a probe that still runs is not waited for.
    limit.abort();
  }
}

/** The flags that make Deno resolve the packages of that world. */
export function worldFlags(world: World, root: string, hasDenoLock: boolean): string[] {
  if (world === "npm") {
    const scripts = `${root}scripts/`;
    return [
      `--import-map=${scripts}npm_only.json`,
      `--lock=${scripts}npm_only.lock`,
      "--frozen",
    ];
  }
  return hasDenoLock ? [`--lock=${root}deno.lock`, "--frozen"] : ["--no-lock"];
}

/** {@linkcode worldFlags} for whoever works in this checkout. */
export function packageFlags(world: World): string[] {
  return worldFlags(world, ROOT, hasFile(`${ROOT}deno.lock`));
}

/**
 * The same for a child of this program, which takes its packages from where this one has them.
 * With a lock it starts three times as fast as without: it need not find out which versions fit.
 */
export function inheritedFlags(): string[] {
  const isNpmOnly = import.meta.resolve("@std/assert").endsWith("/std_assert.ts");
  return worldFlags(isNpmOnly ? "npm" : "jsr", ROOT, false);
}

async function canLoad(
  specifier: string,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<boolean> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "--no-config", specifier],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal,
  });
  const { success, stdout } = await command.output();
  return success && isLoaded(new TextDecoder().decode(stdout));
}

/** `deno info` ends with 0 even when a module is missing: the modules tell. */
function isLoaded(json: string): boolean {
  try {
    const { modules } = JSON.parse(json) as { modules: { error?: string }[] };
    return modules.length > 0 && modules.every((module) => module.error === undefined);
  } catch {
    return false;
  }
}
