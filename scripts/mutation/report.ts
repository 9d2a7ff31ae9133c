/**
 * What a run of faults comes to, as text.
 *
 * @module
 */

import type { Change } from "./mutants.ts";

/** How a fault ended: a test failed, the type check did, neither, or it is none. */
export type Fate = "killed" | "refused" | "survived" | "run by no test" | "equivalent";

/** What became of one fault. */
export interface Verdict {
  readonly change: Change;
  readonly line: number;
  readonly fate: Fate;
}

/** Those that ought to have been noticed and were not, by place; then the figures of each area. */
export function reportOf(verdicts: readonly Verdict[], areas: readonly string[]): string {
  const missed = verdicts.filter(({ fate }) => isMissed(fate)).map(sentenceOf).sort();
  const rows = areas.map((area) =>
    rowOf(area, verdicts.filter(({ change }) => change.path.startsWith(area)))
  );
  return [...missed, "", HEAD, ...rows, rowOf("all", verdicts), ""].join("\n");
}

/** The part of the faults that tests noticed, of those that are faults and pass the type check. */
export function percentOf(verdicts: readonly Verdict[]): number {
  const killed = verdicts.filter(({ fate }) => fate === "killed").length;
  const missed = verdicts.filter(({ fate }) => isMissed(fate)).length;
  return killed + missed === 0 ? 100 : 100 * killed / (killed + missed);
}

/** A verdict in one line. */
export function sentenceOf({ change: { path, line: text, becomes }, line, fate }: Verdict): string {
  return `${fate}: ${path}:${line} \`${text}\` -> \`${becomes}\``;
}

const COLUMNS = ["tried", "killed", "survived", "no test", "no program", "equivalent"];
const HEAD = `${"".padEnd(24)}${COLUMNS.map((name) => name.padStart(12)).join("")}`;

function rowOf(name: string, verdicts: readonly Verdict[]): string {
  const count = (fate: Fate): number => verdicts.filter((verdict) => verdict.fate === fate).length;
  const counts = [
    verdicts.length,
    ...[count("killed"), count("survived"), count("run by no test")],
    ...[count("refused"), count("equivalent")],
  ];
  const figures = counts.map((figure) => String(figure).padStart(12)).join("");
  return `${name.padEnd(24)}${figures}${percentOf(verdicts).toFixed(1).padStart(8)} %`;
}

function isMissed(fate: Fate): boolean {
  return fate === "survived" || fate === "run by no test";
}
