/**
 * A copy of the checkout in a temporary folder, for faults to be put into.
 *
 * @module
 */

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const LEFT_OUT = new Set([".git", "dist", "coverage", "node_modules"]);

/** The copy's folder, with a slash at its end. */
export async function copyCheckout(): Promise<string> {
  const root = `${await Deno.realPath(await Deno.makeTempDir({ prefix: "mutation-" }))}/`;
  for (const { name } of Deno.readDirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) await copy(`${ROOT}${name}`, `${root}${name}`);
  }
  return root;
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
