/**
 * A source with blanks where nothing runs: strings, comments, types and imports. Every character
 * keeps its place, so that what is found in the code can be changed in the source.
 *
 * @module
 */

const TEXT_REGEXP =
  /\/\/[^\n]*|\/\*[^]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(=,:] ?)\/(?![/*])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/g;

/** Types and imports, found by the way in which `deno fmt` writes them. */
const TYPE_REGEXPS = [
  /^(export )?interface [^]*?^}/gm,
  /^(export )?type [^]*?;$(?=\n(\n|\S)|\n*$(?![^]))/gm,
  /^import [^;]*;/gm,
  /^export (type )?\{[^;]*;/gm,
];

/** Strings keep their quotes; template literals are blank throughout, expressions included. */
export function codeOf(source: string): string {
  const code = source.replaceAll(TEXT_REGEXP, (text) => {
    const isString = text.startsWith('"') || text.startsWith("'");
    return isString ? `"${blank(text.slice(1, -1))}"` : blank(text);
  });
  return TYPE_REGEXPS.reduce((rest, pattern) => rest.replaceAll(pattern, blank), code);
}

function blank(text: string): string {
  return text.replaceAll(/[^\n]/g, "~");
}
