/**
 * Which files a file leads to: a test that never loads a source can't notice a fault in it.
 *
 * @module
 */

const IMPORT_REGEXP = /(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g;

/** Every file of the checkout at `root` that `path` imports, itself and those of those included. */
export function filesReached(root: string, path: string): Set<string> {
  const reached = new Set<string>();
  const left = [path];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...importsOf(root, next));
  }
  return reached;
}

/** Whether the file runs programs. */
export function startsPrograms(path: string): boolean {
  return path.endsWith(".ts") && Deno.readTextFileSync(path).includes("new Deno.Command(");
}

function importsOf(root: string, path: string): string[] {
  if (!path.endsWith(".ts")) return [];
  const base = new URL(path, "file:///");
  return [...Deno.readTextFileSync(`${root}${path}`).matchAll(IMPORT_REGEXP)]
    .map(([, target = ""]) => new URL(target, base).pathname.slice(1))
    .filter((target) => isFile(`${root}${target}`));
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
