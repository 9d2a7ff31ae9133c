/**
 * What earlier runs measured, in a file of `dist/`: it holds for a test file as long as neither
 * that nor anything it leads to has changed.
 *
 * @module
 */

import type { TestFile } from "./reach.ts";

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

/** The hash of the files at these paths of the checkout; of nothing for one that is gone. */
export async function hashOf(paths: Iterable<string>, root: string): Promise<string> {
  const texts = [...paths].sort().map((path) => [path, textOf(`${root}${path}`)]);
  const bytes = new TextEncoder().encode(JSON.stringify(texts));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
