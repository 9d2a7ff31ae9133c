/**
 * Which tests run which statements of the guarded sources, and how long each takes: a fault can
 * only be noticed by those that run it.
 *
 * @module
 */

/** One test of a file. */
export interface Test {
  /** Its number in the file. */
  readonly number: number;
  readonly durationMs: number;
  /** Statements that it runs, each as "path:line". */
  readonly places: readonly string[];
}

/** A test file, with those of its tests that pass. */
export interface TestFile {
  readonly path: string;
  readonly tests: readonly Test[];
}

/** How often a test noticed a fault in a file: "test in file" and the times. */
export type Noticed = Map<string, number>;

/** What a test is called in {@linkcode Noticed}. */
export function keyOf(file: TestFile, test: Test, source: string): string {
  return `${file.path}#${test.number} in ${source}`;
}

/** What so many tests of a file do not notice, its others hardly will. */
const MAX_TESTS = 12;

/**
 * The tests of the file that run the place, at most twelve: first those that noticed most of the
 * faults near it, then those that run little else, then the quick ones.
 */
export function testsAt(file: TestFile, place: string, noticed: Noticed): Test[] {
  const source = place.replace(/:\d+$/, "");
  const times = (test: Test): number => noticed.get(keyOf(file, test, source)) ?? 0;
  return file.tests.filter(({ places }) => places.includes(place))
    .sort((a, b) =>
      times(b) - times(a) || a.places.length - b.places.length || a.durationMs - b.durationMs
    )
    .slice(0, MAX_TESTS);
}

/** The files that run anything of that source: those with most tests that do first. */
export function filesAbout(files: readonly TestFile[], source: string): TestFile[] {
  const runs = ({ places }: Test): boolean =>
    places.some((place) => place.startsWith(`${source}:`));
  return files.map((file) => ({ file, count: file.tests.filter(runs).length }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || durationOf(a.file) - durationOf(b.file))
    .map(({ file }) => file);
}

/** Milliseconds that its tests take together. */
export function durationOf({ tests }: TestFile): number {
  return tests.reduce((sum, { durationMs }) => sum + durationMs, 0);
}
