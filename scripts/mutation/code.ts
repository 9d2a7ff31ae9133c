/**
 * A source with blanks where its strings and comments are, so that a search finds code alone. Every
 * character keeps its place.
 *
 * @module
 */

const SKIPPED_REGEXP =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(=,:] ?)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** Strings keep their quotes; template literals are blank throughout, expressions included. */
export function codeOf(source: string): string {
  return source.replaceAll(SKIPPED_REGEXP, (text) => {
    const isString = text.startsWith('"') || text.startsWith("'");
    const inner = (isString ? text.slice(1, -1) : text).replaceAll(/[^\n]/g, "~");
    return isString ? `"${inner}"` : inner;
  });
}
