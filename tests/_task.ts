/**
 * What the tasks that generate things share: numbers on their command line, and words for a person.
 *
 * @module
 */

/** The whole number after `name`; `undefined` without it, `NaN` when it is none. */
export function numberAfter(name: string, args: readonly string[]): number | undefined {
  const index = args.indexOf(name);
  if (index < 0) return undefined;
  const text = args[index + 1] ?? "";
  return /^-?\d{1,10}$/.test(text) ? Number(text) : NaN;
}

/** Writes to stderr. */
export function say(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}
