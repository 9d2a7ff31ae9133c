/**
 * What `deno task compile` can build, and what follows from it: the file's name, the permissions and
 * the arguments that are baked in.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { executableSettings } from "./checkout.ts";
import { namedDataDirectory, releaseGrants, serverGrants } from "./grants.ts";
import { targetOf } from "./release/targets.ts";

/** One executable. */
export interface Build {
  /** For anybody's directories instead of this user's. */
  readonly isRelease: boolean;
  /** The system it is for, as Deno names it. */
  readonly target: string;
  /** What it starts with, in the checkout. */
  readonly entry: string;
  /** Its file in `dist`. */
  readonly name: string;
  /** Another data directory than the settings name; an absolute path. */
  readonly dataDir?: string | undefined;
}

const OPTIONS = {
  "data-dir": { type: "string" },
  release: { type: "boolean" },
  target: { type: "string" },
  probe: { type: "boolean" },
} as const;
const USAGE = "compile takes --data-dir DIR, or --release and with it --target TRIPLE";
/** Tries to leave the sandbox from inside, in the place of answering. */
const PROBE = "tests/_sandbox_probe.ts";

/** What the arguments of `compile` ask for; throws a `RangeError` with what is wrong with them. */
export function buildOf(args: readonly string[]): Build {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, strict: false });
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(OPTIONS, name))
    .map((name) => `--${name}`);
  const [first] = [...unknown, ...positionals];
  if (first !== undefined) throw new RangeError(`no use for ${first}; ${USAGE}`);
  const dataDir = namedDataDirectory(args);
  const isRelease = values.release === true;
  const isMixed = isRelease ? dataDir !== undefined : values.target !== undefined;
  if (isMixed) throw new RangeError(USAGE);
  const target = String(values.target ?? Deno.build.target);
  const suffix = target.includes("windows") ? ".exe" : "";
  const kind = isRelease ? `-${targetOf(target).triple}` : "";
  const isProbe = values.probe === true;
  const name = `backpack-mcp${isProbe ? "-probe" : ""}${kind}${suffix}`;
  return { isRelease, target, entry: isProbe ? PROBE : "main.ts", name, dataDir };
}

/** What is baked in: the flags of permissions, and arguments before those that a person types. */
export function bakedOf({ isRelease, target, dataDir }: Build): {
  readonly grants: readonly string[];
  readonly args: readonly string[];
} {
  if (isRelease) return { grants: releaseGrants(target.includes("windows")), args: ["--release"] };
  const settings = executableSettings(dataDir);
  // The desk, HALT and a person's commands then agree on the one directory that was granted,
  // whatever their environments say of it.
  const { dataDirectory } = settings;
  const args = dataDirectory ? [`--granted-data-dir=${dataDirectory}`] : [];
  return { grants: serverGrants(settings), args };
}
