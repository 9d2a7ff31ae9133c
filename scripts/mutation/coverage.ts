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
  /** "lib/x.ts:12" for each line it runs. */
  readonly lines: ReadonlySet<string>;
}

/** The files that run a line: first those that run little else, since they are about it. */
export function testsOf(files: readonly TestFile[], path: string, line: number): TestFile[] {
  return files
    .filter(({ lines }) => lines.has(`${path}:${line}`))
    .sort((a, b) => a.lines.size + a.durationMs - b.lines.size - b.durationMs);
}

/** The lines that an LCOV report says were run, as "path:line" from `root`. */
export function linesIn(lcov: string, root: string): Set<string> {
  const lines = new Set<string>();
  let path = "";
  for (const row of lcov.split("\n")) {
    if (row.startsWith("SF:")) path = row.slice(3).replace(root, "");
    const [, line, count] = /^DA:(\d+),(\d+)/.exec(row) ?? [];
    if (line !== undefined && count !== "0") lines.add(`${path}:${line}`);
  }
  return lines;
}
