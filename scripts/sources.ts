/**
 * Our own modules, as the gates and the lock file go through them.
 *
 * @module
 */

import { ROOT } from "./checkout.ts";

/** All our modules; what `std_assert.ts` imports is there in the npm-only world alone. */
export function allSources(): string[] {
  const files = ["lib", "scripts", "tests", "bench"].flatMap(sourcesIn);
  return [`${ROOT}main.ts`, ...files.filter((path) => !path.endsWith("/std_assert.ts"))];
}

/** The modules of a folder of the checkout, such as `lib`, by path. */
export function sourcesIn(folder: string): string[] {
  return filesUnder(`${ROOT}${folder}`);
}

function filesUnder(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return filesUnder(`${folder}/${name}`);
    return name.endsWith(".ts") ? [`${folder}/${name}`] : [];
  }).sort();
}
