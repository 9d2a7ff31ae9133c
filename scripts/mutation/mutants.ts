/**
 * Small faults to put into a source file, one at a time: an operator turned, a statement dropped,
 * a condition decided beforehand. Relies on `deno fmt`: binary operators stand between blanks and a
 * short statement on a line of its own.
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

/** What is replaced where no string and no comment is; `$&` is what was found, `$1` its group. */
const REPLACEMENTS: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/(?<= )===(?= )/g, "!=="],
  [/(?<= )!==(?= )/g, "==="],
  [/(?<= )<(?= )/g, "<="],
  [/(?<= )<=(?= )/g, "<"],
  [/(?<= )>(?= )/g, ">="],
  [/(?<= )>=(?= )/g, ">"],
  [/(?<= )&&(?= )/g, "||"],
  [/(?<= )\|\|(?= )/g, "&&"],
  [/(?<= )\+(?= )/g, "-"],
  [/(?<= )-(?= )/g, "+"],
  [/(?<= )\*(?= )/g, "/"],
  [/\btrue\b/g, "false"],
  [/\bfalse\b/g, "true"],
  [/(?<=\bif \()(?=[^)])/g, "!!0 && "],
  [/(?<=\bif \()(?=[^)])/g, "!0 || "],
  [/(?<=[^\w.])!(?=[\w(])/g, ""],
  [/\.plus\(/g, ".minus("],
  [/\.minus\(/g, ".plus("],
  [/\.times\(/g, ".plus("],
  [/\.(lt|gt)\(/g, ".$1e("],
  [/\.(lt|gt)e\(/g, ".$1("],
  [/\bMath\.min\(/g, "Math.max("],
  [/\bMath\.max\(/g, "Math.min("],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
  [/(?<=[ (])\d[\d_]*(?=[;,) ])/g, "($& + 1)"],
  // A whole statement: a call, an assignment, a throw.
  [/^ +(await )?(this\.)?[#\w][\w.#?]*\(.*\);$/gm, ""],
  [/^ +(this\.)?[#\w][\w.#[\]]* (\?\?|[-+])?= .*;$/gm, ""],
  [/^ +[\w.#]+(\+\+|--);$/gm, ""],
  [/(?<=^ +(if \(.*\) )?)throw .*;$/gm, ";"],
];

/** A mutated list of types or of constants' names changes nothing that runs. */
const NO_CODE_REGEXP = /^\s*(import|export (type|interface)|type|interface)\b/;

/** Every fault this knows for that file, in the order of their places. */
export function mutantsOf(path: string, source: string): Mutant[] {
  const code = codeOf(source);
  const lines = source.split("\n");
  return REPLACEMENTS
    .flatMap(([pattern, text]) => [...code.matchAll(pattern)].map((match) => ({ match, text })))
    .map(({ match: { 0: whole, 1: part = "", index: start }, text }): Mutant => ({
      path,
      line: source.slice(0, start).split("\n").length,
      start,
      end: start + whole.length,
      text: text.replace("$&", whole).replace("$1", part),
    }))
    .filter(({ line }) => !NO_CODE_REGEXP.test(lines[line - 1] ?? ""))
    .sort((a, b) => a.start - b.start);
}

/** The source with the fault in it. */
export function mutate(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}
