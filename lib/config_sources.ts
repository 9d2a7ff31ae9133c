/**
 * The sources of the configuration, the strongest first, each reduced to what it may say: unknown
 * names, likely misspellings and whatever an untrusted `.env` has no business to set are taken
 * out and become problems, even where a stronger source would have overruled them.
 *
 * @module
 */

import { type EnvEntry, readEnvText, tokensOf } from "./env_file.ts";
import { adviceFor, MISSPELLINGS } from "./misspellings.ts";
import { type Problem, shownName } from "./problem.ts";
import { KNOWN_NAMES, PROXY_NAMES, type Setting, settingOf } from "./settings.ts";

/** An `.env` file that exists. */
export interface EnvFile {
  /** For messages. */
  readonly path: string;
  /** Its content. */
  readonly text: string;
}

/** Where the configuration comes from, the strongest first. */
export interface Sources {
  /** The process environment: the variables of {@linkcode ENVIRONMENT_NAMES} that are set. */
  readonly env: Readonly<Record<string, string>>;
  /** `.env` in the user's configuration directory. */
  readonly userFile?: EnvFile;
  /** Where that file is or would be. */
  readonly userFilePath: string;
  /** `.env` in the working directory. */
  readonly workingFile?: EnvFile;
  /** Whether the working directory is a checkout, whose `.env` is the developer's own. */
  readonly trustWorkingFile: boolean;
  /** Paths of `.env` files that exist and can't be read: who knows what they forbid. */
  readonly unreadable?: readonly string[];
  /** Paths of `.env` files that this program may not even look for. */
  readonly ungranted?: readonly string[];
  /** Whether there is network permission for `name:port`. */
  grantedNet?(host: string): boolean;
}

/** Every name that the environment must be asked for: ours, proxies, and likely misspellings. */
export const ENVIRONMENT_NAMES: readonly string[] = [
  ...KNOWN_NAMES,
  ...PROXY_NAMES,
  // The permission is for BACKPACK_*: a name with a slip in the prefix can't be asked for.
  ...[...MISSPELLINGS.keys()].filter((name) => name.startsWith("BACKPACK_")),
];

/** The variables of one source that count, by name. */
export type Layer = ReadonlyMap<string, EnvEntry>;

/** What {@linkcode gather} found. */
export interface Gathered {
  /** One for each source, the strongest first. */
  readonly layers: readonly Layer[];
  /** What was taken out, and why. */
  readonly problems: readonly Problem[];
  /** Texts that must not be shown: keys, and what may be one in a line that was refused. */
  readonly suspects: readonly string[];
}

/** The sources as layers, without what they may not say. */
export function gather(sources: Sources): Gathered {
  const { env, userFile, workingFile, userFilePath } = sources;
  const parts = [
    judge(environmentEntries(env), misspeltFault),
    judgeFile(userFile, unknownFault),
    judgeFile(workingFile, (entry) =>
      unknownFault(entry) ??
        (sources.trustWorkingFile ? undefined : untrustedFault(entry, userFilePath))),
  ];
  return {
    layers: parts.flatMap((part) => part.layers),
    problems: [...closedFiles(sources), ...parts.flatMap((part) => part.problems)],
    suspects: parts.flatMap((part) => part.suspects),
  };
}

function closedFiles({ unreadable = [], ungranted = [] }: Sources): Problem[] {
  return [
    ...unreadable.map((path) => ({
      variable: path,
      message: "cannot be read: make it readable for you alone (chmod 600), or remove it",
    })),
    ...ungranted.map((path) => ({
      variable: path,
      message:
        "this program has no permission to look there, since it was built for another user " +
        "or HOME: run `deno task compile` as this user, with this HOME",
    })),
  ];
}

/** A problem for each proxy variable that is set. */
export function proxyProblems(env: Sources["env"]): Problem[] {
  return PROXY_NAMES.filter((name) => (env[name] ?? "").trim() !== "").map((variable) => ({
    variable,
    message: "a proxy takes requests outside the network permission: unset it, or set " +
      "BACKPACK_PROXY=allow to accept that (the environment)",
  }));
}

type FaultOf = (entry: EnvEntry) => string | undefined;

function judgeFile(file: EnvFile | undefined, faultOf: FaultOf): Gathered {
  const content = readEnvText(file?.text ?? "", file?.path ?? "");
  const judged = judge(content.entries, faultOf);
  return {
    layers: judged.layers,
    problems: [...content.problems, ...judged.problems],
    suspects: [...content.suspects, ...judged.suspects],
  };
}

function judge(entries: readonly EnvEntry[], faultOf: FaultOf): Gathered {
  const layer = new Map<string, EnvEntry>();
  const problems: Problem[] = [];
  const suspects: string[] = [];
  for (const entry of entries) {
    const { name, value, where } = entry;
    if (settingOf(name)?.secret && value !== "") suspects.push(value);
    const fault = faultOf(entry);
    if (fault === undefined) {
      layer.set(name, entry);
    } else {
      suspects.push(...tokensOf(`${name} ${value}`));
      problems.push({ variable: shownName(name, KNOWN_NAMES), message: `${fault} (${where})` });
    }
  }
  return { layers: [layer], problems, suspects };
}

function environmentEntries(env: Sources["env"]): EnvEntry[] {
  return ENVIRONMENT_NAMES
    .filter((name) => env[name] !== undefined && !PROXY_NAMES.includes(name))
    .map((name) => ({ name, value: (env[name] ?? "").trim(), where: "the environment" }))
    .filter((entry) => entry.value !== "" && !isUnfilledKey(entry));
}

/**
 * What some clients pass for an optional field of a bundle that its user left empty. Anything but
 * a key is a limit or decides one, and must not be lost that way.
 */
function isUnfilledKey({ name, value }: EnvEntry): boolean {
  return settingOf(name)?.secret === true && /^\$\{user_config\.\w+\}$/.test(value);
}

function misspeltFault({ name }: EnvEntry): string | undefined {
  return MISSPELLINGS.has(name) ? `is not a known name: ${adviceFor(name)}` : undefined;
}

function unknownFault({ name }: EnvEntry): string | undefined {
  return settingOf(name) ? undefined : `is not a known name: ${adviceFor(name)}`;
}

function untrustedFault(entry: EnvEntry, userFilePath: string): string | undefined {
  const setting = settingOf(entry.name);
  if (entry.value === "" || setting === undefined || setting.workingFile === "any") {
    return undefined;
  }
  const elsewhere = `put it into ${userFilePath} if you want it`;
  if (setting.workingFile === "none") {
    return `an .env in the working directory may not set it: ${elsewhere}`;
  }
  if (tightens(setting, setting.workingFile, entry.value)) return undefined;
  return `an .env in the working directory may only set it to ${setting.workingFile.only}: ` +
    elsewhere;
}

function tightens<T>(
  setting: Setting<T>,
  rule: Exclude<Setting<T>["workingFile"], string>,
  text: string,
): boolean {
  const value = setting.read(text);
  const preset = setting.preset === undefined ? undefined : setting.read(setting.preset);
  return value !== undefined && rule.tightens(value, preset);
}
