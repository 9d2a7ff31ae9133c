/**
 * What a release is made of, step by step; the workflow calls these steps and has no logic of its
 * own. Everything is written to `dist/release`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { messageOf } from "../../lib/errors.ts";
import denoJson from "../../deno.json" with { type: "json" };
import { ROOT } from "../checkout.ts";
import { bundle } from "./bundle.ts";
import { sectionOf } from "./changelog.ts";
import { serverJsonOf } from "./server_json.ts";
import { type ReleaseFile, sha256Of, sumsOf } from "./sums.ts";
import { type Target, targetOf } from "./targets.ts";

const FOLDER = `${ROOT}dist/release`;
const USAGE = `usage: deno task release STEP
  check --tag vVERSION          the tag is deno.json's version, and CHANGELOG.md has its section
  bundle [--target TRIPLE] [--executable PATH]
                                builds the executable and packs the bundle of one system
  finish --repository OWNER/NAME
                                SHA256SUMS, server.json and NOTES.md for what is there`;

/** What a step was told. */
interface Told {
  readonly tag?: string | undefined;
  readonly target?: string | undefined;
  readonly executable?: string | undefined;
  readonly repository?: string | undefined;
}

const STEPS: Readonly<Record<string, (told: Told) => Promise<void>>> = {
  check,
  bundle: pack,
  finish,
};

/** @throws {RangeError} where the tag, the version and the changelog do not belong together */
export function checkVersion(tag: string | undefined, version: string, changelog: string): void {
  if (tag === undefined) throw new RangeError(`give the tag: --tag v${version}`);
  if (tag !== `v${version}`) {
    throw new RangeError(
      `the tag is ${tag} and deno.json says ${version}: they must be one version`,
    );
  }
  sectionOf(changelog, version);
}

async function check({ tag }: Told): Promise<void> {
  checkVersion(tag, denoJson.version, await Deno.readTextFile(`${ROOT}CHANGELOG.md`));
  say(`${tag} can be released`);
}

async function pack({ target: triple = Deno.build.target, executable }: Told): Promise<void> {
  const target = targetOf(triple);
  await Deno.mkdir(FOLDER, { recursive: true });
  const built = executable ?? await compile(target);
  for (const path of await bundle({ target, executable: built, folder: FOLDER })) {
    say(`wrote ${path}`);
  }
}

async function compile({ triple, suffix }: Target): Promise<string> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "compile", "--release", "--target", triple],
    cwd: ROOT,
    // Refuses at once: the packages are then npm's, each of which is locked by its hash.
    env: { JSR_URL: "http://127.0.0.1:9" },
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  if (!success) throw new RangeError(`could not build for ${triple}`);
  return `${ROOT}dist/backpack-mcp-${triple}${suffix}`;
}

async function finish({ repository = "" }: Told): Promise<void> {
  const changelog = await Deno.readTextFile(`${ROOT}CHANGELOG.md`);
  for (const name of await finishIn(FOLDER, repository, changelog)) say(`wrote ${FOLDER}/${name}`);
}

/** Writes what goes with the files in `folder`; resolves to the names of what was written. */
export async function finishIn(
  folder: string,
  repository: string,
  changelog: string,
): Promise<string[]> {
  const packed = releaseFiles(folder).filter(({ name }) => name.endsWith(".mcpb"));
  const bundles = await Promise.all(
    packed.map(async ({ name, bytes }) => ({ file: name, sha256: await sha256Of(bytes) })),
  );
  const entry = JSON.stringify(serverJsonOf(repository, bundles), null, 2);
  await Deno.writeTextFile(`${folder}/server.json`, `${entry}\n`);
  await Deno.writeTextFile(`${folder}/NOTES.md`, sectionOf(changelog, denoJson.version));
  await Deno.writeTextFile(`${folder}/SHA256SUMS`, await sumsOf(releaseFiles(folder)));
  return ["server.json", "NOTES.md", "SHA256SUMS"];
}

/** What a user can download, by name: the sums are not of themselves, and the notes are no file. */
function releaseFiles(folder: string): ReleaseFile[] {
  return [...Deno.readDirSync(folder)]
    .filter(({ name, isFile }) => isFile && name !== "SHA256SUMS" && name !== "NOTES.md")
    .map(({ name }) => ({ name, bytes: Deno.readFileSync(`${folder}/${name}`) }))
    .sort((a, b) => a.name < b.name ? -1 : 1);
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  if (step === undefined) {
    say(USAGE);
    return 2;
  }
  const option = { type: "string" } as const;
  const options = { tag: option, target: option, executable: option, repository: option };
  try {
    await step(parseArgs({ args, options }).values);
    return 0;
  } catch (error) {
    say(messageOf(error));
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));
