/**
 * Small faults to put into a source file, one at a time: an operator turned, a side swapped, a
 * statement dropped, a condition decided beforehand. Relies on `deno fmt`: binary operators stand
 * between blanks and a short statement on a line of its own.
 *
 * @module
 */

import { codeOf } from "./code.ts";

/** One fault: the text from `start` to `end` becomes `text`. */
export interface Mutant {
  /** From the checkout's folder. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A fault by its text, which outlives a change of lines elsewhere. */
export interface Change {
  readonly path: string;
  readonly line: string;
  readonly becomes: string;
}

/** What is replaced where code is; `$&` is what was found, `$1` its group. */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/(?<= )===(?= )/g, "!=="],
  [/(?<= )!==(?= )/g, "==="],
  [/(?<= )<(?= )/g, "<="],
  [/(?<= )<=(?= )/g, "<"],
  [/(?<= )>(?= )/g, ">="],
  [/(?<= )>=(?= )/g, ">"],
  [/(?<= )&&(?=\s)/g, "||"],
  [/(?<= )\|\|(?=\s)/g, "&&"],
  // Two in a line, or one beside ||, would be no program.
  [/(?<=^(?!.* \?\? .* \?\? )(?!.* (\|\||&&) ).* )\?\?(?= )/gm, "&&"],
  [/(?<= )\+(?= )/g, "-"],
  [/(?<= )-(?= )/g, "+"],
  [/(?<= )\*(?= )/g, "/"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/(?<=^(?!.* \?\? ).*)(?<=\S) \? /gm, " && false$&"],
  [/(?<=^(?!.* \?\? ).*)(?<=\S) \? /gm, " || true$&"],
  [/(?<=[^\w.])!(?=[\w(])/g, ""],
  [/\.plus\(/g, ".minus("],
  [/\.minus\(/g, ".plus("],
  [/\.times\(/g, ".plus("],
  [/\.(lt|gt)\(/g, ".$1e("],
  [/\.(lt|gt)e\(/g, ".$1("],
  [/\bROUND_DOWN\b/g, "ROUND_UP"],
  [/\bROUND_UP\b/g, "ROUND_DOWN"],
  [/\bMath\.min\(/g, "Math.max("],
  [/\bMath\.max\(/g, "Math.min("],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
  [/(?<=[ (])\d{1,2}(?=[;,) ])/g, "($& + 1)"],
  // A duration or a size: one more would be hard to tell.
  [/(?<=[ (])(\d+_\d[\d_]*|\d{3,})(?=[;,) ])/g, "(2 * $&)"],
  // A whole statement: a call, an assignment, a throw.
  [/(?<=[;{}~]\n) +(await )?(?!super)(this\.)?[#\w][\w.#?]*\(.*\);$/gm, ""],
  [/(?<=[;{}~]\n) +(this\.)?[#\w][\w.#[\]]* (\?\?|[-+])?= .*;$/gm, ""],
  [/^ +[\w.#]+(\+\+|--);$/gm, ""],
  [/(?<=^ +(if \(.*\) )?)throw .*;$/gm, ";"],
];

/** What is replaced in strings that stand alone in code: the side of an order. */
const SWAPS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/(?<!\| )"Bid"(?! \|)/g, '"Ask"'],
  [/(?<!\| )"Ask"(?! \|)/g, '"Bid"'],
];

interface Find {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Every fault this knows for that file, in the order of their places. */
export function mutantsOf(path: string, source: string): Mutant[] {
  const code = codeOf(source);
  const swaps = SWAPS.flatMap((swap) => found(source, swap))
    .filter(({ start }) => code[start] === '"');
  const finds = [...REPLACEMENTS.flatMap((one) => found(code, one)), ...swaps, ...decided(code)];
  return finds
    .map((find) => ({ path, line: source.slice(0, find.start).split("\n").length, ...find }))
    .sort((a, b) => a.start - b.start);
}

/** The source with the fault in it. */
export function mutate(source: string, { start, end, text }: Find): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** The line that a fault is in, before and after. */
export function changeOf(source: string, mutant: Mutant): Change {
  const lineAt = (text: string): string => text.split("\n")[mutant.line - 1]?.trim() ?? "";
  return { path: mutant.path, line: lineAt(source), becomes: lineAt(mutate(source, mutant)) };
}

function found(text: string, [pattern, replacement]: readonly [RegExp, string]): Find[] {
  return [...text.matchAll(pattern)].map(({ 0: whole, 1: part = "", index: start }) => ({
    start,
    end: start + whole.length,
    text: replacement.replace("$&", whole).replace("$1", part),
  }));
}

/** Each condition of an `if`, decided beforehand. */
function decided(code: string): Find[] {
  return [...code.matchAll(/\bif \(/g)].flatMap(({ 0: { length }, index }) => {
    const start = index + length;
    const end = closingOf(code, start);
    return [{ start, end, text: "false" }, { start, end, text: "true" }];
  });
}

/** Where the parenthesis is closed that was opened before `start`. */
function closingOf(code: string, start: number): number {
  let depth = 1;
  for (let at = start; at < code.length; at++) {
    if (code[at] === "(") depth++;
    else if (code[at] === ")" && --depth === 0) return at;
  }
  return code.length;
}
