/**
 * Which files a file leads to: a test that never loads a source can't notice a fault in it.
 *
 * @module
 */

const IMPORT_REGEXP = /(?:\bfrom|\bimport\(|\bimport)\s*"(\.[^"]+)"/g;

/** By the file's full path; a run reads each once. */
const READ = new Map<string, { imports: string[]; startsPrograms: boolean }>();

/** Every file of the checkout at `root` that `path` imports, itself and those of those included. */
export function filesReached(root: string, path: string): Set<string> {
  const reached = new Set<string>();
  const left = [path];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (reached.has(next)) continue;
    reached.add(next);
    left.push(...read(root, next).imports);
  }
  return reached;
}

/** Whether the file runs programs. */
export function startsPrograms(root: string, path: string): boolean {
  return read(root, path).startsPrograms;
}

function read(root: string, path: string): { imports: string[]; startsPrograms: boolean } {
  const known = READ.get(`${root}${path}`);
  if (known !== undefined) return known;
  const text = path.endsWith(".ts") ? Deno.readTextFileSync(`${root}${path}`) : "";
  const found = {
    imports: importsOf(root, path, text),
    startsPrograms: text.includes("new Deno.Command("),
  };
  READ.set(`${root}${path}`, found);
  return found;
}

function importsOf(root: string, path: string, text: string): string[] {
  const base = new URL(path, "file:///");
  return [...text.matchAll(IMPORT_REGEXP)]
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
