/**
 * The program as a few plain modules, for `deno compile` to embed: by Deno's own bundler, minified,
 * and without what never runs. What is imported late stays a module of its own and is read late.
 *
 * @module
 */

/** What {@linkcode bundle} needs to know. */
export interface BundleOptions {
  /** The checkout, with a slash at its end. */
  readonly root: string;
  /** The flags of the registries that can be reached. */
  readonly worldFlags: readonly string[];
  /** The program's first module, in the checkout. */
  readonly entry: string;
  /** A folder to work in, which the caller removes. */
  readonly work: string;
  /** Ends the bundler. */
  readonly signal: AbortSignal;
}

/**
 * Left out: the SDK would check a form's reply with it, which `person.ts` does by hand. It is a third
 * of all code, and was a fifth of the start-up.
 */
const UNUSED = "validation/ajv-provider.js";
const STAND_IN = "export class AjvJsonSchemaValidator {}\n";

/**
 * A package in CommonJS keeps a `require`, which the bundler does not always find again under its
 * short name: such an executable fails when it starts or, worse, later.
 */
const REQUIRE_REGEXP = /Dynamic require of|\bmodule\.exports\b/;

/** Writes the modules; resolves to the path of the first, or to what the bundler complained of. */
export async function bundle(
  options: BundleOptions,
): Promise<{ entry: string } | { problem: string }> {
  const { root, worldFlags, entry, work, signal } = options;
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--code-splitting", "--minify", `--external=*/${UNUSED}`],
      ...worldFlags,
      `--outdir=${work}/program`,
      `${root}${entry}`,
    ],
    cwd: work,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  });
  const { code, stderr } = await command.output();
  if (code !== 0) return { problem: new TextDecoder().decode(stderr) };
  // Where the bundle looks for it.
  await Deno.mkdir(`${work}/validation`);
  await Deno.writeTextFile(`${work}/${UNUSED}`, STAND_IN);
  const broken = await withRequire(`${work}/program`);
  if (broken !== undefined) return { problem: `${broken} holds a package in CommonJS` };
  const first = entry.replace(/^.*\//, "").replace(/\.ts$/, ".js");
  return { entry: `${work}/program/${first}` };
}

async function withRequire(folder: string): Promise<string | undefined> {
  for await (const { name } of Deno.readDir(folder)) {
    if (REQUIRE_REGEXP.test(await Deno.readTextFile(`${folder}/${name}`))) return name;
  }
  return undefined;
}
