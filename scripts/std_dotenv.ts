/**
 * `@std/dotenv` where JSR can't be reached, as far as it is used here: one assignment a line, in
 * quotes or without. `lib/env_file.ts` hands on nothing else, and a test holds this against the npm
 * package `dotenv`; that one is CommonJS, and loads a file system before it reads its first line.
 *
 * @module
 */

const LINE_REGEXP =
  /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^#]*?))\s*(?:#.*)?$/;

/** The variables in the text of an `.env` file. */
export function parse(text: string): Record<string, string> {
  const found = text.split("\n").map((line) => LINE_REGEXP.exec(line));
  return Object.fromEntries(
    found.filter((match) => match !== null)
      .map(([, name, double, single, plain]) => [name, double ?? single ?? plain ?? ""]),
  );
}
