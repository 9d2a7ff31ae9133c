/**
 * Copies of the checkout in a temporary folder, for faults to be put into.
 *
 * @module
 */

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const LEFT_OUT = new Set([".git", "dist", "coverage", "node_modules"]);

/** A folder that holds copies, and all that tests leave behind when they are ended early. */
export class Workshop {
  readonly #path: string;

  /** Makes the folder. */
  constructor() {
    this.#path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "mutation-" }));
    Deno.mkdirSync(this.temporary);
    // Some tests compare with the exchange's documents beside the checkout.
    const documents = `${ROOT}../shared`;
    if (isThere(documents)) Deno.symlinkSync(Deno.realPathSync(documents), `${this.#path}/shared`);
  }

  /** For the tests' own temporary files. */
  get temporary(): string {
    return `${this.#path}/temporary`;
  }

  /** A new copy of the checkout; its folder, with a slash at its end. */
  async copy(name: string): Promise<string> {
    const root = `${this.#path}/${name}/`;
    await Deno.mkdir(root);
    for (const { name } of Deno.readDirSync(ROOT)) {
      if (!LEFT_OUT.has(name)) await copy(`${ROOT}${name}`, `${root}${name}`);
    }
    return root;
  }

  /** Removes the folder with everything in it. */
  async remove(): Promise<void> {
    // What a test has started may go on writing for a moment after the test was ended.
    for (let attempt = 1;; attempt++) {
      try {
        return await Deno.remove(this.#path, { recursive: true });
      } catch (error) {
        if (attempt === 20) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }
}

/** The `.ts` files of a folder, or the file itself, from `root`. */
export function filesUnder(root: string, path: string): string[] {
  if (path.endsWith(".ts")) return [path];
  return [...Deno.readDirSync(`${root}${path}`)]
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith(".ts"))
    .flatMap(({ name }) => filesUnder(root, `${path}/${name}`))
    .sort();
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.lstat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for (const { name } of Deno.readDirSync(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
