/**
 * The environment of what must come out the same for everybody: tests, demo, benchmarks.
 *
 * @module
 */

import { MISSPELLINGS } from "../lib/misspellings.ts";
import { KNOWN_NAMES } from "../lib/settings.ts";
import { ROOT } from "./checkout.ts";

/** A path at which there is nothing. */
export const NOWHERE = `${ROOT}dist/nowhere`;

/** Empties every setting of the owner's, misspelt ones too, and leads away from their files. */
export function neutralEnvironment(): Record<string, string> {
  const names = [...KNOWN_NAMES, ...MISSPELLINGS.keys()];
  const empty = Object.fromEntries(names.map((name) => [name, ""]));
  return { ...empty, XDG_CONFIG_HOME: NOWHERE, APPDATA: NOWHERE };
}
