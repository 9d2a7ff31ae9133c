/**
 * The environment of what must come out the same for everybody: tests, demo, benchmarks.
 *
 * @module
 */

import { KNOWN_NAMES } from "../lib/settings.ts";
import { ROOT } from "./checkout.ts";

/** A path at which there is nothing. */
export const NOWHERE = `${ROOT}dist/nowhere`;

/** Empties every setting of the owner's, and leads away from their files. */
export function neutralEnvironment(): Record<string, string> {
  const empty = Object.fromEntries(KNOWN_NAMES.map((name) => [name, ""]));
  return { ...empty, XDG_CONFIG_HOME: NOWHERE, APPDATA: NOWHERE };
}
