/**
 * What earlier runs measured, in a file of `dist/`: it holds for a test file as long as neither
 * that nor anything it runs has changed.
 *
 * @module
 */

import type { TestFile } from "./coverage.ts";

/** A measured test file, and the hash of all that it depends on. */
export interface Measured {
  readonly file: TestFile;
  readonly hash: string;
}

/** What is known, by the test file's path. */
export type Known = Map<string, Measured>;

/** Reads the file; empty if it is not there or can't be read. */
export async function readKnown(path: string): Promise<Known> {
  try {
    return new Map(Object.entries(JSON.parse(await Deno.readTextFile(path))));
  } catch {
    return new Map();
  }
}

/** Writes the file, and its folder if that is not there. */
export function writeKnown(path: string, known: Known): void {
  Deno.mkdirSync(path.replace(/[^/]+$/, "") || ".", { recursive: true });
  Deno.writeTextFileSync(path, JSON.stringify(Object.fromEntries(known)));
}

/** What is known of the test file, if it still holds for the sources under `root`. */
export async function stillKnown(
  known: Known,
  path: string,
  root: string,
): Promise<TestFile | undefined> {
  const measured = known.get(path);
  if (measured === undefined) return undefined;
  return await hashOf(measured.file, root) === measured.hash ? measured.file : undefined;
}

/** The hash of a test file with all files that it runs; of nothing else if one is gone. */
export async function hashOf(file: TestFile, root: string): Promise<string> {
  const paths = [file.path, ...Object.keys(file.lines).sort()];
  const texts = await Promise.all(
    paths.map((path) => Deno.readTextFile(`${root}${path}`).catch(() => "")),
  );
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}
