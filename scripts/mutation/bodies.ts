/**
 * Where functions have their bodies, and where statements begin in them. Relies on `deno fmt`: what
 * opens a body and what closes it stand at the same depth.
 *
 * @module
 */

/** The lines between the braces of a function of a module or of a method; numbers from 1. */
export interface Body {
  readonly first: number;
  readonly last: number;
}

const CLASS_REGEXP = /^(export )?(abstract )?class .*\{$/;
const FUNCTION_REGEXP = /^(export )?(async )?function\b/;
const METHOD_REGEXP = /^ {2}(?!.* = )[\w#*[].*[({]$/;
const STATEMENT_REGEXP = /^ *((return|const|let|if|for|while|throw|await)\b|this\.)/;

/** All bodies in code whose texts are blank, in the order of their places. */
export function bodiesOf(code: string): Body[] {
  const lines = code.split("\n");
  const bodies: Body[] = [];
  let isClass = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (/^[^\s~]/.test(line)) isClass = CLASS_REGEXP.test(line);
    if (!(isClass ? METHOD_REGEXP : FUNCTION_REGEXP).test(line)) continue;
    const depth = isClass ? "  " : "";
    const open = indexFrom(lines, at, (text) => text.startsWith(depth) && opens(text, depth));
    const close = indexFrom(lines, open, (text) => text === `${depth}}`);
    if (close > open + 1) bodies.push({ first: open + 2, last: close });
    at = close;
  }
  return bodies;
}

/** The line of the statement that `line` belongs to, as far as it is seen to begin one. */
export function statementOf(code: string, { first }: Body, line: number): number {
  const lines = code.split("\n");
  const depth = depthOf(lines[line - 1]);
  for (let at = line; at > first; at--) {
    if (depthOf(lines[at - 1]) <= depth && beginsStatement(lines, at)) return at;
  }
  return first;
}

/** Whether a statement of its own begins in that line, one that other text may be put before. */
export function beginsStatement(lines: readonly string[], line: number): boolean {
  const before = lines.slice(0, line - 1).findLast((text) => /[^\s~]/.test(text)) ?? "";
  return STATEMENT_REGEXP.test(lines[line - 1] ?? "") && /[;{}]~*$/.test(before);
}

function opens(text: string, depth: string): boolean {
  return text.endsWith(" {") && depthOf(text) === depth.length;
}

function depthOf(line = ""): number {
  return line.length - line.trimStart().length;
}

function indexFrom(
  lines: readonly string[],
  start: number,
  is: (text: string) => boolean,
): number {
  const found = lines.findIndex((text, index) => index >= start && is(text));
  return found === -1 ? lines.length : found;
}
