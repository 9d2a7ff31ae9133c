/**
 * Sources that hold many faults at once, each behind a number, so that one process can try one
 * after another: `globalThis.fault` says which is there, `globalThis.reached` learns what was run.
 *
 * @module
 */

import { beginsStatement, bodiesOf, type Body, statementOf } from "./bodies.ts";
import { codeOf } from "./code.ts";
import { type Mutant, mutate } from "./mutants.ts";

/** A fault and its number, from 1. */
export interface Numbered {
  readonly mutant: Mutant;
  readonly number: number;
}

/** The statement that a fault is in, as `reached` names it; `undefined` outside of functions. */
export function placeOf(source: string, { path, line }: Mutant): string | undefined {
  const code = codeOf(source);
  const body = bodyOf(bodiesOf(code), line);
  return body === undefined ? undefined : `${path}:${statementOf(code, body, line)}`;
}

/** The source with those of the faults that are in functions. */
export function switched(path: string, source: string, faults: readonly Numbered[]): string {
  const code = codeOf(source).split("\n");
  const lines = source.split("\n");
  const bodies = bodiesOf(code.join("\n"));
  const marked = lines.map((text, index) =>
    beginsStatement(code, index + 1) && bodyOf(bodies, index + 1) !== undefined
      ? `${markOf(path, index + 1)}${text}`
      : text
  );
  for (const body of bodies) {
    const own = faults.filter(({ mutant }) => bodyOf([body], mutant.line) !== undefined);
    const others = own.map(({ mutant, number }) =>
      `if (globalThis.fault === ${number}) {\n${bodyWith(source, mutant, body)}\nreturn;\n}\n`
    );
    const at = body.first - 1;
    marked[at] = `${others.join("")}${markOf(path, body.first)}${marked[at]}`;
  }
  return marked.join("\n");
}

function bodyOf(bodies: readonly Body[], line: number): Body | undefined {
  return bodies.find(({ first, last }) => first <= line && line <= last);
}

/** A fault in a condition of several lines has fewer of them, so places count, not lines. */
function bodyWith(source: string, mutant: Mutant, { first, last }: Body): string {
  const startOf = (line: number): number =>
    source.split("\n").slice(0, line - 1).join("\n").length + 1;
  const [start, end] = [startOf(first), startOf(last + 1) - 1];
  return mutate(source.slice(0, end), mutant).slice(start);
}

function markOf(path: string, line: number): string {
  return `globalThis.reached.add("${path}:${line}"); `;
}
