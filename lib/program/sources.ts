/**
 * Where the settings come from on this machine: the environment and the `.env` files.
 *
 * @module
 */

import {
  type Configuration,
  type EnvFile,
  ENVIRONMENT_NAMES,
  readConfig,
  type Sources,
} from "../config.ts";
import { DATA_DIRECTORY_NAMES, dataDirectory, everyDesksDirectory } from "../data_directory.ts";
import { DIRECTORY_NAMES, userFilePath } from "../user_file.ts";
import type { Launch } from "./launch.ts";

/** Reads the environment and the `.env` files, once. */
export function sourcesOf({ trustWorkingFile }: Launch): Sources {
  const userPath = userFilePath(environment(DIRECTORY_NAMES), Deno.build.os === "windows");
  return {
    ...readEnvFiles(userPath),
    env: environment(ENVIRONMENT_NAMES),
    userFilePath: userPath ?? "~/.config/backpack-mcp/.env",
    trustWorkingFile,
    grantedNet: (host) => Deno.permissions.querySync({ name: "net", host }).state === "granted",
  };
}

/** What the sources say; the data directory that was granted is the preset. */
export async function configure(sources: Sources, { dataDir }: Launch): Promise<Configuration> {
  const read = await readConfig(sources);
  const preset = dataDir === undefined ? {} : { dataDir };
  return read.ok ? { ...read, config: { ...preset, ...read.config } } : { ...preset, ...read };
}

/** The journal's directory: the owner's choice, or the system's custom. */
export function dataDirectoryOf(config: { dataDir?: string }): string | undefined {
  return config.dataDir ?? dataDirectory(environment(DATA_DIRECTORY_NAMES), Deno.build.os);
}

/** The directory whose HALT stops every desk of this user. */
export function everyDesksDirectoryHere(): string | undefined {
  return everyDesksDirectory(environment(DATA_DIRECTORY_NAMES), Deno.build.os);
}

function environment(names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, Deno.env.get(name)]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** The `.env` files that exist, and the paths of those that can't or may not be read. */
function readEnvFiles(
  userPath: string | undefined,
): Pick<Sources, "userFile" | "workingFile" | "unreadable" | "ungranted"> {
  const files: { userFile?: EnvFile; workingFile?: EnvFile } = {};
  const unreadable: string[] = [];
  const ungranted: string[] = [];
  for (const [name, path] of [["userFile", userPath], ["workingFile", ".env"]] as const) {
    try {
      if (path !== undefined) files[name] = { path, text: Deno.readTextFileSync(path) };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) continue;
      const isUngranted = error instanceof Deno.errors.NotCapable;
      (isUngranted ? ungranted : unreadable).push(path ?? name);
    }
  }
  return { ...files, unreadable, ungranted };
}
