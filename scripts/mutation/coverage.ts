/**
 * Which test files run which lines, and how long each takes: a fault in a line can only be noticed
 * by those.
 *
 * @module
 */

/** One test file. */
export interface TestFile {
  readonly path: string;
  readonly durationMs: number;
  /** The numbers of the lines it runs, from 1, of each file. */
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

/** How often a test file noticed a fault in a file: "test file in file" and the times. */
export type Noticed = Map<string, number>;

/**
 * The files that run a line: first those that noticed most of the faults near it, then those that
 * run most of its file, since they are about it, then the quick ones.
 */
export function testsOf(
  files: readonly TestFile[],
  place: { readonly path: string; readonly line: number },
  noticed: Noticed = new Map(),
): TestFile[] {
  return files
    .map((file) => ({
      file,
      near: file.lines[place.path] ?? [],
      noticed: noticed.get(`${file.path} in ${place.path}`) ?? 0,
    }))
    .filter(({ near }) => isRun(near, place.line))
    .sort((a, b) =>
      b.noticed - a.noticed || b.near.length - a.near.length ||
      a.file.durationMs - b.file.durationMs
    )
    .map(({ file }) => file);
}

/** A report calls a line not run if the end of it was not, such as `if (a) return b;`. */
function isRun(lines: readonly number[], line: number): boolean {
  return lines.includes(line) || lines.includes(line - 1);
}

/** The lines that an LCOV report says were run, by the file's path from `root`. */
export function linesIn(lcov: string, root: string): Record<string, number[]> {
  const lines: Record<string, number[]> = {};
  let path = "";
  for (const row of lcov.split("\n")) {
    if (row.startsWith("SF:")) path = row.slice(3).replace(root, "");
    const [, line, count] = /^DA:(\d+),(\d+)/.exec(row) ?? [];
    if (line !== undefined && count !== "0") (lines[path] ??= []).push(Number(line));
  }
  return lines;
}
